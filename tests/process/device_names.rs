//! APIs with names that Windows takes for a device: their files have other names, on every system.

use serde_json::{Value, json};

use crate::support::{APIM, Azure, CENTER};

/// Names that API Management and API Center accept.
const DEVICES: &[&str] = &["con", "nul", "com1", "LPT9", "aux"];

const DOCUMENT: &str = r#"{"openapi": "3.0.1", "info": {"title": "TITLE", "version": "1.0"}, "paths": {"/a": {"get": {"responses": {"200": {"description": "OK"}}}}}}"#;

#[test]
fn apis_with_the_names_of_devices_are_exported_registered_and_backed_up() {
    let azure = Azure::start();
    for name in DEVICES {
        azure.write("spec.json", DOCUMENT.replace("TITLE", name));
        azure.ok(format!(
            "apim api import {APIM} --api-id {name} --path {name} --display-name {name} --specification-format OpenApi \
             --specification-path spec.json -o none"
        ));
    }
    let names = DEVICES.join(" ");
    azure.ok(format!(
        "apim api export {APIM} --api-id {names} --export-format OpenApiJsonFile -f out --file-name '{{api}}.{{ext}}'"
    ));
    let manifest: Value = serde_json::from_slice(&azure.read("out/manifest.json")).expect("JSON");
    for name in DEVICES {
        let entry = manifest.as_array().expect("a list").iter().find(|entry| entry["apiId"] == json!(name));
        let entry = entry.unwrap_or_else(|| panic!("{name}: {manifest}"));
        assert_eq!(entry["file"], json!(format!("_{name}.json")), "{entry}");
        let document = azure.read(&format!("out/_{name}.json"));
        assert_eq!(entry["bytes"], document.len(), "{entry}");
    }

    azure.ok(format!("apic api register {CENTER} --api-location out -o none"));
    azure.ok(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis {names} --mode client -o none"
    ));
    for target in ["backup", "backup.zip"] {
        azure.ok(format!("apic backup {CENTER} --path {target} -o none"));
    }
    let folder = azure.folder().join("backup");
    let is_device = |name: &str| {
        let stem = name.split('.').next().unwrap_or_default();
        DEVICES.iter().any(|device| device.eq_ignore_ascii_case(stem))
    };
    let mut count = 0;
    for entry in walkdir::WalkDir::new(&folder).min_depth(1) {
        let entry = entry.expect("an entry");
        assert!(!is_device(&entry.file_name().to_string_lossy()), "{}", entry.path().display());
        count += 1;
    }
    assert!(count > DEVICES.len(), "{count} files");
}
