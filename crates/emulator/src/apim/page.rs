//! Lists: `$filter`, `$skip`, `$top`, pages of 100, `count` and `nextLink`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::errors;
use crate::filter::{CaseSensitivity, Filter};
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The most entities on one page.
const PAGE: usize = 100;

/// The page that a request asks for.
///
/// `count` is of everything the filter lets through. A `nextLink` comes when this page ended because it was
/// full, not because `$top` was reached. `body` is what the filter looks at. Only what is on the page goes through
/// `show`, as lists may be long.
pub fn answer<T>(
    request: &ParsedRequest,
    items: impl ExactSizeIterator<Item = T>,
    body: impl Fn(&T) -> Cow<'_, Value>,
    show: impl Fn(&T) -> Value,
) -> Result<Response, Response> {
    let skip = number(request, "$skip")?.unwrap_or(0);
    let top = number(request, "$top")?;
    let filter = match request.query("$filter").filter(|f| !f.trim().is_empty()) {
        None => None,
        Some(text) => Some(text.parse::<Filter>().map_err(|fault| {
            errors::invalid("$filter", &format!("The filter '{text}' cannot be read: {fault}."))
        })?),
    };
    let take = top.unwrap_or(PAGE).min(PAGE);
    let mut page = Vec::new();
    let mut count = items.len();
    if let Some(filter) = filter {
        count = 0;
        for item in items.filter(|item| filter.matches(&body(item), CaseSensitivity::Insensitive)) {
            if count >= skip && page.len() < take {
                page.push(show(&item));
            }
            count += 1;
        }
    } else {
        // What is skipped is not looked at.
        page.extend(items.skip(skip).take(take).map(|item| show(&item)));
    }
    let reached = skip + page.len();
    let left = top.map_or(usize::MAX, |top| top - page.len());
    let mut body = Map::new();
    body.insert("value".to_owned(), Value::Array(page));
    body.insert("count".to_owned(), Value::from(count));
    if reached < count && left > 0 {
        let left = top.map(|_| left);
        body.insert("nextLink".to_owned(), Value::String(request.url_of_page(reached, left)));
    }
    Ok(response::json(200, &Value::Object(body)))
}

fn number(request: &ParsedRequest, name: &str) -> Result<Option<usize>, Response> {
    let Some(text) = request.query(name) else { return Ok(None) };
    match text.parse() {
        Ok(0) if name == "$top" => Err(errors::invalid(name, "The value must be above zero.")),
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(errors::invalid(name, &format!("'{text}' is not a whole number."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use serde_json::json;
    use time::OffsetDateTime;

    fn list(query: &[(&str, &str)], total: usize) -> Value {
        let request = ParsedRequest {
            method: http::Method::GET,
            path: "/s/my group/apis".to_owned(),
            query: query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            headers: http::HeaderMap::new(),
            body: Bytes::new(),
            origin: "http://127.0.0.1:1".to_owned(),
            now: OffsetDateTime::UNIX_EPOCH,
        };
        let items: Vec<Value> = (0..total).map(|n| json!({"name": format!("a{n:03}")})).collect();
        let answer = answer(&request, items.iter(), |item| Cow::Borrowed(*item), |item| (*item).clone())
            .expect("a page");
        serde_json::from_slice(&answer.body()).expect("json")
    }

    #[test]
    fn pages_end_with_a_link_to_the_next() {
        let first = list(&[("api-version", "v"), ("$filter", "contains(name,'a')")], 150);
        assert_eq!((first["value"].as_array().map(Vec::len), &first["count"]), (Some(100), &json!(150)));
        assert_eq!(
            first["nextLink"],
            "http://127.0.0.1:1/s/my%20group/apis?api-version=v&%24filter=contains%28name%2C%27a%27%29&%24skip=100"
        );
        let last = list(&[("$skip", "100")], 150);
        assert_eq!(last["value"].as_array().map(Vec::len), Some(50));
        assert!(last.get("nextLink").is_none());
    }

    #[test]
    fn top_ends_the_list_and_is_told_on_across_pages() {
        let one = list(&[("$top", "1")], 2);
        assert_eq!((one["value"].as_array().map(Vec::len), one.get("nextLink")), (Some(1), None));
        let many = list(&[("$top", "120")], 150);
        assert_eq!(many["nextLink"], "http://127.0.0.1:1/s/my%20group/apis?%24top=20&%24skip=100");
    }
}
