//! `importFromApim`: the center itself copies APIs of API Management, with its own identity.
//!
//! Recorded: 202 and polls; APIs with decimal names, kind in upper case and stage design; nothing is told about a
//! single API. The order of the checks and the words of a failure are assumed.

mod access;
mod copy;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{errors, operations};
use crate::context::{Context, HandlerResult};
use crate::response::Response;
use crate::state::State;
use azr_core::id::ResourceId;
use azr_core::resource::APIM_API;

/// What to copy, and how.
#[derive(Debug)]
pub struct Import<'a> {
    /// The id of the center.
    pub center: &'a str,
    /// Ids of APIs; the name `*` stands for all of a service.
    pub sources: Vec<String>,
    /// The user-assigned identity to read with; none for the center's first.
    pub identity: Option<String>,
    /// The environment to deploy to, relative to the center; none for one made from the service.
    pub environment: Option<String>,
    /// The stage of what is copied; none for design.
    pub stage: Option<String>,
    /// Whether definitions get their documents.
    pub documents: bool,
    /// The API source that the APIs go with; none where they are copied once.
    pub link: Option<&'a str>,
    /// When.
    pub now: OffsetDateTime,
}

/// `importFromApim`: the sources are the body's own.
pub fn handle(context: &mut Context<'_>, center: &str) -> HandlerResult {
    let given = context.request.json()?;
    let sources = sources(&given["sourceResourceIds"])?;
    let now = context.request.now;
    let import = Import {
        center,
        sources,
        identity: None,
        environment: None,
        stage: None,
        documents: true,
        link: None,
        now,
    };
    accept(context, &import)
}

/// `importApiSource` (2024-06-01-preview): the sources are in `azureApiManagementSource`, beside where to put them.
///
/// There is no Amazon to read from, so an import from there is accepted and fails.
pub fn handle_source(context: &mut Context<'_>, center: &str) -> HandlerResult {
    let given = context.request.json()?;
    let text = |member: &Value| member.as_str().map(str::to_owned);
    match given["apiSourceType"].as_str() {
        Some("AzureApiManagement") => {}
        Some("AmazonApiGateway") => {
            let why = failure("ApiSourceUnreachable", "The Amazon API Gateway cannot be reached.");
            return Ok(operations::accept(context, center, Some(why)));
        }
        _ => {
            let text = "The apiSourceType field is required: AzureApiManagement or AmazonApiGateway.";
            return Err(errors::invalid_one("apiSourceType", text));
        }
    }
    let source = &given["azureApiManagementSource"];
    let import = Import {
        center,
        sources: sources(&source["sourceResourceIds"])?,
        identity: text(&source["msiResourceId"]),
        environment: text(&given["targetEnvironmentId"]),
        stage: text(&given["targetLifecycleStage"]),
        documents: given["importSpecification"].as_str() != Some("never"),
        link: None,
        now: context.request.now,
    };
    accept(context, &import)
}

/// The ids of what to import; what can be known to be wrong at once is refused at once.
fn sources(given: &Value) -> Result<Vec<String>, Response> {
    let sources: Option<Vec<String>> =
        given.as_array().and_then(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    let Some(sources) = sources.filter(|ids| !ids.is_empty()) else {
        let text = "The sourceResourceIds field is required and must be a list of resource IDs.";
        return Err(errors::invalid_one("sourceResourceIds", text));
    };
    for source in &sources {
        if !source.parse::<ResourceId>().is_ok_and(|id| APIM_API.matches(&id)) {
            let text = format!("'{source}' is not the resource ID of an API Management API.");
            return Err(errors::invalid_one("sourceResourceIds", &text));
        }
    }
    Ok(sources)
}

/// Accepts an import, and does it.
fn accept(context: &mut Context<'_>, import: &Import<'_>) -> HandlerResult {
    if access::principal(context.state, import.center, import.identity.as_deref()).is_none() {
        let text =
            "The API center has no managed identity; assign one that may read the API Management service.";
        return Err(errors::invalid_one("identity", text));
    }
    let failure = run(context.state, import).err();
    Ok(operations::accept(context, import.center, failure))
}

/// Copies every source; the first that cannot be had ends the import with an error body.
pub fn run(state: &mut State, import: &Import<'_>) -> Result<(), Value> {
    let mut chosen = Vec::new();
    let mut checked: Option<String> = None;
    for source in &import.sources {
        let id: ResourceId = source
            .parse()
            .map_err(|e: azr_core::error::Error| failure("InvalidResourceId", &e.to_string()))?;
        let Some(service) = id.parent() else {
            return Err(failure("InvalidResourceId", &format!("'{source}' has no service.")));
        };
        let found = state.store.get(service.as_str()).map(|e| e.id.clone());
        let Some(service) = found else {
            return Err(failure("ResourceNotFound", &format!("The resource '{service}' was not found.")));
        };
        if checked.as_ref() != Some(&service) {
            access::check(state, import, &service)?;
            checked = Some(service.clone());
        }
        if id.name() == "*" {
            let apis = state.store.list(&format!("{service}/apis"));
            chosen.extend(apis.filter(|e| copy::is_current(&e.body)).map(|e| e.id.clone()));
        } else {
            let api = state.store.get(&format!("{service}/apis/{}", id.name())).map(|e| e.id.clone());
            chosen.push(
                api.ok_or_else(|| failure("ResourceNotFound", &format!("The API '{id}' was not found.")))?,
            );
        }
    }
    chosen.iter().try_for_each(|api| copy::api(state, import, api))
}

fn failure(code: &str, message: &str) -> Value {
    json!({"code": code, "message": message})
}

#[cfg(test)]
mod tests {
    use crate::response::ResponseExt as _;
    use crate::testing::{CENTER, GROUP, ask, body, emulator};
    use crate::{Emulator, Options};
    use serde_json::{Value, json};

    const APIM: &str = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim1";

    fn with_apim() -> Emulator {
        let azure = emulator(Options::default());
        azure.with_state(|state| {
            let gateway = "https://apim1.azure-api.net";
            state
                .store
                .put(APIM, json!({"id": APIM, "name": "apim1", "properties": {"gatewayUrl": gateway}}));
            let set = format!("{APIM}/apiVersionSets/shop");
            state.store.put(&set, json!({"id": set, "properties": {"displayName": "Shop"}}));
            let mut add = |name: &str, properties: Value| {
                let id = format!("{APIM}/apis/{name}");
                state.store.put(&id, json!({"id": id, "name": name, "properties": properties}));
            };
            add(
                "echo",
                json!({"displayName": "Echo API", "path": "echo", "isCurrent": true, "type": "http"}),
            );
            add("echo;rev=2", json!({"displayName": "Echo API", "path": "echo", "isCurrent": false}));
            for version in ["v1", "v2"] {
                add(
                    &format!("shop-{version}"),
                    json!({"displayName": "Shop", "path": "shop", "isCurrent": true, "type": "soap",
                           "apiVersion": version, "apiVersionSetId": set}),
                );
            }
        });
        azure
    }

    /// Starts the import and polls it to its end.
    fn import(azure: &Emulator, api: &str) -> Value {
        let given = json!({"sourceResourceIds": [format!("{APIM}/apis/{api}")]});
        let accepted = ask(azure, "POST", &format!("{CENTER}/importFromApim"), Some(given));
        assert_eq!(accepted.status(), 202, "{:?}", accepted.body());
        let location = accepted.header("location").expect("a location");
        let location = location.strip_prefix("http://emulator.test").expect("an absolute location");
        assert_eq!(body(&ask(azure, "GET", location, None))["status"], "InProgress");
        body(&ask(azure, "GET", location, None))
    }

    fn allow(azure: &Emulator) {
        let center =
            body(&ask(azure, "PATCH", CENTER, Some(json!({"identity": {"type": "SystemAssigned"}}))));
        let url = format!(
            "{GROUP}/providers/Microsoft.Authorization/roleAssignments/77777777-7777-7777-7777-777777777777"
        );
        let role = "/providers/Microsoft.Authorization/roleDefinitions/71522526-b88f-4d52-b57f-d31fc3546d0d";
        let principal = &center["identity"]["principalId"];
        let given = json!({"properties": {"roleDefinitionId": role, "principalId": principal}});
        assert_eq!(ask(azure, "PUT", &url, Some(given)).status(), 201);
    }

    #[test]
    fn versions_of_a_set_become_versions_of_one_api() {
        let azure = with_apim();
        allow(&azure);
        for _ in 0..2 {
            assert_eq!(import(&azure, "*")["status"], "Succeeded");
            let apis = body(&ask(&azure, "GET", &format!("{CENTER}/workspaces/default/apis"), None));
            let apis = apis["value"].as_array().expect("a list");
            let titles: Vec<&str> = apis.iter().filter_map(|a| a["properties"]["title"].as_str()).collect();
            assert_eq!(titles, ["Swagger Petstore", "Echo API", "Shop"]);
            assert_eq!(apis[1]["properties"]["kind"], "REST");
            assert_eq!(apis[1]["properties"]["lifecycleStage"], "design");
            assert!(apis[2]["name"].as_str().is_some_and(|n| n.chars().all(|c| c.is_ascii_digit())));
            let shop = apis[2]["id"].as_str().expect("an id");
            let versions = body(&ask(&azure, "GET", &format!("{shop}/versions"), None));
            assert_eq!(versions["value"].as_array().map(Vec::len), Some(2));
            let deployed = body(&ask(&azure, "GET", &format!("{shop}/deployments"), None));
            assert_eq!(deployed["value"].as_array().map(Vec::len), Some(2));
        }
        let places = body(&ask(&azure, "GET", &format!("{CENTER}/workspaces/default/environments"), None));
        assert_eq!(places["value"][0]["properties"]["server"]["type"], "Azure API Management");
    }

    #[test]
    fn identity_role_and_api_are_all_needed() {
        let azure = with_apim();
        let given = json!({"sourceResourceIds": [format!("{APIM}/apis/*")]});
        assert_eq!(ask(&azure, "POST", &format!("{CENTER}/importFromApim"), Some(given)).status(), 400);
        ask(&azure, "PATCH", CENTER, Some(json!({"identity": {"type": "SystemAssigned"}})));
        let refused = import(&azure, "*");
        assert_eq!(
            (&refused["status"], &refused["error"]["code"]),
            (&json!("Failed"), &json!("AuthorizationFailed"))
        );
        allow(&azure);
        assert_eq!(import(&azure, "nope")["error"]["code"], "ResourceNotFound");
    }
}
