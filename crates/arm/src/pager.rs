//! Lists: page after page, with az's token to go on where a bounded list stopped.

use std::collections::HashSet;

use base64::Engine as _;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use url::Url;

use super::client::Client;
use super::plan::Target;
use azr_core::error::{Error, Result};

/// How many pages of a counted collection are read at once at the most: each is held until those before it have come.
const PAGES_AT_ONCE: usize = 8;

/// How many pages one after the other are read at the most: a service whose pages never end is broken.
///
/// At API Management's hundred items a page these are ten million.
const MAX_PAGES: usize = 100_000;

/// A list, and how to go on where it was cut.
#[derive(Debug)]
pub struct Listed {
    /// The items as they came.
    pub items: Vec<Value>,
    /// az's token for `--next-token`, if there is more.
    pub next_token: Option<String>,
}

/// Reads a collection, at most `max` items of it, from where `token` says.
pub async fn list(client: &Client, at: &Target, max: Option<usize>, token: Option<&str>) -> Result<Listed> {
    let (mut next, mut skip) = match token {
        Some(token) => read_token(client, token)?,
        None => (None, 0),
    };
    let mut items = Vec::new();
    let mut seen = HashSet::from([client.url(at)?.to_string()]);
    loop {
        let current = next.take();
        let mut answer = match &current {
            None => client.send("GET", at, None).await?,
            Some(url) => client.send_url("GET", Url::clone(url), &at.headers, None).await?,
        };
        let page = page(at, &mut answer.body)?;
        let length = page.len();
        for (index, item) in page.into_iter().enumerate().skip(skip) {
            if max == Some(items.len()) {
                return Ok(Listed { items, next_token: Some(write_token(current.as_ref(), index)) });
            }
            items.push(item);
        }
        skip = skip.saturating_sub(length);
        next = next_link(client, &answer.body)?;
        let Some(url) = &next else { return Ok(Listed { items, next_token: None }) };
        note(at, url, &mut seen)?;
        if max == Some(items.len()) {
            return Ok(Listed { items, next_token: Some(write_token(Some(url), 0)) });
        }
    }
}

/// Reads a whole collection whose first page tells its `count`, as API Management's do: the other pages at once.
///
/// Where there is no count the pages are read one after the other.
pub async fn list_counted(client: &Client, at: &Target, at_once: usize) -> Result<Vec<Value>> {
    let mut items = Vec::new();
    each_counted(client, at, at_once, &mut |item, _| items.push(item)).await?;
    Ok(items)
}

/// Reads such a collection item by item, in its order, so that no more than some pages are held at a time.
///
/// `take` is given each item, and how many items there are in all as far as that is known.
pub async fn each_counted(
    client: &Client,
    at: &Target,
    at_once: usize,
    take: &mut (dyn FnMut(Value, Option<usize>) + Send),
) -> Result<()> {
    let mut first = client.send("GET", at, None).await?.body;
    let count = first["count"].as_u64().and_then(|n| usize::try_from(n).ok());
    let mut next = next_link(client, &first)?;
    let items = page(at, &mut first)?;
    let size = items.len();
    for item in items {
        take(item, count);
    }
    if let Some(count) = count.filter(|_| next.is_some() && size > 0) {
        let rest = (size..count).step_by(size).map(|skip| async move {
            let at = at.clone().query("$top", size.to_string()).query("$skip", skip.to_string());
            client.send("GET", &at, None).await.map(|answer| answer.body)
        });
        let mut pages = stream::iter(rest).buffered(at_once.clamp(1, PAGES_AT_ONCE));
        while let Some(mut body) = pages.try_next().await? {
            let items = page(at, &mut body)?;
            // Behind a page without items there are none, whatever the count says.
            if items.is_empty() {
                break;
            }
            for item in items {
                take(item, Some(count));
            }
        }
        return Ok(());
    }
    let mut seen = HashSet::from([client.url(at)?.to_string()]);
    while let Some(url) = next {
        note(at, &url, &mut seen)?;
        let mut body = client.send_url("GET", url, &at.headers, None).await?.body;
        next = next_link(client, &body)?;
        for item in page(at, &mut body)? {
            take(item, count);
        }
    }
    Ok(())
}

/// The items of a page; nothing at all is a page without items.
fn page(at: &Target, body: &mut Value) -> Result<Vec<Value>> {
    let items = match body {
        Value::Array(_) | Value::Null => body.take(),
        _ => body.get_mut("value").map_or(Value::Bool(false), Value::take),
    };
    match items {
        Value::Array(items) => Ok(items),
        Value::Null if body.is_null() => Ok(Vec::new()),
        _ => Err(Error::invalid_response(format!("{} answered with something that is no list", at.path))),
    }
}

/// Notes that a page comes next; refuses one that came before, and one too many.
fn note(at: &Target, next: &Url, seen: &mut HashSet<String>) -> Result<()> {
    if !seen.insert(next.to_string()) {
        return Err(Error::invalid_response(format!("the pages of {} go round in a circle", at.path)));
    }
    if seen.len() > MAX_PAGES {
        return Err(Error::limit_exceeded(format!("{} has more than {MAX_PAGES} pages", at.path)));
    }
    Ok(())
}

fn next_link(client: &Client, body: &Value) -> Result<Option<Url>> {
    let Some(text) = body.get("nextLink").and_then(Value::as_str).filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    let url = client
        .endpoint()
        .join(text)
        .map_err(|e| Error::invalid_response(format!("the service's nextLink is not a URL ({e})")))?;
    Ok(Some(url))
}

/// az's token: base64 of `{"next_link": URL or null, "offset": items to leave out of that page}`.
fn write_token(link: Option<&Url>, offset: usize) -> String {
    let token = json!({"next_link": link.map(Url::as_str), "offset": offset});
    base64::engine::general_purpose::STANDARD.encode(token.to_string())
}

fn read_token(client: &Client, token: &str) -> Result<(Option<Url>, usize)> {
    let bad = || {
        Error::invalid(format!("--next-token: '{token}' is not a token of an earlier list"))
            .with_hint("Take the token from the warning of the list that was cut with --max-items.")
    };
    let text = base64::engine::general_purpose::STANDARD.decode(token).map_err(|_| bad())?;
    let value: Value = serde_json::from_slice(&text).map_err(|_| bad())?;
    let offset = value["offset"].as_u64().and_then(|n| usize::try_from(n).ok()).ok_or_else(bad)?;
    let link = match value["next_link"].as_str() {
        None => None,
        Some(text) => Some(client.endpoint().join(text).map_err(|_| bad())?),
    };
    Ok((link, offset))
}
