//! `apic api register` from a URL: azr reads the document, and the service imports it by link.

use crate::generated_spec;
use crate::register::{export_document, registered_names};
use crate::support::{Azure, CENTER, InProcessAzure, Sandbox, StaticServer};

fn count_apis(azure: &Sandbox) -> String {
    azure.ok(format!("apic api list {CENTER} --query length(@)")).text().to_owned()
}

#[test]
fn a_document_from_a_url_is_registered_unchanged() {
    let azure = Azure::start();
    let text = generated_spec::json(4_000_000);
    let site = StaticServer::start(200, "openapi.json", text.as_bytes());
    let run = azure.ok(format!("apic api register {CENTER} -l {}", site.url));
    let [api, version, definition] = registered_names(&run.stderr);
    assert!(
        export_document(&azure, &api, &version, &definition) == text.as_bytes(),
        "the document was changed"
    );
}

#[test]
fn relative_references_of_a_document_at_a_url_are_reported() {
    let azure = Azure::start();
    let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {/a: {$ref: a.yaml}, /b: {$ref: 'https://x.example/b'}}\n";
    let site = StaticServer::start(200, "openapi.yaml", text);
    let run = azure.ok(format!("apic api register {CENTER} -l {}", site.url));
    assert!(run.stderr.contains("it refers to a.yaml, which API Center does not read"), "{run}");
}

#[test]
fn the_in_process_emulator_has_no_network() {
    let azure = InProcessAzure::new();
    let site = StaticServer::start(200, "openapi.json", generated_spec::json(1000));
    let run = azure.run(format!("apic api register {CENTER} -l {}", site.url));
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("the emulator has no network"), "{run}");
    assert!(run.stderr.contains("Hint: Use a local file"), "{run}");
    assert!(site.requests().is_empty(), "a request was sent");
}

#[test]
fn the_server_of_a_document_gets_no_token() {
    let azure = Azure::start();
    let site = StaticServer::start(200, "openapi.json", generated_spec::json(1000));
    // Whether the service can reach the server does not matter here.
    azure.run(format!("apic api register {CENTER} -l {}", site.url));
    let requests = site.requests();
    assert!(!requests.is_empty(), "the document was not requested");
    for request in requests {
        assert!(!request.to_ascii_lowercase().contains("authorization"), "{request}");
    }
}

#[test]
fn a_url_without_a_definition_creates_nothing() {
    let azure = Azure::start();
    for (status, body) in [(404, "gone"), (403, "no"), (200, "<html></html>"), (200, "")] {
        let site = StaticServer::start(status, "openapi.json", body);
        azure.run(format!("apic api register {CENTER} -l {}", site.url)).error(1);
    }
    azure.run(format!("apic api register {CENTER} -l http://")).error(1);
    assert_eq!(count_apis(&azure), "1");
}
