//! What Resource Manager tells anybody who asks, token or not: the endpoints of its cloud.
//!
//! `az cloud register --endpoint-resource-manager` and other tools learn a cloud from it, and need nothing but its
//! address. No page describes it; the members are those that az reads (its module `azure.cli.core.cloud`).

use serde_json::{Value, json};

use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The first version that describes the one cloud asked; those before list all clouds they know of.
const OF_ONE_CLOUD: &str = "2022-09-01";

/// The first version that lists clouds.
const OF_ALL_CLOUDS: &str = "2019-05-01";

/// Whether a request asks for the endpoints of the cloud.
#[must_use]
pub fn is_about(request: &ParsedRequest) -> bool {
    request.path.trim_end_matches('/').eq_ignore_ascii_case("/metadata/endpoints")
}

/// `metadata/endpoints`: the emulator is all of its cloud.
pub fn endpoints(request: &ParsedRequest) -> Response {
    if request.method != "GET" {
        let text = format!("The requested resource does not support http method '{}'.", request.method);
        return response::error(405, "MethodNotAllowed", &text);
    }
    match request.query("api-version").unwrap_or_default() {
        "" => {
            let text = "The api-version query parameter (?api-version=) is required for all requests.";
            response::error(400, "MissingApiVersionParameter", text)
        }
        version if version >= OF_ONE_CLOUD => response::json(200, &cloud(&request.origin)),
        version if version >= OF_ALL_CLOUDS => response::json(200, &json!([cloud(&request.origin)])),
        version => {
            let text = format!("The api-version '{version}' is invalid.");
            response::error(400, "InvalidApiVersionParameter", &text)
        }
    }
}

fn cloud(base: &str) -> Value {
    json!({
        "name": "AzureEmulator",
        "authentication": {
            "loginEndpoint": base,
            "audiences": [base],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": base,
        // az wants to know them before it lists role assignments, even where it does not ask who they are for.
        "graphAudience": base,
        "microsoftGraphResourceId": base,
        "suffixes": {},
    })
}

#[cfg(test)]
mod tests {
    use super::super::Options;
    use super::super::testing::{body, build_request, emulator};

    #[test]
    fn it_says_where_the_cloud_is_without_a_token() {
        let azure = emulator(Options { require_token: true, ..Options::default() });
        let ask = |method: &str, query: &str| {
            azure.respond(&build_request(method, &format!("/metadata/endpoints?api-version={query}")))
        };
        let one = body(&ask("GET", "2022-09-01"));
        assert_eq!(one["authentication"]["loginEndpoint"], "http://emulator.test");
        assert_eq!(one["resourceManager"], "http://emulator.test");
        assert_eq!(body(&ask("GET", "2019-05-01"))[0], one);
        for (method, version, status, code) in [
            ("GET", "", 400, "MissingApiVersionParameter"),
            ("GET", "2014-01-01", 400, "InvalidApiVersionParameter"),
            ("POST", "2022-09-01", 405, "MethodNotAllowed"),
        ] {
            let answer = ask(method, version);
            assert_eq!(
                (answer.status().as_u16(), body(&answer)["error"]["code"].as_str()),
                (status, Some(code))
            );
        }
    }
}
