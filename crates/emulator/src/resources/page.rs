//! Lists: `$filter`, `$skip`, `$top`, pages and `nextLink`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Dialect, Provider};
use crate::context::Context;
use crate::filter::{CaseSensitivity, Filter};
use crate::response::{self, HandlerResult, Response};

/// How a provider pages its lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageStyle {
    /// The most items on a page; `None` for [`crate::Options::page_size`].
    pub size: Option<usize>,
    /// Whether a page has the `count` of all items that match.
    pub has_count: bool,
    /// Whether `$top=0` is allowed.
    pub allows_empty: bool,
    /// How filters compare text.
    pub case: CaseSensitivity,
    /// The members of `properties` that `$search` looks at; empty if there is no `$search`.
    pub searched: &'static [&'static str],
}

/// The page of a list that a request asks for.
///
/// `nextLink` is present when the page is full, not when `$top` is reached. `filtered` is what the filter looks at;
/// only the items on the page go through `show`, because lists may be long.
pub(crate) fn page<T>(
    context: &Context<'_>,
    provider: &Provider,
    items: impl ExactSizeIterator<Item = T>,
    filtered: impl Fn(&T) -> Cow<'_, Value>,
    show: impl Fn(&T) -> Value,
) -> HandlerResult {
    let (dialect, style) = (provider.dialect, &provider.page_style);
    let filter = match context.request.query("$filter").filter(|text| !text.trim().is_empty()) {
        None => None,
        Some(text) => Some(text.parse::<Filter>().map_err(|reason| {
            dialect.invalid_parameter("$filter", &format!("The filter '{text}' is not valid: {reason}."))
        })?),
    };
    let search = context.request.query("$search").map(search_words).filter(|_| !style.searched.is_empty());
    let skip = number(context, dialect, "$skip", true)?.unwrap_or(0);
    let top = number(context, dialect, "$top", style.allows_empty)?;
    let size = style.size.unwrap_or(context.options.page_size.max(1)).min(top.unwrap_or(usize::MAX));
    let mut values = Vec::new();
    let mut count = items.len();
    if filter.is_some() || search.is_some() {
        count = 0;
        let matches = |item: &Value| {
            filter.as_ref().is_none_or(|filter| filter.matches(item, style.case))
                && search.as_ref().is_none_or(|words| has_words(item, style.searched, words))
        };
        for item in items.filter(|item| matches(&filtered(item))) {
            if count >= skip && values.len() < size {
                values.push(show(&item));
            }
            count += 1;
        }
    } else {
        values.extend(items.skip(skip).take(size).map(|item| show(&item)));
    }
    let end = skip + values.len();
    let rest = top.map(|top| top - values.len());
    let mut body = Map::new();
    body.insert("value".to_owned(), Value::Array(values));
    if style.has_count {
        body.insert("count".to_owned(), Value::from(count));
    }
    if end < count && rest != Some(0) {
        body.insert("nextLink".to_owned(), Value::from(context.request.url_of_page(end, rest)));
    }
    Ok(response::json(200, &Value::Object(body)))
}

/// The words of a search, in lower case and without quotes.
fn search_words(search: &str) -> Vec<String> {
    search.split_whitespace().map(|word| word.trim_matches('"').to_lowercase()).collect()
}

/// Whether the name or the searched members contain all words.
fn has_words(item: &Value, searched: &[&str], words: &[String]) -> bool {
    let members = searched.iter().map(|member| &item["properties"][*member]);
    let texts = std::iter::once(&item["name"]).chain(members).filter_map(Value::as_str);
    let texts: Vec<String> = texts.map(str::to_lowercase).collect();
    words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
}

fn number(
    context: &Context<'_>,
    dialect: &dyn Dialect,
    name: &str,
    allows_zero: bool,
) -> Result<Option<usize>, Response> {
    let Some(text) = context.request.query(name) else { return Ok(None) };
    match text.parse() {
        Ok(0) if !allows_zero => Err(dialect.invalid_parameter(name, "The value must be greater than zero.")),
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(dialect.invalid_parameter(name, &format!("'{text}' is not a whole number."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use crate::apim::PROVIDER;
    use crate::route::Route;
    use crate::state::State;
    use crate::testing::build_request;
    use serde_json::json;

    fn list(query: &str, total: usize) -> Value {
        let request = build_request("GET", &format!("/s/my group/apis?api-version=v&{query}"));
        let route = Route::parse(&request.path);
        let options = Options::default();
        let mut state = State::default();
        let context =
            Context { state: &mut state, request: &request, route: &route, options: &options, fetched: None };
        let items: Vec<Value> = (0..total).map(|n| json!({"name": format!("a{n:03}")})).collect();
        let show = |item: &&Value| (*item).clone();
        let response =
            page(&context, &PROVIDER, items.iter(), |item| Cow::Borrowed(*item), show).expect("a page");
        serde_json::from_slice(response.body()).expect("JSON")
    }

    #[test]
    fn pages_end_with_a_link_to_the_next() {
        let first = list("$filter=contains(name,'a')", 150);
        assert_eq!((first["value"].as_array().map(Vec::len), &first["count"]), (Some(100), &json!(150)));
        assert_eq!(
            first["nextLink"],
            "http://emulator.test/s/my%20group/apis?api-version=v&%24filter=contains%28name%2C%27a%27%29&%24skip=100"
        );
        let last = list("$skip=100", 150);
        assert_eq!(last["value"].as_array().map(Vec::len), Some(50));
        assert!(last.get("nextLink").is_none());
    }

    #[test]
    fn top_limits_the_list_across_pages() {
        let one = list("$top=1", 2);
        assert_eq!((one["value"].as_array().map(Vec::len), one.get("nextLink")), (Some(1), None));
        let many = list("$top=120", 150);
        assert_eq!(
            many["nextLink"],
            "http://emulator.test/s/my%20group/apis?api-version=v&%24top=20&%24skip=100"
        );
    }
}
