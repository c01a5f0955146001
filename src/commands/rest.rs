//! `azr rest`: any call of Azure Resource Manager.

use std::collections::HashSet;

use clap::{Arg, ArgMatches};
use serde_json::Value;
use url::Url;

use super::tree::{Example, Leaf, Outcome};
use super::{arg_file, args};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIM, api_version_of};

const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// `azr rest`.
pub fn command() -> Leaf {
    Leaf::run("rest", "Send a request to Azure Resource Manager", options, |session, matches| {
        Box::pin(run(session, matches))
    })
    .details(
        "The path may be that of a resource or a whole URL on the Resource Manager. {subscriptionId} in it is replaced. \
         Where it names no api-version, that of the resource's type is used if azr knows it.",
    )
    .examples(&[
        Example {
            what: "Read a resource",
            line: "azr rest --method get --uri /subscriptions/{subscriptionId}/resourceGroups/myResourceGroup/providers/Microsoft.ApiCenter/services/myAPICenter",
        },
        Example {
            what: "List over all pages",
            line: "azr rest --uri /subscriptions/{subscriptionId}/resourceGroups/myResourceGroup/providers/Microsoft.ApiManagement/service/myAPIManagement/apis --paginate --query 'value[].name'",
        },
    ])
}

fn options() -> Vec<Arg> {
    vec![
        args::choice("method", METHODS).short('m').help("HTTP method [default: GET]"),
        args::text("uri")
            .short('u')
            .visible_alias("url")
            .required(true)
            .value_name("PATH|URL")
            .help("What to call"),
        args::text("body").short('b').value_name("JSON|@FILE").help("Body"),
        args::many("headers", 1).value_name("NAME=VALUE").help("Further headers"),
        args::many("uri-parameters", 1)
            .visible_alias("url-parameters")
            .value_name("NAME=VALUE")
            .help("Further query parameters"),
        args::flag("paginate").help("Follow nextLink, and answer with all items in one value"),
    ]
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let method = matches.get_one::<String>("method").map_or("GET", String::as_str);
    let method = METHODS
        .into_iter()
        .find(|m| m.eq_ignore_ascii_case(method))
        .ok_or_else(|| Error::usage(format!("--method: there is no '{method}'")))?;
    let body = match matches.get_one::<String>("body") {
        None => None,
        Some(given) => {
            let text = arg_file::expand("--body", given)?.whole();
            let value: Value = serde_json::from_str(&text)
                .map_err(|e| Error::invalid(format!("--body is not JSON: {e}")))?;
            Some(value)
        }
    };
    let client = session.client()?;
    let mut url = url(session, matches, client.endpoint())?;
    let headers = headers(matches)?;
    let mut whole: Option<Value> = None;
    let mut seen = HashSet::new();
    loop {
        if !seen.insert(url.to_string()) {
            return Err(Error::invalid_response(format!("the pages of {} go round in a circle", url.path())));
        }
        let answer = client.send_url(method, url.clone(), &headers, body.as_ref()).await.map_err(refused)?;
        if !matches.get_flag("paginate") {
            return Ok(if answer.body.is_null() { Outcome::nothing() } else { as_sent(answer.body) });
        }
        let next = answer.body.get("nextLink").and_then(Value::as_str).map(str::to_owned);
        append(&mut whole, answer.body);
        match next.filter(|n| !n.is_empty()) {
            None => break,
            Some(next) => {
                url = client.endpoint().join(&next).map_err(|e| {
                    Error::invalid_response(format!("the service's nextLink is not a URL ({e})"))
                })?;
            }
        }
    }
    if let Some(whole) = whole.as_mut().and_then(Value::as_object_mut) {
        whole.remove("nextLink");
    }
    Ok(whole.map_or_else(Outcome::nothing, as_sent))
}

/// Whatever the service refuses ends with exit code 1, as with `az rest`: also what is not there.
fn refused(error: Error) -> Error {
    if error.is_not_found() { error.with_exit_code(1) } else { error }
}

/// az adds the resource group to what every command prints but this one.
fn as_sent(body: Value) -> Outcome {
    Outcome { as_sent: true, ..Outcome::value(body) }
}

fn append(whole: &mut Option<Value>, page: Value) {
    let Some(so_far) = whole else {
        *whole = Some(page);
        return;
    };
    if let (Some(all), Some(Value::Array(more))) =
        (so_far.get_mut("value").and_then(Value::as_array_mut), page.get("value"))
    {
        all.extend(more.iter().cloned());
    }
}

fn url(session: &Session, matches: &ArgMatches, endpoint: &Url) -> Result<Url> {
    let given = matches.get_one::<String>("uri").map_or("", String::as_str);
    let mut text = given.to_owned();
    if text.contains("{subscriptionId}") {
        text = text.replace("{subscriptionId}", &session.subscription()?.id);
    }
    if !text.contains("://") && !text.starts_with('/') {
        text.insert(0, '/');
    }
    let mut url =
        endpoint.join(&text).map_err(|e| Error::invalid(format!("--uri: '{given}' is not a URL: {e}")))?;
    if url.origin() != endpoint.origin() {
        return Err(Error::invalid(format!(
            "--uri: {} is not {}",
            url.origin().ascii_serialization(),
            endpoint
        ))
        .with_hint("azr sends its token to the Resource Manager only; --arm-endpoint names another."));
    }
    for word in args::occurrences(matches, "uri-parameters").concat() {
        let (name, value) = word
            .split_once('=')
            .ok_or_else(|| Error::invalid(format!("--uri-parameters: '{word}' is not NAME=VALUE")))?;
        url.query_pairs_mut().append_pair(name, value);
    }
    if !url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("api-version")) {
        let version = version_for(url.path()).ok_or_else(|| {
            Error::invalid(format!("--uri: '{given}' has no api-version, and azr does not know this type"))
                .with_hint("Add ?api-version=YYYY-MM-DD.")
        })?;
        url.query_pairs_mut().append_pair("api-version", version);
    }
    Ok(url)
}

/// The API version for a path: that of the resource, of the collection or of the action's resource.
fn version_for(path: &str) -> Option<&'static str> {
    if path.trim_matches('/').eq_ignore_ascii_case("subscriptions") {
        return Some(azr_core::resource::SUBSCRIPTIONS_VERSION);
    }
    let id: ResourceId = path.parse().ok()?;
    let parent = path.rsplit_once('/').and_then(|(head, _)| head.parse::<ResourceId>().ok());
    api_version_of(&id)
        .or_else(|| parent.and_then(|p| api_version_of(&p)))
        .or_else(|| path.contains("Microsoft.ApiManagement").then_some(APIM))
}

fn headers(matches: &ArgMatches) -> Result<Vec<(&'static str, String)>> {
    /// Headers that mean something to ARM; others are not passed on, so that none can carry a token elsewhere.
    const KNOWN: [&str; 5] = ["accept", "content-type", "if-match", "if-none-match", "prefer"];
    args::occurrences(matches, "headers")
        .concat()
        .iter()
        .map(|word| {
            let (name, value) = word
                .split_once('=')
                .ok_or_else(|| Error::invalid(format!("--headers: '{word}' is not NAME=VALUE")))?;
            let known = KNOWN.into_iter().find(|k| k.eq_ignore_ascii_case(name)).ok_or_else(|| {
                Error::invalid(format!("--headers: '{name}' is not passed on"))
                    .with_hint(format!("Headers that are: {}.", KNOWN.join(", ")))
            })?;
            Ok((known, value.to_owned()))
        })
        .collect()
}
