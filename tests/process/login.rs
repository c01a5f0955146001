//! `azr login`, end to end: azr as a process against an emulator that accepts only its own tokens.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::credentials::{CLIENT, TENANT, certificate, count_requests, signed_out};
use crate::support::{APIM, Azure, Response, Run, Sandbox, send_request, strings};

const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";

/// The emulator's user.
pub(crate) const USER: &str = "user@emulator.onmicrosoft.com";

/// A secret that no run may print.
const SECRET: &str = "the-secret-that-nobody-may-see";

/// Starts an emulator, without a login or a subscription.
pub(crate) fn start_signed_out(options: &[&str]) -> Azure {
    let mut azure = signed_out(options);
    azure.set("AZURE_SUBSCRIPTION_ID", "");
    azure
}

/// The files that azr has stored for logins, sorted.
pub(crate) fn stored_files(azure: &Azure) -> Vec<String> {
    let home = azure.folder().join("../home/azr");
    let mut paths = Vec::new();
    for folder in ["login", "tokens"] {
        let Ok(entries) = std::fs::read_dir(home.join(folder)) else { continue };
        paths.extend(
            entries.map(|e| format!("{folder}/{}", e.expect("an entry").file_name().to_string_lossy())),
        );
    }
    paths.sort_unstable();
    paths
}

/// The file with the secret of the only login.
pub(crate) fn secret_file(azure: &Azure) -> PathBuf {
    let files = stored_files(azure);
    let secrets: Vec<&String> = files.iter().filter(|path| path.ends_with(".secret")).collect();
    let [secret] = secrets[..] else { panic!("not one secret: {files:?}") };
    azure.folder().join("../home/azr").join(secret)
}

/// Deletes the cached access tokens, so that the next run needs a new one.
pub(crate) fn delete_tokens(azure: &Azure) {
    std::fs::remove_dir_all(azure.folder().join("../home/azr/tokens")).expect("cached tokens");
}

/// Runs a command, and checks that it uses a login of azr.
pub(crate) fn assert_signed_in(azure: &Azure) -> Run {
    let run = azure.ok(format!("apim show {APIM} --verbose"));
    assert!(run.stderr.contains("signed in: login of azr ("), "{run}");
    run
}

/// Starts a command that runs while the test continues.
pub(crate) fn start(azure: &Azure, line: &str, variables: &[(&str, &str)]) -> Child {
    azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(line.split_whitespace())
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("azr {line}: {e}"))
}

/// Waits for the end of such a command.
pub(crate) fn wait(line: &str, child: Child) -> Run {
    let output = child.wait_with_output().expect("azr ends");
    Run {
        command_line: format!("azr {line}"),
        code: output.status.code(),
        stdout_bytes: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Signs in with a device code: gives `answer` on the page after at least two polls.
fn login_with_device_code(azure: &Azure, line: &str, answer: &str) -> Run {
    // The pauses between polls are shortened, so that the emulator also asks azr to slow down.
    let mut child = start(azure, line, &[("AZR_TEST_MAX_PAUSE_MS", "1")]);
    let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
    let mut output = String::new();
    let code = loop {
        let mut next = String::new();
        assert!(stderr.read_line(&mut next).expect("text") > 0, "no code: {output}");
        output += &next;
        if let Some((_, code)) = next.split_once("enter the code ") {
            assert!(next.contains(&format!("{}/devicelogin", azure.endpoint())), "{next}");
            break code.trim_end_matches(['.', '\n']).to_owned();
        }
    };
    while count_requests(azure, "/oauth2/v2.0/token") < 2 {
        device_code_page(azure, "GET", "");
    }
    assert_eq!(device_code_page(azure, "POST", &format!("code={code}&answer={answer}")).status, 200);
    let mut run = wait(line, child);
    std::io::Read::read_to_string(&mut stderr, &mut output).expect("text");
    run.stderr = output;
    run
}

fn device_code_page(azure: &Azure, method: &str, form: &str) -> Response {
    send_request(azure.endpoint(), "", method, "/devicelogin", form).expect("a response")
}

#[test]
fn a_device_code_signs_in_once_it_is_approved() {
    let azure = start_signed_out(&[]);
    let run =
        login_with_device_code(&azure, "login --use-device-code --store file", "approve").expect_success();
    let user = json!({ "name": USER, "type": "user" });
    assert_eq!(
        run.json(),
        json!([{ "cloudName": "AzureCloud", "homeTenantId": TENANT, "id": SUBSCRIPTION, "isDefault": true,
                 "managedByTenants": [], "name": "Example Sub", "state": "Enabled", "tenantId": TENANT, "user": user }])
    );
    assert_signed_in(&azure);
    assert_eq!(azure.json("account list"), run.json());
    assert_eq!(azure.json("account show --subscription 'example sub' --query id"), SUBSCRIPTION);
}

#[test]
fn a_declined_or_expired_device_code_does_not_sign_in() {
    let azure = start_signed_out(&[]);
    for (answer, reason) in [("decline", "declined"), ("expire", "code expired")] {
        let run = login_with_device_code(&azure, "login --use-device-code --store file", answer);
        assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
        assert!(run.stderr.contains(reason), "{run}");
        assert_eq!(stored_files(&azure), [""; 0], "a file was stored without a login");
    }
}

/// Without `--store`, the login of an application lasts as long as its access token.
#[test]
fn no_secret_is_stored_without_consent() {
    let azure = start_signed_out(&[]);
    azure.write("secret", format!("{SECRET}\n"));
    let line = format!("login --service-principal -u {CLIENT} -p @secret --tenant {TENANT}");
    let run = azure.ok(&line);
    assert!(run.stderr.contains("is not stored"), "{run}");
    assert_eq!(strings(&azure.json("account list --query [].user.name")), [CLIENT]);
    assert_signed_in(&azure);
    assert!(!stored_files(&azure).iter().any(|path| path.ends_with(".secret")));
    delete_tokens(&azure);
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("its access token has expired"), "{run}");
    assert!(run.stderr.contains("Run azr login again."), "{run}");

    let with_store = format!("{line} --store file");
    assert_eq!(azure.ok(with_store).stderr, "");
    assert_eq!(std::fs::read_to_string(secret_file(&azure)).expect("the secret"), SECRET);
    delete_tokens(&azure);
    assert_signed_in(&azure);
}

#[test]
fn applications_sign_in_with_a_certificate_or_an_assertion() {
    let azure = start_signed_out(&[]);
    azure.write("client.pem", certificate());
    let line = format!("login --service-principal --username {CLIENT} --tenant {TENANT}");
    assert_eq!(azure.ok(format!("{line} --certificate client.pem")).stderr, "");
    delete_tokens(&azure);
    assert_signed_in(&azure);
    assert!(!stored_files(&azure).iter().any(|path| path.ends_with(".secret")), "the key was copied");

    let assertion =
        send_request(azure.endpoint(), "job", "GET", "/oidc/github?audience=api://AzureADTokenExchange", "");
    let assertion = assertion.expect("a response").json()["value"].as_str().expect("an assertion").to_owned();
    azure.write("assertion", &assertion);
    azure.ok(format!("{line} --federated-token @assertion --store file"));
    delete_tokens(&azure);
    assert_signed_in(&azure);
    assert_eq!(std::fs::read_to_string(secret_file(&azure)).expect("the secret"), assertion);
}

#[test]
fn a_machine_signs_in_as_itself_or_as_an_identity_assigned_to_it() {
    let mut azure = start_signed_out(&[]);
    let endpoint = azure.endpoint().to_owned();
    azure.set("AZURE_POD_IDENTITY_AUTHORITY_HOST", &endpoint);
    let user = azure.json("login --identity --query [0].user");
    assert_eq!(
        user,
        json!({ "assignedIdentityInfo": "MSI", "name": "systemAssignedIdentity", "type": "servicePrincipal" })
    );
    let user = azure.json(format!("login -i --client-id {CLIENT} --query [0].user.assignedIdentityInfo"));
    assert_eq!(user, format!("MSIClient-{CLIENT}"));
    let stderr = azure.ok("login -i").stderr;
    assert!(stderr.contains("takes precedence over this login"), "{stderr}");
}

#[test]
fn contradictory_options_are_refused_before_anything_is_sent() {
    let azure = start_signed_out(&[]);
    for (line, reason) in [
        ("-u me", "-u requires --service-principal"),
        ("--password p", "--password requires --service-principal"),
        ("--client-id c", "--client-id requires --identity"),
        ("--identity --service-principal", "mutually exclusive"),
        ("--identity --client-id a --object-id b", "mutually exclusive"),
        ("--identity --scope s", "--scope applies only to users"),
        ("--service-principal -u c", "the credential of the application is missing"),
        ("--service-principal -p p", "--username is required"),
        ("--service-principal -u c -p p", "--tenant is required"),
        ("--service-principal -u c -p p --certificate f", "mutually exclusive"),
    ] {
        let run = azure.run(format!("login {line}"));
        assert!(run.error(2).contains(reason), "{run}");
    }
    for (line, reason) in [
        ("--use-device-code --store keyring", "does not support the keyring"),
        ("--service-principal -u c -t t -p @no/such/file", "no/such/file"),
        ("--service-principal -u c -t t --certificate no.pem", "no.pem"),
    ] {
        // A build with the keyring would use that of the user who runs the tests.
        if cfg!(feature = "keyring") && line.contains("keyring") {
            continue;
        }
        let run = azure.run(format!("login {line}"));
        assert!(run.error(1).contains(reason), "{run}");
    }
    assert!(azure.log("log.jsonl").is_empty());
}

#[test]
fn a_refused_login_does_not_change_an_existing_one() {
    let azure = start_signed_out(&[]);
    let line = format!("login --service-principal -u {CLIENT} -t {TENANT} --store file -p");
    azure.ok(format!("{line} {SECRET}"));
    let before = stored_files(&azure);
    let run = azure.run(format!("{line} wrong"));
    assert!(run.error(1).contains("AADSTS7000215"), "{run}");
    assert!(!run.stderr.contains("wrong"), "{run}");
    assert_eq!(stored_files(&azure), before);
    assert_signed_in(&azure);
}

#[test]
fn signing_out_deletes_everything_stored() {
    let azure = start_signed_out(&[]);
    let other = "44444444-4444-4444-4444-444444444444";
    for client in [CLIENT, other] {
        azure.ok(format!("login --service-principal -u {client} -t {TENANT} -p {SECRET} --store file"));
    }
    assert_eq!(stored_files(&azure).iter().filter(|path| path.ends_with(".secret")).count(), 2);
    assert!(azure.run("logout -u nobody").error(1).contains("nobody' is not signed in"));
    azure.ok(format!("logout --username {other}"));
    assert_eq!(azure.json("account list"), json!([]), "the subscription is that of the last login");
    azure.ok("logout");
    assert_eq!(stored_files(&azure), ["login/lock"], "an empty file");
    let run = azure.run("logout");
    assert!(run.error(1).contains("no user is signed in with azr login"));
    azure.run(format!("apim show {APIM}")).error(1);
}

#[test]
fn get_access_token_prints_a_token() {
    let mut azure = start_signed_out(&[]);
    azure.ok(format!("login --service-principal -u {CLIENT} -t {TENANT} -p {SECRET} --store file"));
    let shown = azure.json("account get-access-token");
    let members: Vec<&String> = shown.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["accessToken", "expiresOn", "expires_on", "subscription", "tenant", "tokenType"]);
    assert_eq!(
        (&shown["subscription"], &shown["tenant"], &shown["tokenType"]),
        (&json!(SUBSCRIPTION), &json!(TENANT), &json!("Bearer"))
    );
    let token = shown["accessToken"].as_str().expect("a token");
    let reply = send_request(azure.endpoint(), token, "GET", "/subscriptions?api-version=2022-12-01", "");
    assert_eq!(reply.expect("a response").status, 200, "the token is not for the Resource Manager");
    for (line, audience) in [
        ("--resource-type ARM", "https://management.core.windows.net/"),
        ("--resource https://graph.microsoft.com", "https://graph.microsoft.com"),
        ("--scope https://vault.azure.net/.default", "https://vault.azure.net"),
    ] {
        let shown = azure.json(format!("account get-access-token {line} --tenant {TENANT}"));
        assert_eq!(claims(&shown)["aud"], audience);
        assert_eq!(shown.get("subscription"), None, "a tenant was named");
    }
    for line in ["--resource a --scope b", "--subscription a --tenant b"] {
        assert!(
            azure.run(format!("account get-access-token {line}")).error(2).contains("mutually exclusive")
        );
    }
    azure.set("AZR_ACCESS_TOKEN", "mine");
    let shown = azure.json("account get-access-token");
    assert_eq!((&shown["accessToken"], &shown["expires_on"]), (&json!("mine"), &Value::Null));
}

/// The claims of the token.
fn claims(shown: &Value) -> Value {
    let token = shown["accessToken"].as_str().expect("a token");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("a JWT")).expect("base64");
    serde_json::from_slice(&claims).expect("JSON")
}

#[test]
fn without_a_login_verbose_says_where_a_subscription_was_looked_for() {
    let signed_out = Sandbox::new(&[]);
    let run = signed_out.run("apic list --verbose");
    assert_eq!(run.code, Some(1), "{run}");
    for text in ["looked for a subscription in --subscription, AZURE_SUBSCRIPTION_ID", "azureProfile.json"] {
        assert!(run.stderr.contains(text), "{text}\n{run}");
    }
    assert!(!signed_out.run("apic list").stderr.contains("looked for"));
}
