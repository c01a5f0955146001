//! Errors of the SDK with azr's messages: which credential failed, and what Entra responded.

use azr_core::error::{Error, ErrorKind, causes};

/// The error for the credential `label`, whose token request failed.
pub(super) fn explain(label: &str, error: &azure_core::Error) -> Error {
    let Some(own) = causes(error).find_map(|e| e.downcast_ref::<Error>()) else {
        let text = simplify(&error.to_string());
        return Error::authentication(format!("{label}: {text}")).with_optional_hint(entra_hint(&text));
    };
    let explained = match own.kind() {
        ErrorKind::Network(fault) => Error::network(format!("{label}: no token: {own}"), fault),
        _ => Error::authentication(format!("{label}: {own}")),
    };
    explained.with_optional_hint(own.hint())
}

/// The SDK's text without its own names and links, on one line.
fn simplify(text: &str) -> String {
    let text = text.split("To troubleshoot, visit").next().unwrap_or_default();
    let text = text.split_once("Credential authentication failed.").map_or(text, |(_, rest)| rest);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "no reason given".to_owned() } else { line }
}

/// Hints for the errors of Entra that users see.
///
/// Codes: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.
pub(super) fn entra_hint(text: &str) -> Option<&'static str> {
    let code = text.split("AADSTS").nth(1)?;
    let digits: String = code.chars().take_while(char::is_ascii_digit).collect();
    Some(match digits.as_str() {
        "7000215" => {
            "AZURE_CLIENT_SECRET must be the secret's value, not its id; so must --password of azr login."
        }
        "7000222" => {
            "The secret has expired: create a new one, and set AZURE_CLIENT_SECRET or sign in with it."
        }
        "700016" => {
            "Check AZURE_CLIENT_ID or --username, and that AZURE_TENANT_ID or --tenant is the tenant of the application."
        }
        "90002" | "900023" => "Check AZURE_TENANT_ID or --tenant.",
        "700027" => "The application does not have this certificate: upload it, or use another one.",
        "70021" | "700211" | "700212" | "700213" => {
            "Add a federated credential to the application with the issuer, subject and audience of this pipeline."
        }
        "700024" => "The clock of this machine is wrong, or the assertion has expired.",
        "50076" | "50078" | "50079" | "50173" | "700082" | "70043" => {
            "Sign in again: azr login, or az login."
        }
        "53003" => "A conditional access policy forbids it: contact the administrator of the tenant.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure_core::error::ErrorKind as SdkErrorKind;

    #[test]
    fn names_and_links_of_the_sdk_are_removed() {
        let text = "ClientSecretCredential authentication failed. AADSTS7000215: Invalid client secret.\r\nTrace ID: t\nTo troubleshoot, visit https://aka.ms/x";
        let error =
            explain("service principal", &azure_core::Error::with_message(SdkErrorKind::Credential, text));
        assert_eq!(error.to_string(), "service principal: AADSTS7000215: Invalid client secret. Trace ID: t");
        assert!(error.hint().unwrap().contains("not its id"));
    }

    #[test]
    fn a_network_error_stays_one() {
        let network =
            Error::network("POST https://l: refused", azr_core::error::NetworkFault::NotSent).with_hint("h");
        let inner = azure_core::Error::new(SdkErrorKind::Io, network);
        let outer = azure_core::Error::with_error(
            SdkErrorKind::Credential,
            inner,
            "XCredential authentication failed.",
        );
        let error = explain("az", &outer);
        assert_eq!((error.code(), error.hint()), ("Network", Some("h")));
        assert_eq!(error.to_string(), "az: no token: POST https://l: refused");
    }
}
