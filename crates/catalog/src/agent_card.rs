//! The document of an A2A agent: its card, which the gateway serves.
//!
//! API Management has no export for agents. Its gateway serves the card of the agent with the gateway's own URL, which
//! is what clients of the catalog need.

use bytes::Bytes;
use serde_json::Value;
use url::Url;

use crate::export::{ExportError, ExportedDocument};
use crate::export_check::CheckedDocument;
use crate::plan::ExportSource;
use azr_arm::client::Client;
use azr_core::error::{Error, Result};

/// Members of which every card has at least one.
const TYPICAL_MEMBERS: [&str; 4] = ["url", "skills", "capabilities", "supportedInterfaces"];

/// Downloads the card of an agent, without a token.
///
/// Whether the gateway returns the card depends on its network and on the subscription that the API requires, so every
/// error is [`ExportError::Unavailable`].
pub(crate) async fn read_agent_card(
    client: &Client,
    source: &ExportSource,
) -> Result<ExportedDocument, ExportError> {
    let mut failure = None;
    for url in &source.urls {
        match read_card_at(client, url).await {
            Ok(card) => return Ok(card),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Err(ExportError::Unavailable(failure.unwrap_or_else(|| {
        Error::missing_prerequisite(format!(
            "the agent {} does not have a URL on the gateway",
            source.api.name()
        ))
    })))
}

async fn read_card_at(client: &Client, url: &str) -> Result<ExportedDocument> {
    let url = Url::parse(url)
        .map_err(|e| Error::invalid_response(format!("the URL of the card is not a valid URL: {e}")))?;
    let bytes = client.fetch_once(&url).await?;
    let checked = check_card(&bytes)?;
    Ok(ExportedDocument { bytes, link: None, checked, note: None })
}

/// Fails if a document is not the card of an agent, such as a sign-in page.
fn check_card(bytes: &Bytes) -> Result<CheckedDocument> {
    let card: Value = serde_json::from_slice(bytes)
        .map_err(|e| Error::invalid_response(format!("the card of the agent is not JSON: {e}")))?;
    let has_name = card["name"].as_str().is_some_and(|name| !name.is_empty());
    if !has_name || !TYPICAL_MEMBERS.iter().any(|member| card.get(member).is_some()) {
        return Err(Error::invalid_response(
            "the document at the URL of the card is not the card of an agent",
        ));
    }
    let format_version = card["protocolVersion"].as_str().map(str::to_owned);
    Ok(CheckedDocument { format_version, ..CheckedDocument::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_card_of_an_agent_is_accepted() {
        let check = |text: &'static str| check_card(&Bytes::from(text));
        let card =
            check(r#"{"protocolVersion": "0.3.0", "name": "Concierge", "url": "https://x", "skills": []}"#);
        assert_eq!(card.expect("a card").format_version.as_deref(), Some("0.3.0"));
        for other in
            ["", "<html>", "[]", "null", r#"{"name": ""}"#, r#"{"name": "x"}"#, r#"{"error": {"url": "x"}}"#]
        {
            assert!(check(other).is_err(), "{other}");
        }
    }
}
