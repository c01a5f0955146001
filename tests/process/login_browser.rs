//! Signing in with a browser. The test acts as the browser; the program that `BROWSER` names gives it the URL.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::credentials::{TENANT, access_token, count_requests, install_program};
use crate::login::{
    USER, assert_signed_in, delete_tokens, secret_file, start, start_signed_out, stored_files, wait,
};
use crate::support::{APIM, Azure, Response, Run, Sandbox, send_request};

const LOGIN: &str = "login --store file";

/// How long the start of the browser may take on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Starts a login; returns it with the URL that it opens in the browser.
fn start_browser_login(azure: &Azure, line: &str) -> (Child, Url) {
    let pipe = azure.folder().join("opened");
    if !pipe.exists() {
        let status = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(status.success());
        azure.write("bin/browser", format!("#!/bin/sh\nprintf '%s\\n' \"$1\" > '{}'\n", pipe.display()));
        let browser = azure.folder().join("bin/browser");
        fs::set_permissions(browser, fs::Permissions::from_mode(0o755)).expect("executable");
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        // It is empty as long as the browser of an earlier login has not closed the pipe.
        while line.is_empty() {
            let pipe = fs::File::open(&pipe).expect("the pipe");
            BufReader::new(pipe).read_line(&mut line).expect("a line");
        }
        // This fails where the test has failed meanwhile.
        drop(sender.send(line));
    });
    let browser = azure.folder().join("bin/browser").display().to_string();
    let child = start(azure, line, &[("BROWSER", &browser)]);
    let page = receiver.recv_timeout(TIMEOUT).expect("the browser is opened");
    (child, Url::parse(page.trim_end()).expect("a URL"))
}

fn fetch(url: &Url) -> Response {
    let origin = url.origin().ascii_serialization();
    let path = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    send_request(&origin, "", "GET", &path, "").expect("a response")
}

/// The URL that the sign-in page redirects to.
fn follow_redirect(page: &Url) -> Url {
    let response = fetch(page);
    assert_eq!(response.status, 302, "{}", response.head);
    Url::parse(response.header("location").expect("a location")).expect("a URL")
}

fn query_value(url: &Url, name: &str) -> String {
    let pair = url.query_pairs().find(|(n, _)| n == name);
    pair.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

/// The same URL with another value of a query parameter.
fn with_query_value(url: &Url, name: &str, value: &str) -> Url {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut other = url.clone();
    other
        .query_pairs_mut()
        .clear()
        .extend_pairs(pairs.iter().map(|(n, v)| (n.as_str(), if n == name { value } else { v.as_str() })));
    other
}

/// Signs in with the browser.
fn sign_in(azure: &Azure) -> Run {
    let (child, page) = start_browser_login(azure, LOGIN);
    assert_eq!(fetch(&follow_redirect(&page)).status, 200);
    wait(LOGIN, child).expect_success()
}

#[test]
fn a_browser_signs_in() {
    let azure = start_signed_out(&[]);
    let (child, page) = start_browser_login(&azure, LOGIN);
    assert!(page.as_str().starts_with(&format!("{}/organizations/oauth2/v2.0/authorize?", azure.endpoint())));
    assert_eq!(
        (query_value(&page, "code_challenge_method"), query_value(&page, "response_type")),
        ("S256".into(), "code".into())
    );
    assert!(query_value(&page, "redirect_uri").starts_with("http://localhost:"), "{page}");
    let shown = fetch(&follow_redirect(&page));
    assert!(String::from_utf8_lossy(&shown.body).contains("You can close this window"));
    let run = wait(LOGIN, child).expect_success();
    assert_eq!(run.json()[0]["user"], json!({ "name": USER, "type": "user" }));
    assert_signed_in(&azure);
}

#[test]
fn a_response_with_another_state_does_not_sign_in() {
    let azure = start_signed_out(&[]);
    let (child, page) = start_browser_login(&azure, LOGIN);
    let back = follow_redirect(&page);
    for wrong in [
        with_query_value(&back, "state", "other"),
        with_query_value(&back, "state", ""),
        back.join("/?code=x").expect("a URL"),
    ] {
        assert_eq!(fetch(&wrong).status, 400, "{wrong}");
    }
    assert_eq!(count_requests(&azure, "/token"), 0, "no code was redeemed");
    // azr still waits for the response with its own state.
    assert_eq!(fetch(&back).status, 200);
    wait(LOGIN, child).expect_success();
}

#[test]
fn the_code_of_another_login_is_refused() {
    let azure = start_signed_out(&[]);
    let (child, page) = start_browser_login(&azure, LOGIN);
    let other = with_query_value(&page, "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    fetch(&follow_redirect(&other));
    let run = wait(LOGIN, child);
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
    assert!(run.stderr.contains("AADSTS501481"), "{run}");
    assert_eq!(stored_files(&azure), [""; 0]);
}

#[test]
fn a_login_declined_in_the_browser_fails() {
    let azure = start_signed_out(&[]);
    for (error, reason) in
        [("access_denied", "the sign-in was declined"), ("server_error", "AADSTS90033: try again")]
    {
        let (child, page) = start_browser_login(&azure, LOGIN);
        let mut back = Url::parse(&query_value(&page, "redirect_uri")).expect("a URL");
        back.query_pairs_mut()
            .append_pair("error", error)
            .append_pair("error_description", "AADSTS90033: try again")
            .append_pair("state", &query_value(&page, "state"));
        let shown = fetch(&back);
        assert!(
            !String::from_utf8_lossy(&shown.body).contains("AADSTS"),
            "the page shows the error description"
        );
        let run = wait(LOGIN, child);
        assert_eq!(run.code, Some(1), "{run}");
        assert!(run.stderr.contains(reason), "{run}");
    }
    assert_eq!(stored_files(&azure), [""; 0]);
}

#[test]
fn a_refresh_token_is_replaced_by_the_next() {
    let azure = start_signed_out(&[]);
    sign_in(&azure);
    let file = secret_file(&azure);
    let mode = |path: &Path| fs::metadata(path).expect("the file exists").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
    let first = fs::read_to_string(&file).expect("text");
    delete_tokens(&azure);
    assert_signed_in(&azure);
    let second = fs::read_to_string(&file).expect("text");
    assert_ne!(first, second);
    assert_eq!(mode(&file), 0o600);
    // The first token was used: it is refused, and no other credential is tried.
    let token = access_token(&azure);
    install_program(&azure, "azd", &json!({"token": token, "expiresOn": "2999-01-01T00:00:00Z"}).to_string());
    fs::write(&file, &first).expect("the file is written");
    delete_tokens(&azure);
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("AADSTS70000"), "{run}");
    assert!(run.stderr.ends_with("Hint: Run azr login again.\n"), "{run}");
    assert!(!run.stderr.contains(&first), "{run}");
    assert!(!azure.files().contains(&"calls".to_owned()), "azd was started");
}

#[test]
fn a_stored_login_that_others_can_access_is_not_used() {
    let azure = start_signed_out(&[]);
    sign_in(&azure);
    let file = secret_file(&azure);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("opened");
    delete_tokens(&azure);
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("chmod go-rwx"), "{run}");
}

#[test]
fn concurrent_runs_share_a_login() {
    let azure = start_signed_out(&[]);
    sign_in(&azure);
    let line = format!("apim show {APIM} -o none");
    let mut runs = Vec::new();
    for _ in 0..2 {
        delete_tokens(&azure);
        // Without the cache each run needs a new token, and uses the refresh token of the run before.
        let children: Vec<Child> =
            (0..4).map(|_| start(&azure, &line, &[("AZR_TOKEN_CACHE", "off")])).collect();
        runs.extend(children.into_iter().map(|child| wait(&line, child).expect_success()));
        assert_signed_in(&azure);
    }
    assert_eq!(runs.len(), 8);
}

/// A refresh token is sent only to the authority that issued it.
#[test]
fn a_refresh_token_is_sent_only_to_its_authority() {
    let mut azure = start_signed_out(&[]);
    sign_in(&azure);
    let other = start_signed_out(&[]);
    delete_tokens(&azure);
    azure.set("AZURE_AUTHORITY_HOST", other.endpoint());
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains(&format!("{USER} is signed in at {}", azure.endpoint())), "{run}");
    assert_eq!(count_requests(&other, "/token"), 0);
}

#[test]
fn no_secret_of_a_login_is_printed_or_left_elsewhere() {
    let azure = start_signed_out(&[]);
    let (child, page) = start_browser_login(&azure, "login --store file --debug");
    let back = follow_redirect(&page);
    fetch(&back);
    let run = wait("login", child).expect_success();
    assert!(run.stderr.contains("DEBUG 200 for POST"), "no request was logged, so nothing was tested: {run}");
    let mut output = run.to_string();
    let mut secrets =
        vec![query_value(&back, "code"), query_value(&page, "state"), query_value(&page, "code_challenge")];
    for _ in 0..2 {
        secrets.push(fs::read_to_string(secret_file(&azure)).expect("text"));
        secrets.extend(token_signatures(&azure));
        delete_tokens(&azure);
        for line in [&format!("apim show {APIM} --debug"), "account list --debug", "account show --debug"] {
            output += &azure.ok(line).to_string();
        }
    }
    secrets.extend(token_signatures(&azure));
    let current = fs::read_to_string(secret_file(&azure)).expect("text");
    for secret in secrets.iter().chain([&current]) {
        assert!(!output.contains(secret.as_str()), "{secret} is printed:\n{output}");
        let files = files_containing(&azure.folder().join(".."), secret);
        let own = |path: &String| path.ends_with(".secret") || path.contains("/tokens/");
        assert!(files.iter().all(own), "{secret} is in {files:?}");
        assert!(files.len() <= 1, "{secret} is in {files:?}");
    }
    assert_eq!(
        files_containing(&azure.folder().join(".."), &current).len(),
        1,
        "the search does not find the stored secret"
    );
    azure.ok("logout");
    for secret in secrets.iter().chain([&current]) {
        assert_eq!(files_containing(&azure.folder().join(".."), secret), [""; 0]);
    }
}

/// The signatures of the cached access tokens.
fn token_signatures(azure: &Azure) -> Vec<String> {
    let folder = azure.folder().join("../home/azr/tokens");
    let files = fs::read_dir(folder).expect("cached tokens");
    let token = |file: std::io::Result<fs::DirEntry>| {
        let content = fs::read(file.expect("an entry").path()).expect("read");
        let entry: serde_json::Value = serde_json::from_slice(&content).expect("JSON");
        entry["token"].as_str().and_then(|token| token.rsplit('.').next()).expect("a token").to_owned()
    };
    files.map(token).collect()
}

/// The files below a folder that contain a text.
fn files_containing(folder: &Path, text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("an entry").path();
        let kind = fs::symlink_metadata(&path).expect("the file exists").file_type();
        if kind.is_dir() {
            paths.extend(files_containing(&path, text));
        } else if kind.is_file() && String::from_utf8_lossy(&fs::read(&path).expect("read")).contains(text) {
            paths.push(path.display().to_string());
        }
    }
    paths
}

/// Writes a profile of az with a subscription that is not one of azr's login.
fn write_az_profile(sandbox: &Sandbox) -> String {
    let profile = sandbox.folder().join("../home/config");
    fs::create_dir(&profile).expect("az's folder");
    let entry = json!({ "id": "aaaaaaaa-0000-0000-0000-000000000000", "name": "Of az", "state": "Enabled",
        "tenantId": TENANT, "isDefault": true, "environmentName": "AzureCloud",
        "user": { "name": "me", "type": "user" } });
    let text = json!({ "installationId": "i", "subscriptions": [entry] }).to_string();
    fs::write(profile.join("azureProfile.json"), &text).expect("az's profile");
    text
}

#[test]
fn the_login_of_az_is_not_changed() {
    let azure = start_signed_out(&[]);
    let profile = write_az_profile(&azure);
    let token = access_token(&azure);
    let token = json!({"accessToken": token, "expires_on": 4_102_444_800_i64, "expiresOn": "2100-01-01 00:00:00.000000",
                      "subscription": "s", "tenant": TENANT, "tokenType": "Bearer"});
    install_program(&azure, "az", &token.to_string());
    sign_in(&azure);
    assert_signed_in(&azure);
    let listed = azure.json("account list --query '[].[name, isDefault]'");
    assert_eq!(listed, json!([["Example Sub", true], ["Of az", false]]));
    // For a subscription of az's login, az signs in.
    let run = azure.ok("rest -u /subscriptions?api-version=2022-12-01 --verbose --subscription 'of az'");
    assert!(run.stderr.contains("signed in: login of az\n"), "{run}");
    azure.ok("account set -s 'Of az'");
    assert_eq!(azure.json("account show --query name"), "Of az");
    azure.ok("logout");
    assert_eq!(azure.json("account show --query name"), "Of az");
    let current = fs::read_to_string(azure.folder().join("../home/config/azureProfile.json")).expect("text");
    assert_eq!(current, profile);
}
