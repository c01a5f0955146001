//! Lists: page after page, with az's `--next-token` to continue a list that was cut.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::Method;
use serde_json::{Value, json};
use url::Url;

use crate::client::Client;
use crate::plan::Target;
use azr_core::error::{Error, Result};

/// How many pages of a counted collection are read at once at most; each is held until those before it have arrived.
const MAX_CONCURRENT_PAGES: usize = 8;

/// How many pages are read at most: a service whose pages never end is broken.
///
/// At API Management's hundred items per page these are ten million items.
const MAX_PAGES: usize = 100_000;

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
    let mut visited = HashSet::from([client.url(target)?.to_string()]);
    loop {
        let current = next.take();
        let mut response = match &current {
            None => client.send(Method::GET, target, None).await?,
            Some(url) => client.send_url(Method::GET, Url::clone(url), &target.headers, None).await?,
        };
        let page = take_items(target, &mut response.body)?;
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
        check_next_page(target, url, &mut visited)?;
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
/// after the other. `on_item` is called with each item, and with the number of all items if it is known.
pub async fn for_each_item(
    client: &Client,
    target: &Target,
    concurrency: usize,
    on_item: &mut (dyn FnMut(Value, Option<usize>) + Send),
) -> Result<()> {
    let mut first = client.send(Method::GET, target, None).await?.body;
    let count = first["count"].as_u64().and_then(|n| usize::try_from(n).ok());
    let mut next = next_link(client, &first)?;
    let items = take_items(target, &mut first)?;
    let page_size = items.len();
    for item in items {
        on_item(item, count);
    }
    if let Some(count) = count.filter(|_| next.is_some() && page_size > 0) {
        let requests = (page_size..count).step_by(page_size).map(|skip| async move {
            let target = target.clone().query("$top", page_size.to_string()).query("$skip", skip.to_string());
            client.send(Method::GET, &target, None).await.map(|response| response.body)
        });
        let mut pages = stream::iter(requests).buffered(concurrency.clamp(1, MAX_CONCURRENT_PAGES));
        while let Some(mut body) = pages.try_next().await? {
            let items = take_items(target, &mut body)?;
            // After a page without items there are none, whatever the count says.
            if items.is_empty() {
                break;
            }
            for item in items {
                on_item(item, Some(count));
            }
        }
        return Ok(());
    }
    let mut visited = HashSet::from([client.url(target)?.to_string()]);
    while let Some(url) = next {
        check_next_page(target, &url, &mut visited)?;
        let mut body = client.send_url(Method::GET, url, &target.headers, None).await?.body;
        next = next_link(client, &body)?;
        for item in take_items(target, &mut body)? {
            on_item(item, count);
        }
    }
    Ok(())
}

/// The items of a page; an empty body is a page without items.
fn take_items(target: &Target, body: &mut Value) -> Result<Vec<Value>> {
    let items = match body {
        Value::Array(_) | Value::Null => body.take(),
        _ => body.get_mut("value").map_or(Value::Bool(false), Value::take),
    };
    match items {
        Value::Array(items) => Ok(items),
        Value::Null if body.is_null() => Ok(Vec::new()),
        _ => Err(Error::invalid_response(format!("{}: the response is not a list", target.path))),
    }
}

/// Fails if the next page was read before, or is one too many.
fn check_next_page(target: &Target, next: &Url, visited: &mut HashSet<String>) -> Result<()> {
    if !visited.insert(next.to_string()) {
        return Err(Error::invalid_response(format!(
            "{}: nextLink repeats a page that was already read",
            target.path
        )));
    }
    if visited.len() > MAX_PAGES {
        return Err(Error::limit_exceeded(format!("{}: more than {MAX_PAGES} pages", target.path)));
    }
    Ok(())
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
