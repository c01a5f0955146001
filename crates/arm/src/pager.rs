//! Lists: page after page, with az's `--next-token` to continue a list that was cut.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::client::{Client, JsonResponse};
use crate::plan::Target;
use azr_core::error::{Error, Result};

/// How many pages of a counted collection are read at once at most; each is held until those before it have arrived.
const MAX_CONCURRENT_PAGES: usize = 8;

/// The limits of one list: a service whose pages never end is broken, and must not fill the memory.
const LIST_LIMITS: ListLimits = ListLimits { pages: 20_000, items: 1_000_000, memory: 512 << 20 };

/// How much of a list is read.
#[derive(Debug, Clone, Copy)]
struct ListLimits {
    pages: usize,
    items: usize,
    /// The estimated memory of all pages, in bytes.
    memory: usize,
}

/// What has been read of a list so far.
struct ListProgress<'a> {
    target: &'a Target,
    limits: ListLimits,
    visited: HashSet<String>,
    pages: usize,
    items: usize,
    memory: usize,
    /// The first item of the last page.
    first_item: Value,
}

impl<'a> ListProgress<'a> {
    fn new(client: &Client, target: &'a Target, limits: ListLimits) -> Result<Self> {
        let visited = HashSet::from([client.url(target)?.to_string()]);
        Ok(Self { target, limits, visited, pages: 0, items: 0, memory: 0, first_item: Value::Null })
    }

    /// Fails if the next page was read before.
    fn check_next_page(&mut self, next: &Url) -> Result<()> {
        if self.visited.insert(next.to_string()) {
            return Ok(());
        }
        Err(self.repeated_page("nextLink repeats a page that was already read"))
    }

    /// Takes the items of a page; fails if it is not a list, repeats the page before, or exceeds a limit.
    fn take_items(&mut self, page: &mut JsonResponse) -> Result<Vec<Value>> {
        let items = take_items(self.target, page)?;
        self.pages += 1;
        self.items += items.len();
        self.memory += page.memory;
        let first_item = items.first().cloned().unwrap_or_default();
        if !first_item.is_null() && first_item == self.first_item {
            return Err(self.repeated_page("two pages have the same items"));
        }
        self.first_item = first_item;
        let path = &self.target.path;
        let ListLimits { pages, items: max_items, memory } = self.limits;
        if self.pages > pages {
            return Err(Error::limit_exceeded(format!("{path}: the list has more than {pages} pages")));
        }
        if self.items > max_items {
            return Err(Error::limit_exceeded(format!("{path}: the list has more than {max_items} items")));
        }
        if self.memory > memory {
            return Err(Error::limit_exceeded(format!(
                "{path}: the list needs more than {} MiB of memory",
                memory >> 20
            )));
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
    let (mut next, mut skip) = match next_token {
        Some(token) => decode_token(client, token)?,
        None => (None, 0),
    };
    let mut items = Vec::new();
    let mut progress = ListProgress::new(client, target, LIST_LIMITS)?;
    loop {
        let current = next.take();
        let mut response = match &current {
            None => client.send(Method::GET, target, None).await?,
            Some(url) => client.send_url(Method::GET, Url::clone(url), &target.headers, None).await?,
        };
        let page = progress.take_items(&mut response)?;
        let length = page.len();
        for (index, item) in page.into_iter().enumerate().skip(skip) {
            if max_items == Some(items.len()) {
                return Ok(ItemList { items, next_token: Some(encode_token(current.as_ref(), index)) });
            }
            items.push(item);
        }
        skip = skip.saturating_sub(length);
        next = next_link(client, &response.body)?;
        let Some(url) = &next else { return Ok(ItemList { items, next_token: None }) };
        progress.check_next_page(url)?;
        if max_items == Some(items.len()) {
            return Ok(ItemList { items, next_token: Some(encode_token(Some(url), 0)) });
        }
    }
}

/// Reads a whole collection; see [`for_each_item`].
pub async fn list_counted(client: &Client, target: &Target, concurrency: usize) -> Result<Vec<Value>> {
    let mut items = Vec::new();
    for_each_item(client, target, concurrency, &mut |item, _| items.push(item)).await?;
    Ok(items)
}

/// Reads a whole collection item by item and in order, so that only some pages are in memory at a time.
///
/// If the first page has a `count`, as API Management's do, the other pages are read `concurrency` at once; otherwise one
/// after the other. `on_item` is called with each item, and with the number of all items if it is known; the
/// number is returned, too.
pub async fn for_each_item(
    client: &Client,
    target: &Target,
    concurrency: usize,
    on_item: &mut (dyn FnMut(Value, Option<usize>) + Send),
) -> Result<Option<usize>> {
    let mut progress = ListProgress::new(client, target, LIST_LIMITS)?;
    let mut first = client.send(Method::GET, target, None).await?;
    let count = first.body["count"].as_u64().and_then(|n| usize::try_from(n).ok());
    if count.is_some_and(|count| count > progress.limits.items) {
        let max_items = progress.limits.items;
        return Err(Error::limit_exceeded(format!(
            "{}: the list has more than {max_items} items",
            target.path
        )));
    }
    let mut next = next_link(client, &first.body)?;
    let items = progress.take_items(&mut first)?;
    let page_size = items.len();
    for item in items {
        on_item(item, count);
    }
    // Items are passed on, so only one page at a time counts against the memory.
    progress.memory = 0;
    if let Some(count) = count.filter(|_| next.is_some() && page_size > 0) {
        let requests = (page_size..count).step_by(page_size).map(|skip| async move {
            let target = target.clone().query("$top", page_size.to_string()).query("$skip", skip.to_string());
            client.send(Method::GET, &target, None).await
        });
        let mut pages = stream::iter(requests).buffered(concurrency.clamp(1, MAX_CONCURRENT_PAGES));
        while let Some(mut page) = pages.try_next().await? {
            let items = progress.take_items(&mut page)?;
            progress.memory = 0;
            // After a page without items there are none, whatever the count says.
            if items.is_empty() {
                break;
            }
            for item in items {
                on_item(item, Some(count));
            }
        }
        return Ok(Some(count));
    }
    while let Some(url) = next {
        progress.check_next_page(&url)?;
        let mut page = client.send_url(Method::GET, url, &target.headers, None).await?;
        next = next_link(client, &page.body)?;
        for item in progress.take_items(&mut page)? {
            on_item(item, count);
        }
        progress.memory = 0;
    }
    Ok(count)
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
    let Some(text) = body.get("nextLink").and_then(Value::as_str).filter(|text| !text.is_empty()) else {
        return Ok(None);
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
