//! Documents: out of API Management, checked, and against what the center has.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::identity::{self, Asked, Syntax};
use super::nature::Nature;
use super::plan::Document;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::export::export_link;
use azr_arm::lro;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::resource::{APIM, CENTER_DEFINITION};

/// The largest document that goes into a request: 3 MiB.
pub const INLINE_LIMIT: usize = 3 * 1024 * 1024;

/// How often a document is asked for while another API's comes back.
const TRIES: u32 = 4;

/// How long it is waited for before that, times the tries so far.
const PAUSE: Duration = Duration::from_millis(150);

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `OpenAPI` in JSON.
    OpenApi,
    /// WSDL.
    Wsdl,
    /// A GraphQL schema.
    GraphQl,
    /// Protocol Buffers.
    Protobuf,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OpenApi, Self::Wsdl, Self::GraphQl, Self::Protobuf];

    /// The format that an API's definition is imported in; None for a kind that has none.
    #[must_use]
    pub fn of(nature: &Nature) -> Option<Self> {
        match nature {
            Nature::Http | Nature::OData => Some(Self::OpenApi),
            Nature::Soap => Some(Self::Wsdl),
            Nature::GraphQl => Some(Self::GraphQl),
            Nature::Grpc => Some(Self::Protobuf),
            Nature::WebSocket | Nature::Other(_) => None,
        }
    }

    /// The name of the definition, and of its specification.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenApi => "openapi",
            Self::Wsdl => "wsdl",
            Self::GraphQl => "graphql",
            Self::Protobuf => "grpc",
        }
    }

    /// The definition's title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::OpenApi => "OpenAPI",
            Self::Wsdl => "WSDL",
            Self::GraphQl => "GraphQL schema",
            Self::Protobuf => "Protocol Buffers",
        }
    }

    /// What API Management calls it in an export; None for what it keeps as a schema.
    fn export(self) -> Option<&'static str> {
        match self {
            Self::OpenApi => Some("openapi+json-link"),
            Self::Wsdl => Some("wsdl-link"),
            Self::GraphQl | Self::Protobuf => None,
        }
    }

    /// A part of the content type of a schema that holds it.
    fn content_type(self) -> &'static str {
        match self {
            Self::GraphQl => "graphql.schema",
            _ => "protobuf",
        }
    }
}

/// A document as API Management gave it.
#[derive(Debug)]
pub struct Exported {
    /// The document.
    pub bytes: Bytes,
    /// The link that it was behind.
    pub link: Option<Url>,
    /// The version of its format, where it says one.
    pub version: Option<String>,
}

impl Exported {
    /// The SHA-256 of the document, in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.bytes)
    }
}

/// The SHA-256 of a text, in hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Takes the document of an API, and makes sure that it is that API's.
pub async fn export(client: &Client, of: &Document) -> Result<Exported> {
    let Some(format) = of.format.export() else { return schema(client, of).await };
    let at = Target::new(of.api.as_str(), APIM).query("format", format).query("export", "true");
    let asked = Asked { api: of.api.name(), title: &of.title, version: of.version.as_deref() };
    let operations = match of.format {
        Format::OpenApi if of.has_siblings => Some(identity::operations(client, &of.api).await?),
        _ => None,
    };
    let check = |bytes: &Bytes| match of.format {
        Format::OpenApi => identity::check_openapi(&asked, bytes, Syntax::Json, operations.as_ref()),
        _ => Ok(None),
    };
    let (bytes, link, version) = fetch_checked(client, &at, &asked, check).await?;
    Ok(Exported { bytes, link: Some(link), version })
}

/// Exports an API of API Management until the document is its own by what `check` says; with the link to it.
///
/// API Management is known to answer exports of one version set that are made at once with one document, so an
/// answer for another API is asked for again. Exports of one version set must not be made at once in the first place.
pub async fn fetch_checked<T>(
    client: &Client,
    at: &Target,
    asked: &Asked<'_>,
    check: impl Fn(&Bytes) -> Result<T>,
) -> Result<(Bytes, Url, T)> {
    let mut tries = 0;
    loop {
        tries += 1;
        let answer = client.send(Method::GET, at, None).await?.body;
        let link = export_link(&answer)?;
        let bytes = client.fetch(&link).await?;
        match identity::check_answer(asked, &answer).and_then(|()| check(&bytes)) {
            Ok(found) => return Ok((bytes, link, found)),
            Err(error) if tries == TRIES => return Err(error),
            Err(error) => {
                tracing::info!("{error}; asking again");
                // Whoever exports the other one, perhaps another process, may be done by then.
                tokio::time::sleep(PAUSE * tries).await;
            }
        }
    }
}

async fn schema(client: &Client, of: &Document) -> Result<Exported> {
    let at = Target::new(format!("{}/schemas", of.api), APIM);
    let schemas = pager::list(client, &at, None, None).await?.items;
    let fits = |schema: &&Value| {
        let kind = schema.pointer("/properties/contentType").and_then(Value::as_str).unwrap_or_default();
        kind.to_ascii_lowercase().contains(of.format.content_type())
    };
    let text = schemas.iter().find(fits).and_then(|s| s.pointer("/properties/document/value")?.as_str());
    let text =
        text.ok_or_else(|| Error::missing_prerequisite(format!("the API {} has no schema", of.api.name())))?;
    Ok(Exported { bytes: Bytes::from(text.to_owned()), link: None, version: None })
}

/// The SHA-256 of the document that the center has; None for a definition without one.
pub async fn digest_in_center(client: &Client, of: &Document) -> Result<Option<String>> {
    let at = Target::new(of.definition.id.as_str(), CENTER_DEFINITION.api_version)
        .join("exportSpecification")
        .idempotent();
    let answer = match act(client, &at, None).await {
        Ok(answer) => answer,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(value) = answer.get("value").and_then(Value::as_str).filter(|v| !v.is_empty()) else {
        return Ok(None);
    };
    if answer.get("format").and_then(Value::as_str) != Some("link") {
        return Ok(Some(digest(value.as_bytes())));
    }
    let url = Url::parse(value)
        .map_err(|e| Error::invalid_response(format!("the link of the export is not a URL: {e}")))?;
    Ok(Some(digest(&client.fetch(&url).await?)))
}

/// Gives a definition its document: in the request, or by the link it came from where it is too large for that.
pub async fn import(client: &Client, of: &Document, exported: &Exported) -> Result<()> {
    let mut specification = json!({"name": of.format.name()});
    if let Some(version) = &exported.version {
        specification["version"] = json!(version);
    }
    let (format, value) = if exported.bytes.len() <= INLINE_LIMIT {
        let text = std::str::from_utf8(&exported.bytes)
            .map_err(|_| Error::invalid(format!("the document of {} is not UTF-8", of.api.name())))?;
        ("inline", text)
    } else if let Some(link) = &exported.link {
        ("link", link.as_str())
    } else {
        return Err(Error::limit_exceeded(format!(
            "the document of {} is larger than the 3 MB that a center takes, and there is no link to it",
            of.api.name()
        )));
    };
    let body = json!({"format": format, "specification": specification, "value": value});
    let at = Target::new(of.definition.id.as_str(), CENTER_DEFINITION.api_version)
        .join("importSpecification")
        .idempotent();
    act(client, &at, Some(&body)).await.map(|_| ())
}

/// Carries out an action to its end.
async fn act(client: &Client, at: &Target, body: Option<&Value>) -> Result<Value> {
    let first = client.send(Method::POST, at, body).await?;
    lro::wait_for_operation(client, &Method::POST, at, first, &mut |_| {}).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_that_of_sha256sum() {
        assert_eq!(digest(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
