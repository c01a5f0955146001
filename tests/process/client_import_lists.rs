//! `import-from-apim --mode client` through a proxy that returns wrong lists, and refusals that say something else.

use serde_json::{Value, json};

use crate::client_import::{counts, import, list_resources, without_times};
use crate::support::{APIM, APIM_ID, Azure, CENTER_ID, Proxy, TOKEN, send_request};

/// Changes a list.
type Change = fn(&mut Value);

/// Sends azr through a proxy that changes the successful responses to some GET requests.
fn change_responses(
    azure: &mut Azure,
    is_changed: impl Fn(&str) -> bool + Send + Sync + 'static,
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) {
    let proxy = Proxy::start(azure.endpoint(), move |request, forward| {
        let (status, body) = forward();
        if request.method != "GET" || status != 200 || !is_changed(&request.target) {
            return (status, body);
        }
        let mut value = serde_json::from_slice(&body).expect("JSON");
        change(&mut value);
        (status, value.to_string().into_bytes())
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
}

/// A service and a center with its APIs, of which one was deleted and one edited since.
fn imported_and_changed() -> Azure {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    azure.ok(format!("apim api delete {APIM} --api-id museum --yes"));
    let body = json!({"properties": {"description": "New", "path": "new"}}).to_string();
    azure.request_ok("PATCH", &format!("{APIM_ID}/apis/weather"), &body);
    azure
}

#[test]
fn version_sets_that_a_list_lacks_are_read_themselves() {
    let mut azure = imported_and_changed();
    let endpoint = azure.endpoint().to_owned();
    for change in [
        |list: &mut Value| *list = json!({"value": []}),
        |list: &mut Value| {
            list.as_object_mut().expect("an object").shift_remove("count");
            list["value"].as_array_mut().expect("a list").truncate(0);
        },
    ] {
        change_responses(&mut azure, |target| target.contains("/apiVersionSets?"), change);
        import(&azure, "--apim-apis '*' --prune --max-delete 100").expect_success();
        azure.set("AZR_ARM_ENDPOINT", &endpoint);
        let run = import(&azure, "--apim-apis '*' --prune").expect_success();
        assert_eq!(counts(&run.json()), [0, 0, 10, 0, 0], "{run}");
    }
}

#[test]
fn a_list_that_is_not_complete_is_an_error() {
    let changes: [(&str, Change); 4] = [
        ("the list is not complete", |list| list["count"] = json!(99)),
        ("does not have a name", |list| {
            list["value"][0].as_object_mut().expect("an item").shift_remove("name");
        }),
        ("does not have a name", |list| list["value"].as_array_mut().expect("a list").push(Value::Null)),
        ("a nextLink that is not a text", |list| list["nextLink"] = json!(2)),
    ];
    let mut azure = imported_and_changed();
    let (endpoint, before) = (azure.endpoint().to_owned(), without_times(list_resources(&azure)));
    for list in [
        "/service/myAPIManagement/apis?",
        "/service/myAPIManagement/apiVersionSets?",
        "/workspaces/default/apis?",
        "/workspaces/default/environments?",
        "/metadataSchemas?",
        "/apis/weather/versions?",
        "/apis/weather/deployments?",
        "/apis/weather/versions/original/definitions?",
    ] {
        for (reason, change) in changes {
            change_responses(&mut azure, move |target| target.contains(list), change);
            let run = import(&azure, "--apim-apis '*' --prune --max-delete 100");
            assert_eq!(run.code, Some(1), "{list}: {run}");
            let is_named = run.stderr.contains(reason)
                || (list.contains("myAPIManagement/apis") && run.stderr.contains("is not complete"));
            assert!(is_named, "{list}: {reason}: {run}");
            azure.set("AZR_ARM_ENDPOINT", &endpoint);
        }
    }
    change_responses(
        &mut azure,
        |target| target.contains("/service/myAPIManagement/apis?"),
        |list| list["value"] = json!([]),
    );
    let run = import(&azure, "--apim-apis '*' --prune --max-delete 100");
    assert!(run.error(1).contains("is not complete"));
    azure.set("AZR_ARM_ENDPOINT", &endpoint);
    assert_eq!(without_times(list_resources(&azure)), before);
}

#[test]
fn the_items_of_another_resource_are_not_taken_for_its_own() {
    let mut azure = imported_and_changed();
    let (endpoint, before) = (azure.endpoint().to_owned(), without_times(list_resources(&azure)));
    for (asked, answered, reason) in [
        ("/apis/weather/versions?", "/apis/warehouse/versions?", "of 'warehouse'"),
        ("/apis/weather/deployments?", "/apis/warehouse/deployments?", "of 'warehouse'"),
        (
            "/apis/weather/versions/original/definitions?",
            "/apis/stock/versions/original/definitions?",
            "of 'stock'",
        ),
        ("/service/myAPIManagement/apis?", "/service/myAPIManagement/products?", "of 'products'"),
    ] {
        let backend = endpoint.clone();
        let proxy = Proxy::start(&endpoint, move |request, forward| {
            if request.method != "GET" || !request.target.contains(asked) {
                return forward();
            }
            let response = send_request(&backend, TOKEN, "GET", &request.target.replace(asked, answered), "");
            let response = response.expect("a response");
            (response.status, response.body)
        });
        azure.set("AZR_ARM_ENDPOINT", &proxy.url);
        let run = import(&azure, "--apim-apis '*' --prune --max-delete 100");
        assert!(run.error(1).contains(reason), "{run}");
        azure.set("AZR_ARM_ENDPOINT", &endpoint);
    }
    assert_eq!(without_times(list_resources(&azure)), before);
}

#[test]
fn a_404_about_something_else_does_not_delete_an_api() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    let (endpoint, before) = (azure.endpoint().to_owned(), without_times(list_resources(&azure)));
    let error = |code: &str, message: &str| json!({"error": {"code": code, "message": message}}).to_string();
    for body in [
        error("SubscriptionNotFound", "The subscription could not be found."),
        error("ResourceGroupNotFound", "Resource group 'myResourceGroup' could not be found."),
        error("ResourceNotFound", "The Resource 'x' under resource group 'myResourceGroup' was not found."),
        error("ParentResourceNotFound", "Parent resource 'myAPIManagement' not found."),
        error("InvalidResourceType", "The resource type could not be found."),
        "<!doctype html><html><body>Not here</body></html>".to_owned(),
        String::new(),
    ] {
        let response = body.clone();
        let proxy = Proxy::start(&endpoint, move |request, forward| {
            if request.target.contains("/service/myAPIManagement/apis/museum?") {
                return (404, response.clone().into_bytes());
            }
            let (status, body) = forward();
            if !request.target.contains("/service/myAPIManagement/apis?") {
                return (status, body);
            }
            let mut list: Value = serde_json::from_slice(&body).expect("JSON");
            let apis = list["value"].as_array_mut().expect("a list");
            apis.retain(|api| api["name"] != "museum");
            list["count"] = json!(list["value"].as_array().map(Vec::len));
            (status, list.to_string().into_bytes())
        });
        azure.set("AZR_ARM_ENDPOINT", &proxy.url);
        let run = import(&azure, "--apim-apis '*' --prune --max-delete 100");
        azure.set("AZR_ARM_ENDPOINT", &endpoint);
        assert!([Some(1), Some(3)].contains(&run.code), "{body}: {run}");
        assert_eq!(without_times(list_resources(&azure)), before, "{body}");
    }
    assert!(
        azure.request_ok("GET", &format!("{CENTER_ID}/workspaces/default/apis/museum"), "").status == 200
    );
}
