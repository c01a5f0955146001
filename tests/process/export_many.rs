//! `apim api export` of several APIs: a folder, its manifest, and the result.

use std::fmt::Write as _;
#[cfg(unix)]
use std::process::Stdio;
#[cfg(unix)]
use std::time::{Duration, Instant};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::{APIM, Azure};

/// How long the first file may take.
#[cfg(unix)]
const TIMEOUT: Duration = Duration::from_secs(60);

fn sha256(document: &[u8]) -> String {
    Sha256::digest(document).iter().fold(String::new(), |mut hash, byte| {
        write!(hash, "{byte:02x}").expect("writing to a string");
        hash
    })
}

fn export(apis: &str, format: &str, rest: &str) -> String {
    format!("apim api export {APIM} --api-id {apis} --export-format {format} {rest}")
}

fn file_names(azure: &Azure, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(azure.folder().join(folder)).unwrap_or_else(|e| panic!("{folder}: {e}"));
    let mut names: Vec<String> =
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

fn ids_with_status<'a>(list: &'a Value, status: &str) -> Vec<&'a str> {
    let entries = list.as_array().expect("a list").iter();
    entries.filter(|e| e["status"] == status).map(|e| e["apiId"].as_str().expect("an id")).collect()
}

#[test]
fn all_apis_are_exported_to_a_folder_with_a_manifest() {
    let azure = Azure::start_with("--sample --apis 150");
    let run = azure.ok(export("'*'", "OpenApiYamlFile", "-f out --file-name '{api}-{version}.{ext}'"));
    let list = run.json();
    let manifest: Value = serde_json::from_slice(&azure.read("out/manifest.json")).expect("JSON");
    assert_eq!(list, manifest);
    let exported = ids_with_status(&list, "exported");
    assert_eq!(ids_with_status(&list, "skipped"), ["stock", "museum", "ticker"]);
    assert!(run.stderr.contains("ticker skipped: A WebSocket API"), "{run}");
    assert_eq!(file_names(&azure, "out").len(), exported.len() + 1);
    assert!(exported.len() > 150 && exported.contains(&"orders-v2") && !exported.contains(&"weather;rev=2"));
    for entry in list.as_array().expect("a list").iter().filter(|e| e["status"] == "exported") {
        let file = entry["file"].as_str().expect("a file");
        let document = azure.read(&format!("out/{file}"));
        assert_eq!(
            (entry["bytes"].as_u64(), entry["sha256"].as_str()),
            (Some(document.len() as u64), Some(&*sha256(&document)))
        );
        let text = String::from_utf8(document).expect("UTF-8");
        if entry["apiId"].as_str().is_some_and(|id| id.starts_with("api-")) {
            assert!(
                text.contains(entry["displayName"].as_str().expect("a title")),
                "{file} is the document of another API"
            );
        }
    }
    let single = azure.ok(export("my-api", "OpenApiYamlFile", "-f -"));
    assert!(
        azure.read("out/my-api-original.yaml") == single.stdout_bytes,
        "it differs from the export of that API alone"
    );
}

#[test]
fn names_and_patterns_select_apis() {
    let azure = Azure::start();
    azure.ok(export("'orders-*' 'weather;rev=*' '!*-v1'", "OpenApiJsonFile", "-f some --concurrency 1"));
    assert_eq!(
        file_names(&azure, "some"),
        [
            "manifest.json",
            "orders-v2_openapi+json.json",
            "weather;rev=2_openapi+json.json",
            "weather_openapi+json.json"
        ]
    );
    azure.ok(export("stock my-api", "WsdlFile", "--file-path wsdl"));
    assert_eq!(file_names(&azure, "wsdl"), ["manifest.json", "stock_wsdl.xml"]);
    // The second revision is exported, not the current one.
    let second = azure.read("some/weather;rev=2_openapi+json.json");
    assert!(String::from_utf8_lossy(&second).contains("/pressure/{city}"));
    azure.ok(export(
        "'weather;rev=*'",
        "OpenApiJsonFile",
        "--file revisions --file-name '{api}-r{revision}.{ext}'",
    ));
    assert_eq!(file_names(&azure, "revisions"), ["manifest.json", "weather-r1.json", "weather-r2.json"]);
    azure.run(export("'nobody-*'", "OpenApiJsonFile", "-f none")).error(1);
    assert!(!azure.files().contains(&"none".to_owned()));
}

#[test]
fn invalid_options_are_refused_before_anything_is_exported() {
    let azure = Azure::start();
    let run = azure.run(export("'*'", "OpenApiJsonFile", "-f out --file-name '{version}.{ext}'"));
    assert!(run.error(1).contains("original.json"), "{run}");
    azure.run(export("'*'", "OpenApiJsonUrl", "")).error(2);
    azure.run(export("'*'", "OpenApiJsonFile", "")).error(1);
    azure.run(export("'*'", "OpenApiJsonFile", "-f -")).error(1);
    azure.run(export("'*'", "OpenApiJsonFile", "-f out --file-name '../{api}'")).error(2);
    azure.run(export("'*'", "OpenApiJsonFile", "-f out --file-name '{title}'")).error(2);
    assert!(azure.files().is_empty());
}

#[test]
fn a_failed_export_does_not_stop_the_others() {
    let azure = Azure::start();
    std::fs::create_dir_all(azure.folder().join("out/weather_openapi.yaml")).expect("a folder in the way");
    let run = azure.run(export("weather my-api nobody 'orders-*'", "OpenApiYamlFile", "-f out"));
    assert_eq!(run.code, Some(4), "{run}");
    let list = run.json();
    assert_eq!(ids_with_status(&list, "exported"), ["my-api", "orders-v1", "orders-v2"]);
    assert_eq!(ids_with_status(&list, "failed"), ["weather", "nobody"]);
    assert!(run.stderr.contains("ERROR: weather: ") && run.stderr.contains("'nobody'"), "{run}");
    assert_eq!(
        file_names(&azure, "out"),
        [
            "manifest.json",
            "my-api_openapi.yaml",
            "orders-v1_openapi.yaml",
            "orders-v2_openapi.yaml",
            "weather_openapi.yaml"
        ]
    );
    assert_eq!(azure.ok(export("my-api weather", "SwaggerFile", "-f out --query length(@)")).text(), "2");
}

#[cfg(unix)]
#[test]
fn an_interrupted_export_leaves_complete_files_and_their_manifest() {
    let azure = Azure::start_with("--sample --apis 60 --latency-ms 10");
    let line = export("api-*", "OpenApiJsonFile", "-f out --concurrency 2");
    let mut process = azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(line.split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("azr starts");
    let deadline = Instant::now() + TIMEOUT;
    let has_started = || {
        std::fs::read_dir(azure.folder().join("out")).is_ok_and(|files| {
            files.filter_map(Result::ok).any(|file| file.file_name().to_string_lossy().starts_with("api-"))
        })
    };
    while !has_started() {
        assert!(Instant::now() < deadline, "no file is written");
        std::thread::yield_now();
    }
    crate::support::send_signal(&process, "-INT");
    assert!(process.wait().is_ok());
    let output = process.wait_with_output().expect("azr ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0), "{stderr}");
    assert!(stderr.contains("ERROR: interrupted") && stderr.contains(" not reached.\n"), "{stderr}");
    let manifest: Value = serde_json::from_slice(&azure.read("out/manifest.json")).expect("JSON");
    let exported = ids_with_status(&manifest, "exported");
    assert!(
        !exported.is_empty() && exported.len() + ids_with_status(&manifest, "interrupted").len() == 60,
        "{manifest}"
    );
    let entries = manifest.as_array().expect("a list").iter().filter(|e| e["status"] == "exported");
    let mut files: Vec<String> = entries
        .map(|entry| {
            let file = entry["file"].as_str().expect("a file");
            assert_eq!(entry["sha256"], sha256(&azure.read(&format!("out/{file}"))), "{file}");
            file.to_owned()
        })
        .collect();
    files.push("manifest.json".to_owned());
    files.sort_unstable();
    assert_eq!(file_names(&azure, "out"), files);
}
