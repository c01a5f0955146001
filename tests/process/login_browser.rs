//! Signing in with a browser: the test is the browser, told of the page by the program that `BROWSER` names.

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
use crate::login::{USER, begin, end, forget_tokens, kept, nobody, secret_file, works};
use crate::support::{APIM, Azure, Response, Run, Sandbox, send_request};

const LOGIN: &str = "login --store file";

/// How long the program may take to be started on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A login that waits for its browser, and the page that the browser was to open.
fn opened(azure: &Azure, line: &str) -> (Child, Url) {
    let pipe = azure.folder().join("opened");
    if !pipe.exists() {
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        azure.write("bin/browser", format!("#!/bin/sh\nprintf '%s\\n' \"$1\" > '{}'\n", pipe.display()));
        let browser = azure.folder().join("bin/browser");
        fs::set_permissions(browser, fs::Permissions::from_mode(0o755)).expect("executable");
    }
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let pipe = fs::File::open(pipe).expect("the pipe");
        BufReader::new(pipe).read_line(&mut line).expect("a line");
        // Nobody listens where the test has failed meanwhile.
        drop(tell.send(line));
    });
    let browser = azure.folder().join("bin/browser").display().to_string();
    let child = begin(azure, line, &[("BROWSER", &browser)]);
    let page = told.recv_timeout(PATIENCE).expect("the browser is opened");
    (child, Url::parse(page.trim_end()).expect("a URL"))
}

fn asked_for(url: &Url) -> Response {
    let origin = url.origin().ascii_serialization();
    let path = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    send_request(&origin, "", "GET", &path, "").expect("an answer")
}

/// Where the page sends the browser.
fn sent_back(page: &Url) -> Url {
    let reply = asked_for(page);
    assert_eq!(reply.status, 302, "{}", reply.head);
    Url::parse(reply.header("location").expect("a location")).expect("a URL")
}

fn field(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(n, _)| n == name);
    found.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

/// The same URL with another value of a field.
fn with(url: &Url, name: &str, value: &str) -> Url {
    let fields: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut other = url.clone();
    other
        .query_pairs_mut()
        .clear()
        .extend_pairs(fields.iter().map(|(n, v)| (n.as_str(), if n == name { value } else { v.as_str() })));
    other
}

fn signs_in(azure: &Azure) -> Run {
    let (child, page) = opened(azure, LOGIN);
    assert_eq!(asked_for(&sent_back(&page)).status, 200);
    end(LOGIN, child).expect_success()
}

#[test]
fn a_browser_signs_in() {
    let azure = nobody(&[]);
    let (child, page) = opened(&azure, LOGIN);
    assert!(page.as_str().starts_with(&format!("{}/organizations/oauth2/v2.0/authorize?", azure.endpoint())));
    assert_eq!(
        (field(&page, "code_challenge_method"), field(&page, "response_type")),
        ("S256".into(), "code".into())
    );
    assert!(field(&page, "redirect_uri").starts_with("http://localhost:"), "{page}");
    let shown = asked_for(&sent_back(&page));
    assert!(String::from_utf8_lossy(&shown.body).contains("You can close this window"));
    let run = end(LOGIN, child).expect_success();
    assert_eq!(run.json()[0]["user"], json!({ "name": USER, "type": "user" }));
    works(&azure);
}

#[test]
fn an_answer_with_another_state_signs_nobody_in() {
    let azure = nobody(&[]);
    let (child, page) = opened(&azure, LOGIN);
    let back = sent_back(&page);
    for wrong in
        [with(&back, "state", "other"), with(&back, "state", ""), back.join("/?code=x").expect("a URL")]
    {
        assert_eq!(asked_for(&wrong).status, 400, "{wrong}");
    }
    assert_eq!(count_requests(&azure, "/token"), 0, "no code was redeemed");
    // It still waits for its own.
    assert_eq!(asked_for(&back).status, 200);
    end(LOGIN, child).expect_success();
}

#[test]
fn a_code_that_somebody_else_began_is_refused() {
    let azure = nobody(&[]);
    let (child, page) = opened(&azure, LOGIN);
    let other = with(&page, "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    asked_for(&sent_back(&other));
    let run = end(LOGIN, child);
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
    assert!(run.stderr.contains("AADSTS501481"), "{run}");
    assert_eq!(kept(&azure), [""; 0]);
}

#[test]
fn who_declines_in_the_browser_is_not_signed_in() {
    let azure = nobody(&[]);
    for (error, why) in
        [("access_denied", "the sign-in was declined"), ("server_error", "AADSTS90033: try again")]
    {
        let (child, page) = opened(&azure, LOGIN);
        let mut back = Url::parse(&field(&page, "redirect_uri")).expect("a URL");
        back.query_pairs_mut()
            .append_pair("error", error)
            .append_pair("error_description", "AADSTS90033: try again")
            .append_pair("state", &field(&page, "state"));
        let shown = asked_for(&back);
        assert!(!String::from_utf8_lossy(&shown.body).contains("AADSTS"), "nothing of the answer is shown");
        let run = end(LOGIN, child);
        assert_eq!(run.code, Some(1), "{run}");
        assert!(run.stderr.contains(why), "{run}");
    }
    assert_eq!(kept(&azure), [""; 0]);
}

#[test]
fn a_refresh_token_is_replaced_by_the_next() {
    let azure = nobody(&[]);
    signs_in(&azure);
    let file = secret_file(&azure);
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
    let first = fs::read_to_string(&file).expect("text");
    forget_tokens(&azure);
    works(&azure);
    let second = fs::read_to_string(&file).expect("text");
    assert_ne!(first, second);
    assert_eq!(mode(&file), 0o600);
    // The first is spent: whoever shows it again is refused, and nothing else is tried in its place.
    let token = access_token(&azure);
    install_program(&azure, "azd", &json!({"token": token, "expiresOn": "2999-01-01T00:00:00Z"}).to_string());
    fs::write(&file, &first).expect("written");
    forget_tokens(&azure);
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("AADSTS70000"), "{run}");
    assert!(run.stderr.ends_with("Hint: Run azr login again.\n"), "{run}");
    assert!(!run.stderr.contains(&first), "{run}");
    assert!(!azure.files().contains(&"calls".to_owned()), "azd was asked");
}

#[test]
fn a_kept_login_that_others_can_reach_is_not_used() {
    let azure = nobody(&[]);
    signs_in(&azure);
    let file = secret_file(&azure);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("opened");
    forget_tokens(&azure);
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("chmod go-rwx"), "{run}");
}

#[test]
fn runs_at_once_share_a_login() {
    let azure = nobody(&[]);
    signs_in(&azure);
    let line = format!("apim show {APIM} -o none");
    let mut off = Vec::new();
    for _ in 0..2 {
        forget_tokens(&azure);
        // Without the cache each of them needs a token of its own, and each spends the refresh token of the one before.
        let runs: Vec<Child> = (0..4).map(|_| begin(&azure, &line, &[("AZR_TOKEN_CACHE", "off")])).collect();
        off.extend(runs.into_iter().map(|child| end(&line, child).expect_success()));
        works(&azure);
    }
    assert_eq!(off.len(), 8);
}

/// What is kept goes to the authority that gave it, and to no other.
#[test]
fn a_refresh_token_is_shown_to_nobody_else() {
    let mut azure = nobody(&[]);
    signs_in(&azure);
    let other = nobody(&[]);
    forget_tokens(&azure);
    azure.set("AZURE_AUTHORITY_HOST", other.endpoint());
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains(&format!("{USER} signed in at {}", azure.endpoint())), "{run}");
    assert_eq!(count_requests(&other, "/token"), 0);
}

#[test]
fn nothing_of_a_login_is_said_or_left_elsewhere() {
    let azure = nobody(&[]);
    let (child, page) = opened(&azure, "login --store file --debug");
    let back = sent_back(&page);
    asked_for(&back);
    let run = end("login", child).expect_success();
    assert!(run.stderr.contains("DEBUG 200 for POST"), "nothing was said, so nothing was tested: {run}");
    let mut said = run.to_string();
    let mut secrets = vec![field(&back, "code"), field(&page, "state"), field(&page, "code_challenge")];
    for _ in 0..2 {
        secrets.push(fs::read_to_string(secret_file(&azure)).expect("text"));
        secrets.extend(access_tokens(&azure));
        forget_tokens(&azure);
        for line in [&format!("apim show {APIM} --debug"), "account list --debug", "account show --debug"] {
            said += &azure.ok(line).to_string();
        }
    }
    secrets.extend(access_tokens(&azure));
    let now = fs::read_to_string(secret_file(&azure)).expect("text");
    for secret in secrets.iter().chain([&now]) {
        assert!(!said.contains(secret.as_str()), "{secret} is said:\n{said}");
        let held = holding(&azure.folder().join(".."), secret);
        let own = |path: &String| path.ends_with(".secret") || path.contains("/tokens/");
        assert!(held.iter().all(own), "{secret} is in {held:?}");
        assert!(held.len() <= 1, "{secret} is in {held:?}");
    }
    assert_eq!(holding(&azure.folder().join(".."), &now).len(), 1, "the search finds what is there");
    azure.ok("logout");
    for secret in secrets.iter().chain([&now]) {
        assert_eq!(holding(&azure.folder().join(".."), secret), [""; 0]);
    }
}

/// What makes each kept access token one: its signature.
fn access_tokens(azure: &Azure) -> Vec<String> {
    let folder = azure.folder().join("../home/azr/tokens");
    let files = fs::read_dir(folder).expect("tokens are kept");
    let token = |file: std::io::Result<fs::DirEntry>| {
        let kept = fs::read(file.expect("an entry").path()).expect("read");
        let kept: serde_json::Value = serde_json::from_slice(&kept).expect("JSON");
        kept["token"].as_str().and_then(|token| token.rsplit('.').next()).expect("a token").to_owned()
    };
    files.map(token).collect()
}

/// The files below a folder that hold a text.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("an entry").path();
        let kind = fs::symlink_metadata(&path).expect("it is there").file_type();
        if kind.is_dir() {
            found.extend(holding(&path, text));
        } else if kind.is_file() && String::from_utf8_lossy(&fs::read(&path).expect("read")).contains(text) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// az's profile with a subscription that azr's own login does not find.
fn az_knows(sandbox: &Sandbox) -> String {
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
fn the_login_of_az_stays_as_it_is() {
    let azure = nobody(&[]);
    let profile = az_knows(&azure);
    let token = access_token(&azure);
    let kept = json!({"accessToken": token, "expires_on": 4_102_444_800_i64, "expiresOn": "2100-01-01 00:00:00.000000",
                      "subscription": "s", "tenant": TENANT, "tokenType": "Bearer"});
    install_program(&azure, "az", &kept.to_string());
    signs_in(&azure);
    works(&azure);
    let listed = azure.json("account list --query '[].[name, isDefault]'");
    assert_eq!(listed, json!([["Example Sub", true], ["Of az", false]]));
    // What only az knows, az signs in for.
    let run = azure.ok("rest -u /subscriptions?api-version=2022-12-01 --verbose --subscription 'of az'");
    assert!(run.stderr.contains("signed in: login of az\n"), "{run}");
    azure.ok("account set -s 'Of az'");
    assert_eq!(azure.json("account show --query name"), "Of az");
    azure.ok("logout");
    assert_eq!(azure.json("account show --query name"), "Of az");
    let now = fs::read_to_string(azure.folder().join("../home/config/azureProfile.json")).expect("text");
    assert_eq!(now, profile);
}
