//! Lists in pages, with a `nextLink` where there is more.

use serde_json::{Value, json};

use super::errors::invalid_one;
use crate::emulator::context::{Context, Reply};
use crate::emulator::filter::{self, Case};
use crate::emulator::http::Answer;

/// One page of the resources, filtered and cut as the query asks.
pub fn page(context: &Context<'_>, bodies: Vec<&Value>) -> Reply {
    let mut bodies = bodies;
    if let Some(text) = context.call.query("$filter").filter(|t| !t.trim().is_empty()) {
        let filter = filter::parse(text)
            .map_err(|why| invalid_one("$filter", format!("The filter '{text}' is not valid: {why}.")))?;
        bodies.retain(|body| filter.passes(body, Case::Matters));
    }
    let number = |name: &str| match context.call.query(name) {
        None => Ok(None),
        Some(text) => text
            .parse::<usize>()
            .map(Some)
            .map_err(|_| invalid_one(name, format!("'{text}' is not a number of items."))),
    };
    let skip = number("$skip")?.unwrap_or(0);
    let wanted = number("$top")?;
    let size = context.options.page_size.max(1).min(wanted.unwrap_or(usize::MAX));
    let items: Vec<&Value> = bodies.iter().skip(skip).take(size).copied().collect();
    let reached = skip + items.len();
    let mut answer = json!({"value": items});
    let left = wanted.map(|w| w - items.len());
    if reached < bodies.len() && left != Some(0) {
        answer["nextLink"] = Value::from(context.call.url_of_page(reached, left));
    }
    Ok(Answer::json(200, &answer))
}
