//! What must not be seen is not seen, however much is asked to be said.
//!
//! Every run of every test is checked for the access token (`Shell::run_words`); here it is tempted.

use crate::support::{APIM, APIM_ID, Azure, CENTER, Local, Shell};

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
        for loud in ["--debug", "--verbose"] {
            azure.ok(format!("{line} {loud}"));
        }
    }
    let run = azure.ok(format!("apim show {APIM} --debug"));
    assert!(run.stderr.contains("GET"), "nothing was said, so nothing was tested: {}", run.story());
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
    assert!(!run.stderr.contains(signature), "{}", run.story());
}

#[test]
fn the_token_goes_to_the_resource_manager_only() {
    let azure = Azure::start();
    // The emulator refuses a link that comes with a token, as storage does; so this succeeds without one only.
    azure.ok(format!("apim api export {APIM} --api-id my-api --export-format WadlFile -f ."));
    // Two emulators: the second never hears from the first's list, whatever a token of the list says.
    let other = Azure::start();
    let link = format!(
        "{{\"next_link\": \"{}/subscriptions?api-version=2022-12-01\", \"offset\": 0}}",
        other.endpoint()
    );
    let token = base64(&link);
    let run = azure.run(format!("apic list -g myResourceGroup --max-items 1 --next-token {token}"));
    assert_eq!(run.code, Some(1), "{}", run.story());
}

#[test]
fn a_client_secret_is_not_shown_when_signing_in_fails() {
    let mut shell = Shell::new(&[]);
    shell.set("AZURE_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000000");
    shell.set("AZURE_TENANT_ID", "00000000-0000-0000-0000-000000000000");
    shell.set("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000000");
    // A secret with the marker in it: no run may print that.
    shell.set("AZURE_CLIENT_SECRET", crate::support::TOKEN);
    // Nothing listens there.
    shell.set("AZURE_AUTHORITY_HOST", "https://127.0.0.1:9");
    let run = shell.run(format!("apim show {APIM} --debug"));
    assert_eq!((run.code, run.bytes.len()), (Some(1), 0), "{}", run.story());
}

#[test]
fn only_the_user_may_read_what_azr_keeps() {
    let azure = Local::new();
    azure.ok(format!("apim show {APIM}"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let state = azure.folder().join("../state.json");
        let mode = std::fs::metadata(state).expect("the state is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}

/// Base64 without a library: the only use of it in these tests.
fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits =
            three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let at = (bits >> (18 - 6 * digit)) as usize & 63;
            out.push(if digit <= three.len() { char::from(DIGITS[at]) } else { '=' });
        }
    }
    out
}
