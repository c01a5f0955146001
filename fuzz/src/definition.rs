//! API definitions of every format, from any bytes, and the names that the center gets from them.

use azr_definitions::{bundle, classify, imports, names};

/// What the service takes for a name.
fn check_name(name: &str) {
    let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    assert!(fits && (1..=90).contains(&name.len()), "{name:?} is no name");
}

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let Ok(definition) = classify(data, "input") else { return };
    let id = names::api_id(definition.title.as_deref().unwrap_or_default());
    check_name(&id);
    check_name(&names::version_id(definition.version.as_deref().unwrap_or_default()));
    for server in &definition.servers {
        check_name(&names::deployment_id_for_server(&id, &server.url));
    }
    drop(imports::list_imports(&definition));
    std::hint::black_box(imports::is_only_imported(&definition));
    drop(bundle::references_in_document(&definition));
}
