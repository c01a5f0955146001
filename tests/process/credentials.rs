//! Each credential, end to end: azr as a process against an emulator that accepts only its own tokens.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{APIM, Azure, Sandbox, StaticServer, send_request};

/// The emulator's tenant.
pub(crate) const TENANT: &str = "22222222-2222-2222-2222-222222222222";

/// A client id; the emulator accepts any GUID.
pub(crate) const CLIENT: &str = "33333333-3333-3333-3333-333333333333";

/// A secret that no run may print.
const SECRET: &str = "the-client-secret-that-nobody-may-see";

/// Starts an emulator that accepts only its own tokens, without any credential in the environment.
///
/// It logs to `log.jsonl`; programs in the folder `bin` are on `PATH`.
pub(crate) fn signed_out(options: &[&str]) -> Azure {
    let mut azure =
        Azure::start_with_args(&[&["--sample", "--sign-in", "--log", "log.jsonl"], options].concat());
    let endpoint = azure.endpoint().to_owned();
    azure.set("AZR_ACCESS_TOKEN", "");
    azure.set("AZURE_AUTHORITY_HOST", &endpoint);
    let bin = azure.folder().join("bin");
    std::fs::create_dir(&bin).expect("a folder for programs");
    let system =
        std::env::var("SYSTEMROOT").map_or("/usr/bin".into(), |root| Path::new(&root).join("System32"));
    let path = std::env::join_paths([bin.as_path(), &system, Path::new("/bin")]);
    azure.set("PATH", &path.expect("a path").to_string_lossy());
    azure
}

/// The same with the variables of a service principal and its secret.
pub(crate) fn with_secret(options: &[&str], secret: &str) -> Azure {
    let mut azure = signed_out(options);
    set_all(
        &mut azure,
        &[("AZURE_TENANT_ID", TENANT), ("AZURE_CLIENT_ID", CLIENT), ("AZURE_CLIENT_SECRET", secret)],
    );
    azure
}

/// The same with the variables of a job in GitHub Actions.
fn with_github_oidc(options: &[&str]) -> Azure {
    let mut azure = signed_out(options);
    let url = format!("{}/oidc/github", azure.endpoint());
    set_all(
        &mut azure,
        &[
            ("AZURE_TENANT_ID", TENANT),
            ("AZURE_CLIENT_ID", CLIENT),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", &url),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", SECRET),
        ],
    );
    azure
}

fn set_all(sandbox: &mut Sandbox, variables: &[(&str, &str)]) {
    for (name, value) in variables {
        sandbox.set(name, value);
    }
}

/// Runs a command, and checks the credential that `--verbose` reports.
fn assert_signed_in_with(azure: &Azure, label: &str) {
    let run = azure.ok(format!("apim show {APIM} --verbose"));
    assert!(run.stderr.contains(&format!("signed in: {label}")), "{run}");
    assert!(!run.to_string().contains(SECRET), "{run}");
}

/// The number of requests whose path ends in `ending`.
pub(crate) fn count_requests(azure: &Azure, ending: &str) -> usize {
    let log = azure.log("log.jsonl");
    log.iter().filter(|line| line["path"].as_str().is_some_and(|path| path.ends_with(ending))).count()
}

/// A valid access token of another client, such as az would have.
pub(crate) fn access_token(azure: &Azure) -> String {
    let form = "grant_type=client_credentials&client_id=44444444-4444-4444-4444-444444444444&client_secret=s\
                &scope=https%3A%2F%2Fmanagement.azure.com%2F.default";
    let response = send_request(azure.endpoint(), "", "POST", &format!("/{TENANT}/oauth2/v2.0/token"), form);
    string_member(&response.expect("a response").json(), "access_token")
}

fn string_member(body: &Value, member: &str) -> String {
    body[member].as_str().unwrap_or_else(|| panic!("no {member}: {body}")).to_owned()
}

/// Puts a program on `PATH` that appends its arguments to the file `calls` and prints a text.
#[cfg(unix)]
pub(crate) fn install_program(sandbox: &Sandbox, name: &str, prints: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let script = format!(
        "#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat <<'END'\n{prints}\nEND\n",
        sandbox.folder().join("calls").display()
    );
    let name = format!("bin/{name}");
    sandbox.write(&name, script);
    std::fs::set_permissions(sandbox.folder().join(name), std::fs::Permissions::from_mode(0o755))
        .expect("executable");
}

/// The same as a batch file, as which az is installed on Windows.
#[cfg(windows)]
pub(crate) fn install_program(sandbox: &Sandbox, name: &str, prints: &str) {
    let calls = sandbox.folder().join("calls");
    sandbox.write(&format!("bin/{name}.json"), prints);
    let script =
        format!("@echo off\r\necho /{name} %* >> \"{}\"\r\ntype \"%~dp0{name}.json\"\r\n", calls.display());
    sandbox.write(&format!("bin/{name}.cmd"), script);
}

#[test]
fn a_service_principal_with_a_secret() {
    let azure = with_secret(&[], SECRET);
    assert_signed_in_with(
        &azure,
        &format!("service principal with a secret (client {CLIENT}, tenant {TENANT})"),
    );
    assert_signed_in_with(
        &azure,
        &format!("service principal with a secret (client {CLIENT}, tenant {TENANT}), with a cached token"),
    );
    assert_eq!(count_requests(&azure, "/oauth2/v2.0/token"), 1, "the second run found the token on disk");
}

#[test]
fn a_service_principal_with_a_certificate() {
    let mut azure = signed_out(&[]);
    azure.write("client.pem", certificate());
    set_all(
        &mut azure,
        &[
            ("AZURE_TENANT_ID", TENANT),
            ("AZURE_CLIENT_ID", CLIENT),
            ("AZURE_CLIENT_CERTIFICATE_PATH", "client.pem"),
        ],
    );
    assert_signed_in_with(&azure, "service principal with a certificate");
}

/// The test certificate of the unit tests as PEM; it is stored without the PEM header lines.
pub(crate) fn certificate() -> String {
    let stored = include_str!("../../crates/arm/src/auth/credential/testdata/client.b64");
    let (certificate, key) = stored.split_once("\n\n").expect("two parts");
    let mut pem = String::new();
    for (label, text) in [("CERTIFICATE", certificate), ("PRIVATE KEY", key.trim_end())] {
        write!(pem, "-----BEGIN {label}-----\n{text}\n-----END {label}-----\n").expect("writing to a string");
    }
    pem
}

#[test]
fn a_workload_identity() {
    let mut azure = signed_out(&[]);
    let response =
        send_request(azure.endpoint(), "job", "GET", "/oidc/github?audience=api://AzureADTokenExchange", "");
    azure.write("federated", string_member(&response.expect("a response").json(), "value"));
    let file = azure.folder().join("federated").display().to_string();
    set_all(
        &mut azure,
        &[("AZURE_TENANT_ID", TENANT), ("AZURE_CLIENT_ID", CLIENT), ("AZURE_FEDERATED_TOKEN_FILE", &file)],
    );
    assert_signed_in_with(&azure, "workload identity");
}

#[test]
fn github_actions() {
    assert_signed_in_with(&with_github_oidc(&[]), "GitHub Actions");
}

#[test]
fn azure_pipelines() {
    let mut azure = signed_out(&[]);
    let url = format!("{}/oidc/pipelines", azure.endpoint());
    set_all(
        &mut azure,
        &[
            ("SYSTEM_OIDCREQUESTURI", &url),
            ("SYSTEM_ACCESSTOKEN", SECRET),
            ("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "connection"),
            ("AZURESUBSCRIPTION_CLIENT_ID", CLIENT),
            ("AZURESUBSCRIPTION_TENANT_ID", TENANT),
        ],
    );
    assert_signed_in_with(&azure, "Azure Pipelines");
}

#[test]
fn a_managed_identity_of_app_service() {
    let mut azure = signed_out(&[]);
    let url = format!("{}/msi/token", azure.endpoint());
    set_all(&mut azure, &[("IDENTITY_ENDPOINT", &url), ("IDENTITY_HEADER", SECRET)]);
    assert_signed_in_with(&azure, "managed identity of the machine");
    azure.set("AZURE_CLIENT_ID", CLIENT);
    assert_signed_in_with(&azure, &format!("managed identity (client {CLIENT})"));
    // The secret of the machine is not sent over plain HTTP to another machine.
    azure.set("IDENTITY_ENDPOINT", "http://identity.example/msi/token");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("IDENTITY_ENDPOINT is neither"), "{run}");
}

#[test]
fn a_managed_identity_of_a_virtual_machine() {
    let mut azure = signed_out(&[]);
    let endpoint = azure.endpoint().to_owned();
    azure.set("AZURE_POD_IDENTITY_AUTHORITY_HOST", &endpoint);
    assert_signed_in_with(&azure, "managed identity of the machine");
    assert_eq!(count_requests(&azure, "/metadata/identity/oauth2/token"), 1);
}

#[test]
fn the_login_of_az_and_of_azd() {
    let azure = signed_out(&[]);
    let token = access_token(&azure);
    install_program(&azure, "azd", &json!({"token": token, "expiresOn": "2999-01-01T00:00:00Z"}).to_string());
    assert_signed_in_with(&azure, "login of azd");
    let profile = azure.folder().join("../home/config");
    std::fs::create_dir(&profile).expect("az's folder");
    std::fs::write(profile.join("azureProfile.json"), "{}").expect("az's profile");
    let expires = 32_472_144_000_u64;
    install_program(
        &azure,
        "az",
        &json!({"accessToken": token, "expires_on": expires, "expiresOn": "2999-01-01 00:00:00.000000"})
            .to_string(),
    );
    assert_signed_in_with(&azure, "login of az");
    let calls = String::from_utf8(azure.read("calls")).expect("text");
    assert!(calls.contains("/az account get-access-token") && calls.contains("/azd auth token"), "{calls}");
    assert!(!calls.contains(&token), "a token is among the arguments of a program");
}

#[test]
fn an_access_token_in_the_environment() {
    let mut azure = signed_out(&[]);
    let token = access_token(&azure);
    azure.set("AZR_ACCESS_TOKEN", &token);
    assert_signed_in_with(&azure, "AZR_ACCESS_TOKEN");
    azure.set("AZR_ACCESS_TOKEN", "made-up");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("InvalidAuthenticationToken"), "{run}");
    azure.set("AZR_ACCESS_TOKEN", "");
    let run = azure.run(format!("apim show {APIM}"));
    run.error(1);
    assert!(run.stderr.contains("Hint: Run azr login"), "{run}");
}

#[test]
fn a_token_that_expires_during_a_run_is_replaced_with_a_new_assertion() {
    // The token is refused at the third request of the export, whatever its expiry time.
    let azure = with_github_oidc(&["--apis", "5", "--faults", "* */apis/* expire n=3"]);
    azure.ok(format!("apim api export {APIM} --api-id 'api-*' --export-format OpenApiJsonFile -f out"));
    let manifest: Value = serde_json::from_slice(&azure.read("out/manifest.json")).expect("a manifest");
    let exported = manifest.as_array().expect("a list").iter().filter(|api| api["status"] == "exported");
    assert_eq!(exported.count(), 5, "{manifest}");
    assert_eq!(
        (count_requests(&azure, "/oidc/github"), count_requests(&azure, "/oauth2/v2.0/token")),
        (2, 2)
    );
}

#[test]
fn a_token_is_replaced_before_it_expires() {
    // No request is refused: azr compares the expiry time with the clock. The export takes longer than a token is valid.
    let azure = with_github_oidc(&["--apis", "4", "--token-seconds", "3", "--latency-ms", "400"]);
    azure.ok(format!(
        "apim api export {APIM} --api-id 'api-*' --concurrency 1 --export-format OpenApiJsonFile -f out"
    ));
    assert!(count_requests(&azure, "/oidc/github") > 1, "there was no second assertion");
    assert!(azure.log("log.jsonl").iter().all(|line| line["status"] != 401), "an expired token was used");
}

#[test]
fn a_refused_secret_is_reported_with_the_message_of_entra_and_without_the_secret() {
    let mut azure = with_secret(&[], "the right one");
    azure.ok(format!("apim show {APIM}"));
    azure.set("AZURE_CLIENT_SECRET", SECRET);
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("AADSTS7000215: Invalid client secret provided."), "{run}");
    assert!(run.stderr.contains("Hint: AZURE_CLIENT_SECRET must be the secret's value"), "{run}");
    let debug = azure.run(format!("apim show {APIM} --debug"));
    assert!(!(run.to_string() + &debug.to_string()).contains(SECRET), "{debug}");
    azure.set("AZURE_CLIENT_SECRET", "expired");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("AADSTS7000222"), "{run}");
    azure.set("AZURE_TENANT_ID", "contoso");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("AADSTS90002"), "{run}");
}

#[test]
fn a_token_response_in_another_form_is_described_and_not_its_json() {
    let mut azure = with_secret(&[], SECRET);
    for (status, body, expected) in [
        (
            400,
            r#"[{"error":"x","error_description":"AADSTS90002: \ud800 Tenant"}]"#,
            "AADSTS90002: \u{fffd} Tenant",
        ),
        (400, r#"{"error":{"message":"{\"message\":\"AADSTS53003: blocked\"}"}}"#, "AADSTS53003: blocked"),
        (401, "", "(HTTP 401) is empty"),
        (200, r#"{"error":"invalid_client","error_description":"AADSTS7000215: bad"}"#, "AADSTS7000215: bad"),
        (200, r#"{"token_type":"Bearer"}"#, "(HTTP 200) does not have an access token"),
        (302, "", "(HTTP 302) redirects to another address"),
    ] {
        let authority = StaticServer::start(status, "", body);
        azure.set("AZURE_AUTHORITY_HOST", &authority.url);
        let run = azure.run(format!("apim show {APIM}"));
        assert!(run.error(1).contains(expected) && !run.stderr.contains(" column "), "{body}: {run}");
    }
}

#[test]
fn clocks_that_differ_are_reported() {
    // The clock of Entra is an hour ahead: the assertion has expired when it arrives.
    let mut azure = signed_out(&["--faults", "POST */oauth2/v2.0/token skew=3600"]);
    azure.write("client.pem", certificate());
    set_all(
        &mut azure,
        &[
            ("AZURE_TENANT_ID", TENANT),
            ("AZURE_CLIENT_ID", CLIENT),
            ("AZURE_CLIENT_CERTIFICATE_PATH", "client.pem"),
        ],
    );
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("AADSTS700024"), "{run}");
    assert!(run.stderr.contains("Hint: The clock of this machine is wrong"), "{run}");
    // The clock of the Resource Manager is ahead: one more token is tried, then the error is shown.
    let azure = with_secret(&["--faults", "GET */service/* skew=7200"], SECRET);
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("ExpiredAuthenticationToken"), "{run}");
    assert_eq!(count_requests(&azure, "/oauth2/v2.0/token"), 2);
}

#[test]
fn concurrent_runs_can_sign_in() {
    let azure = with_secret(&[], SECRET);
    let start = || {
        let mut command = azure.command(env!("CARGO_BIN_EXE_azr"));
        command.args(format!("apim show {APIM}").split(' ')).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().expect("azr starts")
    };
    let children: Vec<_> = (0..4).map(|_| start()).collect();
    for child in children {
        let output = child.wait_with_output().expect("azr ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let folder = azure.folder().join("../home/azr/tokens");
    let files: Vec<_> =
        std::fs::read_dir(folder).expect("the cache").map(|e| e.expect("an entry").path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let cached: Value =
        serde_json::from_slice(&std::fs::read(&files[0]).expect("read")).expect("complete JSON");
    assert!(cached["token"].is_string() && cached["expires"].is_i64());
}

#[test]
fn an_authority_over_plain_http_is_this_machine_or_refused() {
    let mut azure = with_secret(&[], SECRET);
    azure.set("AZURE_AUTHORITY_HOST", "http://login.example");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("AZURE_AUTHORITY_HOST"), "{run}");
    // A custom cloud can name the authority as well.
    azure.set("AZURE_AUTHORITY_HOST", "");
    azure.set("AZR_ARM_ENDPOINT", "");
    let endpoint = azure.endpoint().to_owned();
    let config = azure.folder().join("../home/config");
    std::fs::create_dir(&config).expect("az's folder");
    let cloud = format!(
        "[Mine]\nendpoint_resource_manager = {endpoint}\nendpoint_active_directory = {endpoint}\n\
         endpoint_active_directory_resource_id = {endpoint}\n"
    );
    std::fs::write(config.join("clouds.config"), cloud).expect("az's clouds");
    azure.set("AZURE_CLOUD_NAME", "Mine");
    assert_signed_in_with(&azure, "service principal with a secret");
}
