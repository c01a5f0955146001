//! `apic api register` of a folder that `apim api export` wrote: the names are those of an import.

use serde_json::json;

use crate::support::{APIM, Azure, CENTER, strings};

/// The APIs of the center with their versions and the titles of these, sorted.
fn api_versions(azure: &Azure) -> Vec<String> {
    let mut all = Vec::new();
    for api in strings(&azure.json(format!("apic api list {CENTER} --query [].name"))) {
        let versions = azure.json(format!("apic api version list {CENTER} --api-id {api}"));
        for version in versions.as_array().expect("a list") {
            let text = |name: &str| version[name].as_str().expect("a text").to_owned();
            all.push(format!("{api} {} {}", text("name"), text("title")));
        }
    }
    all.sort_unstable();
    all
}

#[test]
fn exported_definitions_have_the_names_of_an_import() {
    let (registered, imported) = (Azure::start(), Azure::start());
    for (apis, format) in [("'*' weather;rev=2 '!museum'", "OpenApiJsonFile"), ("'stock*'", "WsdlFile")] {
        registered.ok(format!("apim api export {APIM} --api-id {apis} --export-format {format} -f {format}"));
    }
    let run = registered.ok(format!("apic api register {CENTER} -l OpenApiJsonFile WsdlFile"));
    assert_eq!(run.json()["ignored"], 0, "the manifest is not a file without a definition: {run}");
    imported.ok(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --mode client --revisions all \
         --apim-apis '*' '!museum' '!ticker' '!concierge' '!*-tools' '!handbook-search'"
    ));
    let names = api_versions(&imported);
    assert!(names.iter().any(|name| name == "orders version-v2 v2"), "{names:?}");
    assert_eq!(api_versions(&registered), names);
    // A single file has the same names, and the options replace them.
    let file = "OpenApiJsonFile/my-api_openapi+json.json";
    registered.ok(format!("apic api register {CENTER} -l {file}"));
    assert_eq!(api_versions(&registered), names);
    let plan =
        registered.ok(format!("apic api register {CENTER} -l {file} --api-id books --dry-run -o json"));
    assert_eq!(plan.json()["apis"][0]["name"], "books");
}

#[test]
fn another_manifest_is_an_ordinary_file() {
    let azure = Azure::start();
    std::fs::create_dir(azure.folder().join("specs")).expect("a folder");
    let definition = json!({"openapi": "3.0.1", "info": {"title": "Chat", "version": "1.0"}, "paths": {}});
    azure.write("specs/chat.json", definition.to_string());
    azure.write("specs/manifest.json", r#"[{"name": "chat", "file": "chat.json"}]"#);
    let result = azure.json(format!("apic api register {CENTER} -l specs"));
    assert_eq!((&result["apis"][0]["name"], &result["ignored"]), (&json!("chat"), &json!(1)), "{result}");
}

#[test]
fn an_api_that_is_registered_and_imported_is_reported() {
    let export =
        format!("apim api export {APIM} --api-id 'weather*' --export-format OpenApiJsonFile -f specs");
    let import = |rest: &str| {
        format!(
            "apic import-from-apim {CENTER} --apim-name myAPIManagement --mode client --apim-apis weather {rest}"
        )
    };
    let azure = Azure::start();
    azure.ok(&export);
    azure.ok(format!("apic api register {CENTER} -l specs"));
    let run = azure.ok(import("--dry-run"));
    assert!(run.stdout().contains("--on-collision merge adds to that API instead"), "{run}");
    azure.ok(import("--on-collision merge"));
    assert_eq!(api_versions(&azure).iter().filter(|name| name.starts_with("weather")).count(), 1);

    let azure = Azure::start();
    azure.ok(import(""));
    azure.ok(&export);
    let run = azure.ok(format!("apic api register {CENTER} -l specs"));
    assert!(run.stderr.contains("the API was imported from myapimanagement"), "{run}");
}
