//! An API that people delete in the center after a command has listed it, and before the command reads what is below it.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::client_import::{counts, import};
use crate::support::{APIM, Azure, CENTER, CENTER_ID, Proxy, TOKEN, send_request};

/// Sends azr through a proxy that deletes an API of the center once, before what is below it is read.
fn people_delete(azure: &mut Azure, api: &str) -> Proxy {
    let endpoint = azure.endpoint().to_owned();
    let path = format!("{CENTER_ID}/workspaces/default/apis/{api}");
    let is_done = AtomicBool::new(false);
    let proxy = Proxy::start(&endpoint.clone(), move |request, forward| {
        let is_below = request.method == "GET" && request.target.contains(&format!("{path}/"));
        if is_below && !is_done.swap(true, Ordering::Relaxed) {
            let api = format!("{path}?api-version=2024-03-01");
            let response = send_request(&endpoint, TOKEN, "DELETE", &api, "").expect("a response");
            assert!(response.status < 300, "{}", response.status);
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    proxy
}

fn definition(title: &str) -> String {
    json!({"openapi": "3.0.1", "info": {"title": title, "version": "1"}, "paths": {}}).to_string()
}

#[test]
fn an_api_that_prune_would_delete_is_left_out() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    azure.ok(format!("apim api delete {APIM} --api-id stock --yes"));
    let proxy = people_delete(&mut azure, "stock");
    let run = import(&azure, "--apim-apis '*' --prune --yes").expect_success();
    let summary: Value = run.json();
    assert_eq!((&summary["deleted"], counts(&summary)[4]), (&json!(0), 0), "{run}");
    drop(proxy);
}

#[test]
fn an_api_is_registered_again() {
    let mut azure = Azure::start();
    std::fs::create_dir(azure.folder().join("specs")).expect("a folder");
    for title in ["Alpha", "Beta"] {
        azure.write(&format!("specs/{title}.json"), definition(title));
    }
    let register = format!("apic api register {CENTER} -l specs -o json");
    azure.ok(&*register);
    let proxy = people_delete(&mut azure, "beta");
    let summary = azure.ok(&*register).json();
    assert_eq!((&summary["created"], &summary["unchanged"]), (&json!(1), &json!(1)), "{summary}");
    drop(proxy);
}

#[test]
fn an_api_is_restored_again() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis weather museum").expect_success();
    azure.ok(format!("apic backup {CENTER} --path backup"));
    let proxy = people_delete(&mut azure, "weather");
    azure.ok(format!("apic restore {CENTER} --path backup"));
    azure.ok(format!("apic api show {CENTER} --api-id weather"));
    drop(proxy);
}
