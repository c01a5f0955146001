//! `azr rest`: any request to Azure Resource Manager.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::{Args, ValueEnum};
use serde::de::IgnoredAny;
use serde_json::Value;
use url::Url;

use super::arg_file;
use super::args::ReadsFile;
use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_arm::pager::ListSize;
use azr_arm::transport::Response;
use azr_core::error::{Error, ErrorKind, Result};
use azr_core::files;
use azr_core::id::ResourceId;
use azr_core::resource::{APIM, SUBSCRIPTIONS_VERSION, api_version_of};
use azr_output::message;

/// `azr rest`.
pub(crate) fn command() -> Leaf {
    Leaf::run("rest", "Send a request to Azure Resource Manager", run)
        .details(
            "--uri is a path, or a URL of Azure Resource Manager. {subscriptionId} in it is replaced by the current \
             subscription. Without an api-version, azr adds that of the resource type if it knows the type.",
        )
        .examples(&[
            Example {
                summary: "Read a resource",
                command: "azr rest --uri /subscriptions/{subscriptionId}/resourceGroups/myResourceGroup",
            },
            Example {
                summary: "List all pages of a collection below a resource, by its id",
                command: "azr rest --method get --uri \"$apimID/apis\" --paginate --query 'value[].name'",
            },
        ])
}

#[derive(Args)]
struct Options {
    #[arg(long, short = 'm', ignore_case = true, help = "HTTP method [default: GET]")]
    method: Option<Method>,
    #[arg(
        long,
        short = 'u',
        visible_alias = "url",
        value_name = "PATH|URL",
        help = "Path or URL to request"
    )]
    uri: String,
    #[arg(long, short = 'b', value_name = "JSON|@FILE", help = "Request body", add = ReadsFile)]
    body: Option<String>,
    #[arg(long, num_args = 1.., value_name = "NAME=VALUE", help = "Additional request headers, or a JSON object with them")]
    headers: Vec<String>,
    #[arg(
        long,
        visible_alias = "url-parameters",
        num_args = 1..,
        value_name = "NAME=VALUE",
        help = "Additional query parameters, or a JSON object with them"
    )]
    uri_parameters: Vec<String>,
    #[arg(long, help = "Follow nextLink and print the items of all pages as one value")]
    paginate: bool,
    #[arg(long, value_name = "PATH", help = "File to write the response body to, instead of printing it")]
    output_file: Option<PathBuf>,
    #[arg(long, help = "Send no token; the URL may be of any server")]
    skip_authorization_header: bool,
    #[arg(long, value_name = "URI", help = "Resource of the token; must be Azure Resource Manager")]
    resource: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Method {
    Delete,
    Get,
    Head,
    Options,
    Patch,
    Post,
    Put,
}

impl From<Method> for azr_arm::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Delete => Self::DELETE,
            Method::Get => Self::GET,
            Method::Head => Self::HEAD,
            Method::Options => Self::OPTIONS,
            Method::Patch => Self::PATCH,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
        }
    }
}

async fn run(session: &Session, options: Options) -> Result<Outcome> {
    let method = azr_arm::Method::from(options.method.unwrap_or(Method::Get));
    let subject = |url: &Url| format!("{method} {}", url.path());
    if let Some(resource) = &options.resource {
        check_resource(session, resource)?;
    }
    let client = session.client()?;
    let mut url = request_url(session, &options, client.endpoint())?;
    let headers = parse_headers(&options.headers)?;
    let body = options.body.as_deref().map(|text| read_body(text, &headers)).transpose()?;
    let mut result: Option<Value> = None;
    let mut visited = HashSet::new();
    let path = url.path().to_owned();
    let mut size = ListSize::new(&path);
    loop {
        if !visited.insert(url.to_string()) {
            return Err(Error::invalid_response(format!(
                "nextLink of {} repeats a page already read",
                url.path()
            )));
        }
        let response = if options.skip_authorization_header {
            client.send_raw_without_token(method.clone(), url.clone(), &headers, body.clone()).await
        } else {
            client.send_raw(method.clone(), url.clone(), &headers, body.clone()).await
        };
        let response = response.map_err(with_exit_code_1)?;
        if !options.paginate {
            return finish(&options, &response, &subject(&url));
        }
        let page = response.json(&subject(&url))?;
        count_page(&mut size, response.body.len(), &page)?;
        drop(response);
        let next = page.get("nextLink").and_then(Value::as_str).map(str::to_owned);
        append_page(&mut result, page);
        match next.filter(|n| !n.is_empty()) {
            None => break,
            Some(next) => {
                url = client.endpoint().join(&next).map_err(|e| {
                    Error::invalid_response(format!("the service's nextLink is not a URL ({e})"))
                })?;
            }
        }
    }
    if let Some(members) = result.as_mut().and_then(Value::as_object_mut) {
        members.remove("nextLink");
    }
    let body = result.unwrap_or_default();
    match &options.output_file {
        Some(path) => write_body(path, body.to_string().as_bytes()),
        None => Ok(verbatim(body)),
    }
}

/// The body as it is sent: JSON, or any text if the headers say what it is.
fn read_body(text: &str, headers: &[(String, String)]) -> Result<Bytes> {
    let text = arg_file::expand_document("--body", text)?.full_text();
    let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !has_type && let Err(e) = serde_json::from_str::<IgnoredAny>(&text) {
        let reason = if text.trim().is_empty() { "it is empty".to_owned() } else { e.to_string() };
        return Err(Error::invalid(format!("--body is not valid JSON: {reason}"))
            .with_hint("Another format needs its name: --headers Content-Type=TYPE."));
    }
    Ok(text.into())
}

/// Makes every refusal of the service exit with 1, even "not found", as `az rest` does.
fn with_exit_code_1(error: Error) -> Error {
    if error.is_not_found() { error.with_exit_code(1) } else { error }
}

/// az adds the resource group to the result of every command but this one.
fn verbatim(body: Value) -> Outcome {
    Outcome { verbatim: true, ..Outcome::value(body) }
}

/// Counts a page whose items are kept; fails if the pages exceed a limit.
fn count_page(size: &mut ListSize<'_>, length: usize, page: &Value) -> Result<()> {
    let items = page.get("value").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    size.add_page(length, items.len())?;
    items.iter().try_for_each(|item| size.add_kept_item(item))
}

fn append_page(result: &mut Option<Value>, mut page: Value) {
    let Some(first) = result else {
        *result = Some(page);
        return;
    };
    if let (Some(items), Some(Value::Array(more))) =
        (first.get_mut("value").and_then(Value::as_array_mut), page.get_mut("value"))
    {
        items.append(more);
    }
}

fn request_url(session: &Session, options: &Options, endpoint: &Url) -> Result<Url> {
    let uri = &options.uri;
    let mut text = uri.clone();
    if text.contains("{subscriptionId}") {
        text = text.replace("{subscriptionId}", &session.subscription()?.id);
    }
    if !text.contains("://") && !text.starts_with('/') {
        text.insert(0, '/');
    }
    let mut url = endpoint
        .join(&text)
        .map_err(|e| Error::invalid(format!("--uri: '{uri}' is not a valid URL: {e}")))?;
    let is_elsewhere = url.origin() != endpoint.origin();
    if is_elsewhere && !options.skip_authorization_header {
        return Err(Error::invalid(format!(
            "--uri: {} is not {endpoint}",
            url.origin().ascii_serialization()
        ))
        .with_hint(
            "azr sends its token only to Azure Resource Manager; --arm-endpoint selects another endpoint.",
        ));
    }
    for (name, value) in parse_pairs("--uri-parameters", &options.uri_parameters)? {
        url.query_pairs_mut().append_pair(&name, &value);
    }
    let has_version = url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("api-version"));
    // Without a token, the URL may be of a file, such as an exported document.
    if !is_elsewhere && !has_version && !options.skip_authorization_header {
        let version = default_api_version(url.path()).ok_or_else(|| {
            Error::invalid(format!(
                "--uri: '{uri}' has no api-version, and azr does not know the resource type"
            ))
            .with_hint("Add ?api-version=YYYY-MM-DD.")
        })?;
        url.query_pairs_mut().append_pair("api-version", version);
    }
    Ok(url)
}

/// The default API version of a path: that of the resource, or of the parent of a collection or an action.
fn default_api_version(path: &str) -> Option<&'static str> {
    if path.trim_matches('/').eq_ignore_ascii_case("subscriptions") {
        return Some(SUBSCRIPTIONS_VERSION);
    }
    let id: ResourceId = path.parse().ok()?;
    let parent = path.rsplit_once('/').and_then(|(head, _)| head.parse::<ResourceId>().ok());
    api_version_of(&id)
        .or_else(|| parent.and_then(|p| api_version_of(&p)))
        .or_else(|| path.contains("Microsoft.ApiManagement").then_some(APIM))
}

/// The headers of the request.
///
/// A header with credentials is rejected, because a command line is not a safe place for them.
fn parse_headers(words: &[String]) -> Result<Vec<(String, String)>> {
    let headers = parse_pairs("--headers", words)?;
    match headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        Some(_) => Err(Error::invalid("--headers: the Authorization header is not supported")
            .with_hint("Set AZR_ACCESS_TOKEN to use another token.")),
        None => Ok(headers),
    }
}

/// The pairs in `NAME=VALUE` words and JSON objects.
fn parse_pairs(option: &str, words: &[String]) -> Result<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for word in words {
        if let Ok(Value::Object(members)) = serde_json::from_str(word) {
            let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            pairs.extend(members.into_iter().map(|(name, value)| (name, text(value))));
            continue;
        }
        let (name, value) = word.split_once('=').ok_or_else(|| {
            Error::invalid(format!("{option}: '{word}' is not NAME=VALUE or a JSON object"))
        })?;
        pairs.push((name.to_owned(), value.to_owned()));
    }
    Ok(pairs)
}

/// Checks that `--resource` is Azure Resource Manager, the only service that azr sends a token to.
fn check_resource(session: &Session, resource: &str) -> Result<()> {
    let cloud = session.context.cloud()?;
    let without_slash = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    let scope = cloud.scope();
    let audience = scope.strip_suffix("/.default").unwrap_or(&scope);
    let allowed = [audience, cloud.arm_endpoint.as_str(), "https://management.azure.com"];
    if allowed.into_iter().any(|known| without_slash(known) == without_slash(resource)) {
        return Ok(());
    }
    Err(Error::unsupported(format!("--resource: '{resource}' is not Azure Resource Manager"))
        .with_hint("azr account get-access-token --resource prints a token for another service."))
}

/// Prints the body of a response, or writes it to the file of `--output-file`.
fn finish(options: &Options, response: &Response, subject: &str) -> Result<Outcome> {
    if let Some(path) = &options.output_file {
        return write_body(path, &response.body);
    }
    match response.json(subject) {
        Ok(Value::Null) => Ok(Outcome::empty()),
        Ok(body) => Ok(verbatim(body)),
        Err(error) if error.kind() == ErrorKind::InvalidResponse && is_other_format(response) => {
            message::warn(
                "The response is not JSON and is printed as it is; --output-file writes it to a file.",
            );
            Ok(Outcome::raw(response.body.to_vec()))
        }
        Err(error) if error.kind() == ErrorKind::LimitExceeded => {
            Err(error.with_hint("--output-file writes the response to a file."))
        }
        Err(error) => Err(error),
    }
}

/// Whether a response that is not JSON does not claim to be: a document, not a damaged response or a page of a proxy.
fn is_other_format(response: &Response) -> bool {
    let media_type = response.header("content-type").unwrap_or("application/json");
    let media_type = media_type.to_ascii_lowercase();
    !media_type.contains("json") && !media_type.contains("html") && !response.is_html()
}

fn write_body(path: &Path, body: &[u8]) -> Result<Outcome> {
    files::write_file(path, body)?;
    Ok(Outcome::empty())
}
