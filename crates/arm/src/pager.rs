//! Lists: page after page, with az's `--next-token` to continue a list that was cut.

mod size;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::stream::{self, StreamExt as _};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::client::{Client, JsonResponse, encode_spaces};
use crate::plan::Target;
use crate::transport::MAX_RESPONSE;
use azr_core::error::{Error, ErrorKind, Result};

pub use self::size::ListSize;

/// How many pages of a counted collection are read at once at most; each is held until those before it have arrived.
const MAX_CONCURRENT_PAGES: usize = 8;

/// The longest page that is read while others are, in bytes; together they take no more memory than one of the longest.
const MAX_CONCURRENT_PAGE: usize = MAX_RESPONSE / MAX_CONCURRENT_PAGES;

/// How many pages without items may follow each other: a filter may leave some of them empty.
const MAX_EMPTY_PAGES: usize = 100;

/// The query parameter of a `nextLink` that says how many items are before the page.
const SKIP: &str = "$skip";

/// A list that is read.
struct ListReader<'a> {
    client: &'a Client,
    target: &'a Target,
    size: ListSize<'a>,
    visited: HashSet<String>,
    /// The hashes of the first items of all pages.
    first_items: HashSet<u64>,
    /// How many pages without items follow each other.
    empty_pages: usize,
}

impl<'a> ListReader<'a> {
    fn new(client: &'a Client, target: &'a Target) -> Result<Self> {
        let visited = HashSet::from([client.url(target)?.to_string()]);
        let size = ListSize::new(&target.path);
        Ok(Self { client, target, size, visited, first_items: HashSet::new(), empty_pages: 0 })
    }

    /// Reads the page that a link of an earlier one leads to, or the first page.
    async fn read_page(&self, url: Option<&Url>) -> Result<JsonResponse> {
        match url {
            None => self.client.send(Method::GET, self.target, None).await,
            Some(url) => self.client.send_url(Method::GET, Url::clone(url), &self.target.headers, None).await,
        }
    }

    /// The link to the next page; fails if that page was read before.
    fn next_page(&mut self, page: &JsonResponse) -> Result<Option<Url>> {
        let next = next_link(self.client, &page.body)?;
        if next.as_ref().is_some_and(|next| !self.visited.insert(next.to_string())) {
            return Err(self.repeated_page("nextLink repeats a page that was already read"));
        }
        Ok(next)
    }

    /// Takes the items of a page; fails if it is not a list, repeats an earlier page, or exceeds a limit.
    fn take_items(&mut self, page: &mut JsonResponse) -> Result<Vec<Value>> {
        let items = take_items(self.target, page)?;
        self.size.add_page(page.length, items.len())?;
        let Some(first_item) = items.first() else {
            self.empty_pages += 1;
            if self.empty_pages > MAX_EMPTY_PAGES {
                let reason = format!("more than {MAX_EMPTY_PAGES} pages in a row have no items");
                return Err(self.repeated_page(&reason));
            }
            return Ok(items);
        };
        self.empty_pages = 0;
        let mut hasher = DefaultHasher::new();
        first_item.to_string().hash(&mut hasher);
        if !self.first_items.insert(hasher.finish()) {
            return Err(self.repeated_page("two pages have the same items"));
        }
        Ok(items)
    }

    fn repeated_page(&self, reason: &str) -> Error {
        Error::invalid_response(format!("{}: {reason}", self.target.path))
    }
}

/// The items of a collection, and the token to continue with if there are more.
#[derive(Debug)]
pub struct ItemList {
    /// The items.
    pub items: Vec<Value>,
    /// az's token for `--next-token`, if there are more.
    pub next_token: Option<String>,
}

/// Reads at most `max_items` items of a collection, from the start or from where `next_token` continues.
pub async fn list(
    client: &Client,
    target: &Target,
    max_items: Option<usize>,
    next_token: Option<&str>,
) -> Result<ItemList> {
    list_converted(client, target, max_items, next_token, &|item| item).await
}

/// Like [`list`], with each item converted as soon as it is read, so that no item is in memory in both forms for long.
pub(crate) async fn list_converted(
    client: &Client,
    target: &Target,
    max_items: Option<usize>,
    next_token: Option<&str>,
    convert: &(dyn Fn(Value) -> Value + Sync),
) -> Result<ItemList> {
    let mut reader = ListReader::new(client, target)?;
    let mut items = Vec::new();
    if max_items.is_none() && next_token.is_none() {
        let mut add = |reader: &mut ListReader<'_>, item, _| {
            let item = convert(item);
            reader.size.add_kept_item(&item)?;
            items.push(item);
            Ok(())
        };
        read_items(&mut reader, MAX_CONCURRENT_PAGES, &mut add).await?;
        return Ok(ItemList { items, next_token: None });
    }
    let (mut current, mut skip) = match next_token {
        Some(token) => decode_token(client, token)?,
        None => (None, 0),
    };
    loop {
        let mut response = reader.read_page(current.as_ref()).await?;
        let page = reader.take_items(&mut response)?;
        let length = page.len();
        for (index, item) in page.into_iter().enumerate().skip(skip) {
            if max_items == Some(items.len()) {
                return Ok(ItemList { items, next_token: Some(encode_token(current.as_ref(), index)) });
            }
            let item = convert(item);
            reader.size.add_kept_item(&item)?;
            items.push(item);
        }
        skip = skip.saturating_sub(length);
        current = reader.next_page(&response)?;
        if current.is_none() {
            return Ok(ItemList { items, next_token: None });
        }
        if max_items == Some(items.len()) {
            return Ok(ItemList { items, next_token: Some(encode_token(current.as_ref(), 0)) });
        }
    }
}

/// Reads a whole collection, several pages at once if it is counted; see [`for_each_item`].
///
/// Fails if it has fewer items than the service counts.
pub async fn list_counted(client: &Client, target: &Target, concurrency: usize) -> Result<Vec<Value>> {
    let mut items = Vec::new();
    let mut add = |reader: &mut ListReader<'_>, item: Value, _| {
        reader.size.add_kept_item(&item)?;
        items.push(item);
        Ok(())
    };
    let count = read_items(&mut ListReader::new(client, target)?, concurrency, &mut add).await?;
    check_count(&target.path, items.len(), count)?;
    Ok(items)
}

/// Fails if a list at a path has fewer items than the service counts.
pub fn check_count(path: &str, length: usize, count: Option<usize>) -> Result<()> {
    match count.filter(|count| length < *count) {
        None => Ok(()),
        Some(count) => {
            let text = format!("{path}: the list is not complete: it has {length} of {count} items");
            Err(Error::invalid_response(text)
                .with_hint("Run the command again when nobody is adding or deleting resources."))
        }
    }
}

/// Reads a whole collection item by item and in order, so that only some pages are in memory at a time.
///
/// If the first page has a `count` and a link with `$skip`, as API Management's do, the other pages are read `concurrency`
/// at once; otherwise one after the other. `on_item` is called with each item, and with the number of all items if it is
/// known; the number is returned, too.
pub async fn for_each_item(
    client: &Client,
    target: &Target,
    concurrency: usize,
    on_item: &mut (dyn FnMut(Value, Option<usize>) + Send),
) -> Result<Option<usize>> {
    let mut add = |_: &mut ListReader<'_>, item, count| {
        on_item(item, count);
        Ok(())
    };
    read_items(&mut ListReader::new(client, target)?, concurrency, &mut add).await
}

/// What is done with each item of a list, and with the number of all items if it is known.
type OnItem<'f> = dyn FnMut(&mut ListReader<'_>, Value, Option<usize>) -> Result<()> + Send + 'f;

/// Reads a whole list; returns the number of its items according to the service.
async fn read_items(
    reader: &mut ListReader<'_>,
    concurrency: usize,
    on_item: &mut OnItem<'_>,
) -> Result<Option<usize>> {
    let mut page = reader.read_page(None).await?;
    let count = page.body["count"].as_u64().map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    let length = page.length;
    let mut next = reader.next_page(&page)?;
    let items = reader.take_items(&mut page)?;
    drop(page);
    let page_size = items.len();
    if let Some(count) = count {
        reader.size.check_count(count, page_size)?;
    }
    for item in items {
        on_item(reader, item, count)?;
    }
    // A page as long as the first one must be short enough to be read while others are.
    let is_short = length <= MAX_CONCURRENT_PAGE / 2;
    if is_short
        && page_size > 0
        && let Some(count) = count
        && let Some(url) = next.take_if(|url| skip_of(url) == Some(page_size))
    {
        let (client, target) = (reader.client, reader.target);
        let requests = (page_size..count).step_by(page_size).map(|skip| {
            let url = with_skip(&url, skip);
            async move { client.read_limited(url, &target.headers, MAX_CONCURRENT_PAGE).await }
        });
        let mut pages = stream::iter(requests).buffered(concurrency.clamp(1, MAX_CONCURRENT_PAGES));
        let mut skip = page_size;
        while let Some(page) = pages.next().await {
            let mut page = match page {
                // Only a page that is read alone may be long, and so may those after it.
                Err(error) if error.kind() == ErrorKind::LimitExceeded => {
                    next = Some(with_skip(&url, skip));
                    break;
                }
                page => page?,
            };
            skip += page_size;
            let items = reader.take_items(&mut page)?;
            // After a page without items there are none, whatever the count says.
            if items.is_empty() {
                return Ok(Some(count));
            }
            next = reader.next_page(&page)?;
            drop(page);
            for item in items {
                on_item(reader, item, Some(count))?;
            }
        }
    }
    while let Some(url) = next {
        let mut page = reader.read_page(Some(&url)).await?;
        next = reader.next_page(&page)?;
        let items = reader.take_items(&mut page)?;
        drop(page);
        for item in items {
            on_item(reader, item, count)?;
        }
    }
    Ok(count)
}

/// How many items are before the page of a `nextLink`, if it says so.
fn skip_of(url: &Url) -> Option<usize> {
    url.query_pairs().find(|(name, _)| name == SKIP).and_then(|(_, skip)| skip.parse().ok())
}

/// A `nextLink` with another number of items before the page.
fn with_skip(url: &Url, skip: usize) -> Url {
    let mut changed = url.clone();
    changed.query_pairs_mut().clear().extend_pairs(url.query_pairs().map(|(name, value)| {
        let value = if name == SKIP { skip.to_string().into() } else { value };
        (name, value)
    }));
    encode_spaces(&mut changed);
    changed
}

/// The items of a page, which must be 200 with a list.
fn take_items(target: &Target, page: &mut JsonResponse) -> Result<Vec<Value>> {
    let items = match &mut page.body {
        items @ Value::Array(_) => items.take(),
        body => body.get_mut("value").map_or(Value::Null, Value::take),
    };
    match items {
        Value::Array(items) if page.status == StatusCode::OK => Ok(items),
        _ => Err(Error::invalid_response(format!(
            "{}: the response (HTTP {}) is not a list",
            target.path,
            page.status.as_u16()
        ))),
    }
}

fn next_link(client: &Client, body: &Value) -> Result<Option<Url>> {
    let text = match body.get("nextLink") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => text,
        Some(_) => {
            return Err(Error::invalid_response("the service returned a nextLink that is not a text"));
        }
    };
    let url = client.endpoint().join(text).map_err(|e| {
        Error::invalid_response(format!("the service returned a nextLink that is not a valid URL: {e}"))
    })?;
    Ok(Some(url))
}

/// az's token: base64 of `{"next_link": URL or null, "offset": items to skip of that page}`.
fn encode_token(link: Option<&Url>, offset: usize) -> String {
    let token = json!({"next_link": link.map(Url::as_str), "offset": offset});
    BASE64.encode(token.to_string())
}

fn decode_token(client: &Client, token: &str) -> Result<(Option<Url>, usize)> {
    let invalid = || {
        Error::invalid(format!("--next-token: '{token}' is not a token of an earlier list"))
            .with_hint("Use the token from the warning of a list with --max-items.")
    };
    let text = BASE64.decode(token).map_err(|_| invalid())?;
    let value: Value = serde_json::from_slice(&text).map_err(|_| invalid())?;
    let offset = value["offset"].as_u64().and_then(|n| usize::try_from(n).ok()).ok_or_else(invalid)?;
    let link = match value["next_link"].as_str() {
        None => None,
        Some(text) => Some(client.endpoint().join(text).map_err(|_| invalid())?),
    };
    Ok((link, offset))
}

#[cfg(test)]
mod tests;
