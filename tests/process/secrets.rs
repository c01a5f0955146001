//! No secret is printed, whatever the log level, and none is left in files.
//!
//! Every run of every test is checked for the access token (`Sandbox::run_args`); here are the runs most likely to
//! print it.

use std::path::Path;

use crate::credentials::with_secret;
#[cfg(unix)]
use crate::credentials::{TENANT, access_token, install_program, signed_out};
use crate::support::{APIM, APIM_ID, Azure, CENTER, InProcessAzure, Sandbox, StaticServer, send_request};

const SPEC: &str = r#"{"openapi": "3.0.1", "info": {"title": "T", "version": "1.0"}, "paths": {}}"#;

#[test]
fn debug_shows_requests_but_no_token() {
    let azure = Azure::start();
    azure
        .write("spec.json", r#"{"openapi": "3.0.1", "info": {"title": "T", "version": "1.0"}, "paths": {}}"#);
    for line in [
        format!("apim show {APIM}"),
        format!("apic api register {CENTER} -l spec.json"),
        format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f ."),
        format!("rest -u {APIM_ID}"),
        "account show".to_owned(),
        "role assignment list --all".to_owned(),
    ] {
        for level in ["--debug", "--verbose"] {
            azure.ok(format!("{line} {level}"));
        }
    }
    let run = azure.ok(format!("apim show {APIM} --debug"));
    assert!(run.stderr.contains("GET"), "no request was logged, so nothing was tested: {run}");
    let response = run.stderr.lines().find(|line| line.contains("200 for GET ")).expect("a response");
    assert!(response.contains(" s, request id ") && !response.ends_with(" none"), "{run}");
    azure.run("apim show -g myResourceGroup -n nobody --debug");
    azure.run("rest -u https://elsewhere.example/subscriptions --debug");
}

#[test]
fn the_signature_of_a_link_is_not_logged() {
    let azure = Azure::start();
    let export = format!("apim api export {APIM} --api-id my-api");
    let link =
        azure.ok(format!("{export} --export-format OpenApiJsonUrl --query properties.value.link -o tsv"));
    let run = azure.ok(format!("apic api register {CENTER} --debug -l {}", link.text()));
    let signature = link.text().split_once("sig=").expect("a signature").1;
    let signature = signature.split('&').next().unwrap_or(signature);
    let fetching = format!("downloading from {}", azure.endpoint());
    assert!(run.stderr.contains(&fetching), "nothing was logged, so nothing was tested: {run}");
    assert!(!run.stderr.contains(signature), "{run}");
}

#[test]
fn the_token_goes_to_the_resource_manager_only() {
    let azure = Azure::start();
    // The emulator refuses the request of a link with a token, as Azure Storage does: this succeeds only without one.
    azure.ok(format!("apim api export {APIM} --api-id my-api --export-format WadlFile -f ."));
    // A page token that names another emulator: no request is sent there.
    let other = Azure::start_with("--sample --log log.jsonl");
    let link = format!(
        "{{\"next_link\": \"{}/subscriptions?api-version=2022-12-01\", \"offset\": 0}}",
        other.endpoint()
    );
    let token = base64(&link);
    let run = azure.run(format!("apic list -g myResourceGroup --max-items 1 --next-token {token}"));
    assert_eq!(run.code, Some(1), "{run}");
    assert!(other.log("log.jsonl").is_empty(), "the other host was asked");
}

#[test]
fn a_client_secret_is_not_shown_when_signing_in_fails() {
    let mut sandbox = Sandbox::new(&[]);
    sandbox.set("AZURE_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000000");
    sandbox.set("AZURE_TENANT_ID", "00000000-0000-0000-0000-000000000000");
    sandbox.set("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000000");
    // The secret is the access token of the tests, which no run may print.
    sandbox.set("AZURE_CLIENT_SECRET", crate::support::TOKEN);
    // There is no server at this port.
    sandbox.set("AZURE_AUTHORITY_HOST", "https://127.0.0.1:9");
    let run = sandbox.run(format!("apim show {APIM} --debug"));
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
}

#[test]
fn only_the_user_can_read_the_state() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apim show {APIM}"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let state = azure.folder().join("../state.json");
        let mode = std::fs::metadata(state).expect("the state is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}

/// A marker for each kind of secret that a user gives to azr; no output and no file may contain one.
const MARKERS: &[&str] = &[CLIENT_SECRET, JOB_TOKEN, NAMED_VALUE, STORAGE_KEY, SIGNATURE];

const CLIENT_SECRET: &str = "marker-of-the-client-secret";
const JOB_TOKEN: &str = "marker-of-the-token-of-a-job";
const NAMED_VALUE: &str = "marker-of-the-named-value";
const STORAGE_KEY: &str = "bWFya2VyLW9mLXRoZS1zdG9yYWdlLWtleQ==";
const SIGNATURE: &str = "marker-of-the-signature";

/// The path and text of every file below a folder, except those in `excluded`.
fn read_files(folder: &Path, excluded: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(read_files(&path, excluded));
        } else if !excluded.iter().any(|name| path.ends_with(name)) {
            let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            files.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    files
}

/// Checks that neither the output nor any file contains a secret.
fn assert_no_secrets(azure: &Sandbox, output: &str, excluded: &[&str], secrets: &[&str]) {
    let home = azure.folder().join("..");
    let mut texts = read_files(&home, excluded);
    texts.push(("the output".to_owned(), output.to_owned()));
    for (name, text) in &texts {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is in {name}:\n{text}");
        }
    }
}

#[test]
fn no_secret_is_in_output_or_files() {
    let mut azure = with_secret(&[], CLIENT_SECRET);
    azure.write("a.json", SPEC);
    azure.write("b.json", SPEC.replace("\"T\"", "\"Other\""));
    let site = StaticServer::start(200, "spec.json", SPEC);
    let missing = StaticServer::start(404, "spec.json", "");
    let garbage = StaticServer::start(200, "spec.json", "not a definition");
    let mut output = String::new();
    let value = format!("--named-value-id key --display-name key --value {NAMED_VALUE} --secret true");
    let storage = format!(
        "--backup-name b --storage-account-name s --storage-account-container c --storage-account-key {STORAGE_KEY}"
    );
    let signed = |site: &StaticServer| format!("{}?sv=1&sig={SIGNATURE}", site.url);
    for line in [
        format!("apim show {APIM}"),
        format!("apim nv create -g myResourceGroup --service-name myAPIManagement {value}"),
        "apim nv show -g myResourceGroup --service-name myAPIManagement --named-value-id key".to_owned(),
        "apim nv list -g myResourceGroup --service-name myAPIManagement".to_owned(),
        "apim nv update -g myResourceGroup --service-name myAPIManagement --named-value-id key --tags a"
            .to_owned(),
        format!("apim nv create -g myResourceGroup --service-name nobody {value}"),
        format!("apim backup {APIM} {storage}"),
        format!("apim backup -g myResourceGroup -n nobody {storage}"),
        format!("apic api register {CENTER} -l a.json b.json --report r.json"),
        format!("apic api register {CENTER} -l a.json --report x.json --journal j.jsonl"),
        format!("apic api register {CENTER} -l {}", signed(&site)),
        format!("apic api register {CENTER} -l {}", signed(&missing)),
        format!("apic api register {CENTER} -l {}", signed(&garbage)),
        format!("apic api register {CENTER} -l {} a.json --report u.json --journal u.jsonl", signed(&site)),
        format!("apic api register {CENTER} -l {} a.json --report g.csv --journal g.jsonl", signed(&missing)),
        format!(
            "apic api register {CENTER} -l {} a.json --report h.json --journal h.jsonl",
            signed(&garbage)
        ),
    ] {
        for level in ["--debug", "--verbose"] {
            output += &azure.run(format!("{line} {level}")).to_string();
        }
    }
    assert!(output.contains("GET /subscriptions"), "no request was logged, so nothing was tested");
    // A displayed run repeats the command line, which is the test's own.
    let output: Vec<&str> = output.lines().filter(|line| !line.starts_with("azr ")).collect();
    assert_no_secrets(&azure, &output.join("\n"), &[], MARKERS);
    // It is printed only on request.
    let shown = "apim nv show-secret -g myResourceGroup --service-name myAPIManagement --named-value-id key";
    assert_eq!(azure.json(format!("{shown} --query value")), NAMED_VALUE);
    azure.set("AZURE_CLIENT_SECRET", "marker-of-a-wrong-secret");
    let output = azure.run(format!("apim show {APIM} --debug")).to_string();
    assert_no_secrets(&azure, &output, &[], &["marker-of-a-wrong-secret"]);
}

#[test]
fn tokens_and_assertions_are_in_the_cache_only() {
    let mut azure = with_secret(&[], CLIENT_SECRET);
    let assertion = send_request(
        azure.endpoint(),
        JOB_TOKEN,
        "GET",
        "/oidc/github?audience=api://AzureADTokenExchange",
        "",
    );
    let assertion = assertion.expect("a response").json()["value"].as_str().expect("an assertion").to_owned();
    azure.write("federated", &assertion);
    azure.set("AZURE_CLIENT_SECRET", "");
    azure.set("AZURE_FEDERATED_TOKEN_FILE", "federated");
    let mut output = azure.ok(format!("apim show {APIM} --debug")).to_string();
    azure.set("AZURE_FEDERATED_TOKEN_FILE", "");
    let url = format!("{}/oidc/github", azure.endpoint());
    azure.set("ACTIONS_ID_TOKEN_REQUEST_URL", &url);
    azure.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", JOB_TOKEN);
    output += &azure.ok(format!("apim show {APIM} --debug")).to_string();
    azure.set("ACTIONS_ID_TOKEN_REQUEST_URL", &format!("{url}/nowhere"));
    azure.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", &format!("{JOB_TOKEN}-2"));
    output += &azure.run(format!("apim show {APIM} --debug")).to_string();
    let cache = azure.folder().join("../home/azr/tokens");
    let mut tokens = Vec::new();
    for (path, text) in read_files(&cache, &[]) {
        let entry: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
        let token = entry["token"].as_str().unwrap_or_else(|| panic!("{path} has no token")).to_owned();
        // The signature is the secret part.
        tokens.push(token.rsplit('.').next().expect("a part").to_owned());
        std::fs::remove_file(&path).expect("removed");
    }
    assert_eq!(tokens.len(), 2);
    let secrets: Vec<&str> = tokens.iter().map(String::as_str).chain([JOB_TOKEN, &assertion]).collect();
    assert_no_secrets(&azure, &output, &["federated"], &secrets);
}

/// The arguments of a program are visible to everybody who lists processes.
#[cfg(unix)]
#[test]
fn programs_that_azr_starts_get_no_secret_as_an_argument() {
    let mut azure = signed_out(&[]);
    let token = access_token(&azure);
    install_program(
        &azure,
        "azd",
        &format!("{{\"token\": \"{token}\", \"expiresOn\": \"2999-01-01T00:00:00Z\"}}"),
    );
    azure.set("AZURE_CLIENT_SECRET", CLIENT_SECRET);
    azure.set("AZURE_TENANT_ID", TENANT);
    let run = azure.ok(format!("apim show {APIM} --debug"));
    let calls = String::from_utf8(azure.read("calls")).expect("text");
    assert!(calls.contains("azd auth token"), "{calls}");
    assert_no_secrets(&azure, &run.stderr, &["bin/azd", "home/azr/tokens"], &[CLIENT_SECRET]);
    assert!(!calls.contains(&token) && !run.to_string().contains(&token), "{calls}\n{run}");
}

/// Base64 of a text.
fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits =
            three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) as usize & 63;
            out.push(if digit <= three.len() { char::from(DIGITS[index]) } else { '=' });
        }
    }
    out
}
