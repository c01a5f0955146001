//! Lists in pages, with a `nextLink` where there is more.

use serde_json::{Value, json};

use super::errors::invalid_one;
use crate::context::{Context, HandlerResult};
use crate::filter::{CaseSensitivity, Filter};
use crate::response;
use crate::store::Entry;

/// One page of the resources, filtered and cut as the query asks.
pub fn page<'a>(context: &Context<'_>, entries: impl ExactSizeIterator<Item = &'a Entry>) -> HandlerResult {
    let Some(text) = context.request.query("$filter").filter(|t| !t.trim().is_empty()) else {
        return cut(context, entries);
    };
    let filter = text
        .parse::<Filter>()
        .map_err(|why| invalid_one("$filter", format!("The filter '{text}' is not valid: {why}.")))?;
    let passing: Vec<&Entry> =
        entries.filter(|entry| filter.matches(&entry.body, CaseSensitivity::Sensitive)).collect();
    cut(context, passing.into_iter())
}

/// What the query asks for of a list; what comes before it is skipped without a look.
fn cut<'a>(context: &Context<'_>, entries: impl ExactSizeIterator<Item = &'a Entry>) -> HandlerResult {
    let number = |name: &str| match context.request.query(name) {
        None => Ok(None),
        Some(text) => text
            .parse::<usize>()
            .map(Some)
            .map_err(|_| invalid_one(name, format!("'{text}' is not a number of items."))),
    };
    let skip = number("$skip")?.unwrap_or(0);
    let wanted = number("$top")?;
    let size = context.options.page_size.max(1).min(wanted.unwrap_or(usize::MAX));
    let count = entries.len();
    let items: Vec<&Value> = entries.skip(skip).take(size).map(|entry| &entry.body).collect();
    let reached = skip + items.len();
    let mut answer = json!({"value": items});
    let left = wanted.map(|w| w - items.len());
    if reached < count && left != Some(0) {
        answer["nextLink"] = Value::from(context.request.url_of_page(reached, left));
    }
    Ok(response::json(200, &answer))
}
