//! `/metadata/endpoints`: the endpoints of the cloud, which Resource Manager returns without a token.
//!
//! `az cloud register --endpoint-resource-manager` and other tools configure a cloud with it. It is not documented; the
//! members are those that az reads (its module `azure.cli.core.cloud`).

use serde_json::{Value, json};

use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The first version that describes one cloud; those before list all clouds.
const SINGLE_CLOUD_VERSION: &str = "2022-09-01";

/// The first version that lists clouds.
const CLOUD_LIST_VERSION: &str = "2019-05-01";

/// Whether a request is for the endpoints of the cloud.
#[must_use]
pub(crate) fn is_endpoints_request(request: &ParsedRequest) -> bool {
    request.path.trim_end_matches('/').eq_ignore_ascii_case("/metadata/endpoints")
}

/// The response to `/metadata/endpoints`: every endpoint is the emulator.
pub(crate) fn endpoints(request: &ParsedRequest) -> Response {
    if request.method != "GET" {
        let text = format!("The requested resource does not support http method '{}'.", request.method);
        return response::error(405, "MethodNotAllowed", &text);
    }
    match request.query("api-version").unwrap_or_default() {
        "" => {
            let text = "The api-version query parameter (?api-version=) is required for all requests.";
            response::error(400, "MissingApiVersionParameter", text)
        }
        version if version >= SINGLE_CLOUD_VERSION => response::json(200, &cloud(&request.origin)),
        version if version >= CLOUD_LIST_VERSION => response::json(200, &json!([cloud(&request.origin)])),
        version => {
            let text = format!("The api-version '{version}' is invalid.");
            response::error(400, "InvalidApiVersionParameter", &text)
        }
    }
}

fn cloud(origin: &str) -> Value {
    json!({
        "name": "AzureEmulator",
        "authentication": {
            "loginEndpoint": origin,
            "audiences": [origin],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": origin,
        // az needs them for listing role assignments, even if it does not resolve the names of principals.
        "graphAudience": origin,
        "microsoftGraphResourceId": origin,
        "suffixes": {},
    })
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::testing::{body, build_request, emulator};

    #[test]
    fn the_endpoints_of_the_cloud_need_no_token() {
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
