//! `apim api export`: ten formats, whose files have the bytes that the link returns.

use crate::support::{APIM, Azure, CENTER, InProcessAzure, download};

/// Format, an API that can be exported to it, and the name that az gives the file.
const FORMATS: &[(&str, &str, &str)] = &[
    ("OpenApiJson", "my-api", "my-api_openapi+json.json"),
    ("OpenApiYaml", "unicode", "unicode_openapi.yaml"),
    ("Swagger", "weather", "weather_swagger.json"),
    ("Wsdl", "stock", "stock_wsdl.xml"),
    ("Wadl", "my-api", "my-api_wadl.xml"),
];

fn export(api: &str, format: &str, rest: &str) -> String {
    format!("apim api export {APIM} --api-id {api} --export-format {format} {rest}")
}

fn download_export(azure: &Azure, api: &str, format: &str) -> Vec<u8> {
    let response = azure.json(export(api, &format!("{format}Url"), ""));
    let link =
        response["value"]["link"].as_str().or_else(|| response["properties"]["value"]["link"].as_str());
    download(link.unwrap_or_else(|| panic!("no link in {response}")))
}

#[test]
fn a_file_has_the_bytes_that_the_link_returns() {
    let azure = Azure::start();
    for (format, api, name) in FORMATS {
        let expected = download_export(&azure, api, format);
        assert!(expected.len() > 100, "{format} is almost empty");
        let run = azure.ok(export(api, &format!("{format}File"), "--file-path out"));
        assert!(run.stdout_bytes.is_empty() && run.stderr.contains(name), "{run}");
        assert!(azure.read(&format!("out/{name}")) == expected, "{format}: the file differs from the link");
        let run = azure.ok(export(api, &format!("{format}File"), "--file-path -"));
        assert!(run.stdout_bytes == expected, "{format}: stdout differs from the link");
        assert!(run.stderr.is_empty(), "{run}");
    }
    let names = std::fs::read_dir(azure.folder().join("out")).expect("the folder").count();
    assert_eq!(names, FORMATS.len(), "there are other files");
}

#[test]
fn a_link_is_printed_as_in_the_how_to() {
    let azure = Azure::start();
    let link = azure.ok(export("my-api", "OpenApiJsonUrl", "--query properties.value.link --output tsv"));
    assert!(link.text().starts_with(azure.endpoint()), "{link}");
    // The case of the format does not matter.
    let lower_case = azure.ok(export("my-api", "openapijsonurl", "--query properties.value.link -o tsv"));
    assert!(lower_case.text().starts_with(azure.endpoint()), "{lower_case}");
    assert!(azure.files().is_empty(), "a file was written");
}

#[test]
fn a_path_names_a_folder_or_a_file() {
    let azure = Azure::start();
    std::fs::create_dir(azure.folder().join("v1.0")).expect("a folder with a full stop");
    for (path, file) in [
        (".", "my-api_openapi+json.json"),
        ("new", "new/my-api_openapi+json.json"),
        ("deep/er/", "deep/er/my-api_openapi+json.json"),
        ("v1.0", "v1.0/my-api_openapi+json.json"),
        ("spec.json", "spec.json"),
        ("new/spec.json", "new/spec.json"),
    ] {
        azure.ok(export("my-api", "OpenApiJsonFile", &format!("-f {path}")));
        assert!(!azure.read(file).is_empty(), "{path}");
        std::fs::remove_file(azure.folder().join(file)).expect("the file exists");
    }
}

#[test]
fn a_revision_is_exported_under_its_own_name() {
    let azure = Azure::start();
    azure.ok(export("'weather;rev=2'", "OpenApiJsonFile", "-f out"));
    let text = azure.read("out/weather;rev=2_openapi+json.json");
    assert!(
        String::from_utf8_lossy(&text).contains("/pressure/{city}"),
        "the operation of the second revision is missing"
    );
    let first = download_export(&azure, "weather", "OpenApiJson");
    assert!(
        !String::from_utf8_lossy(&first).contains("/pressure/{city}"),
        "the first revision has the operation of the second"
    );
}

#[test]
fn a_failed_export_does_not_change_an_existing_file() {
    let azure = Azure::start();
    azure.write("spec.json", "old");
    azure.run(export("museum", "WsdlFile", "-f spec.json")).error(1);
    azure.run(export("nobody", "OpenApiJsonFile", "-f spec.json")).error(3);
    assert_eq!((azure.read("spec.json"), azure.files().len()), (b"old".to_vec(), 1));
    let run = azure.run(export("my-api", "OpenApiJsonFile", ""));
    assert!(run.error(1).contains("--file-path"), "{run}");
    azure.write("file", "");
    azure.run(export("my-api", "OpenApiJsonFile", "-f file/below")).error(1);
    assert_eq!(azure.files(), ["file", "spec.json"]);
}

#[test]
fn an_api_without_a_definition_is_named_as_such() {
    let azure = InProcessAzure::new();
    let run =
        azure.run(format!("apim api export {APIM} --api-id ticker --export-format OpenApiJsonFile -f -"));
    assert_eq!(run.error(1), "A WebSocket API has no definition.");
}

#[test]
fn a_definition_that_cannot_be_imported_into_is_named() {
    let azure = InProcessAzure::new();
    let definition = format!("{CENTER} --api-id nobody --version-id v1 --definition-id openapi");
    let document = "--format inline --value '{}' --specification name=openapi";
    let run = azure.run(format!("apic api definition import-specification {definition} {document}"));
    run.error(3);
    assert!(run.stderr.contains("definition 'openapi' of version 'v1' of API 'nobody'"), "{run}");
    assert!(
        run.stderr.contains("azr apic api definition list -g myResourceGroup -n myAPICenter --api-id nobody"),
        "{run}"
    );
}
