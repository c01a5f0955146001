//! `apic api register` from a URL: azr reads the document there, and tells the service to.

use crate::generated_spec;
use crate::register::{document, registered};
use crate::support::{Azure, CENTER, InProcessAzure, Sandbox, StaticServer};

fn count(azure: &Sandbox) -> String {
    azure.ok(format!("apic api list {CENTER} --query length(@)")).text().to_owned()
}

#[test]
fn a_document_of_another_server_comes_back_as_it_was() {
    let azure = Azure::start();
    let text = generated_spec::json(4_000_000);
    let site = StaticServer::start(200, "openapi.json", text.as_bytes());
    let run = azure.ok(format!("apic api register {CENTER} -l {}", site.url));
    let [api, version, definition] = registered(&run.stderr);
    assert!(document(&azure, &api, &version, &definition) == text.as_bytes(), "it came back changed");
}

#[test]
fn the_emulator_in_process_has_no_network_and_says_so() {
    let azure = InProcessAzure::new();
    let site = StaticServer::start(200, "openapi.json", generated_spec::json(1000));
    let run = azure.run(format!("apic api register {CENTER} -l {}", site.url));
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("the emulator has no network"), "{run}");
    assert!(run.stderr.contains("Hint: Use a local file"), "{run}");
    assert!(site.requests().is_empty(), "nothing leaves the process");
}

#[test]
fn whoever_has_the_document_never_sees_the_token() {
    let azure = Azure::start();
    let site = StaticServer::start(200, "openapi.json", generated_spec::json(1000));
    // Whether the service gets there as well is not the question.
    azure.run(format!("apic api register {CENTER} -l {}", site.url));
    let asked = site.requests();
    assert!(!asked.is_empty(), "nobody asked for the document");
    for request in asked {
        assert!(!request.to_ascii_lowercase().contains("authorization"), "{request}");
    }
}

#[test]
fn a_url_without_a_definition_makes_nothing() {
    let azure = Azure::start();
    for (status, body) in [(404, "gone"), (403, "no"), (200, "<html></html>"), (200, "")] {
        let site = StaticServer::start(status, "openapi.json", body);
        azure.run(format!("apic api register {CENTER} -l {}", site.url)).error(1);
    }
    azure.run(format!("apic api register {CENTER} -l http://")).error(1);
    assert_eq!(count(&azure), "1");
}
