//! Error messages name what is wrong, the cause where the command line or the response shows it, and the next command.

use crate::credentials::{CLIENT, TENANT};
use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, InProcessAzure, Run, Sandbox};

fn azure() -> InProcessAzure {
    InProcessAzure::new()
}

/// Runs a command whose words are not split; it must fail with `code` and name all of `parts` in the error and its hint.
fn assert_explained(sandbox: &Sandbox, code: i32, words: &[&str], parts: &[&str]) -> Run {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let run = sandbox.run_args(&words);
    run.error(code);
    for part in parts {
        assert!(run.stderr.contains(part), "'{part}' is not in the message\n{run}");
    }
    run
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

#[test]
fn a_path_that_git_bash_has_rewritten_is_named() {
    let azure = azure();
    let id = format!("C:/Program Files/Git{APIM_ID}");
    for line in [
        &["role", "assignment", "list", "--scope", &id][..],
        &["rest", "--url", &id],
        &["apic", "show", &format!("--ids={id}")],
    ] {
        assert_explained(&azure, 1, line, &["Git Bash", "MSYS_NO_PATHCONV=1"]);
    }
}

#[test]
fn a_carriage_return_at_the_end_of_a_value_is_named() {
    let azure = azure();
    let run = assert_explained(
        &azure,
        1,
        &["apim", "api", "list", "-g", "myResourceGroup\r", "-n", "myAPIManagement\r"],
        &["the value of -g ends with a carriage return (\\r)", "CRLF"],
    );
    assert!(!run.stderr.contains('\r'), "{run}");
    // The ids that a program on Windows prints are used without it.
    azure.run_args(&["apic", "show", "--ids", &format!("{CENTER_ID}\r")].map(str::to_owned)).expect_success();
}

#[test]
fn what_a_document_has_changed_is_named() {
    let azure = azure();
    assert_explained(
        &azure,
        2,
        &["apim", "show", "–g", "g", "—name", "n"],
        &["'–g' has a dash (U+2013) in place of a hyphen"],
    );
    let line = ["apic", "show", "-g", "myResourceGroup", "-n", "“myAPICenter”"];
    assert_explained(&azure, 1, &line, &["-n: ", "typographic quotes"]);
    let run = azure.run_args(
        &[
            "apic",
            "api",
            "create",
            "-g",
            "myResourceGroup",
            "-n",
            "myAPICenter",
            "--api-id",
            "quotes",
            "--title",
            "The “best” API – ever",
            "--type",
            "rest",
        ]
        .map(str::to_owned),
    );
    run.expect_success();
}

#[test]
fn placeholders_are_named() {
    let azure = azure();
    for (code, line) in [
        (1, &["apic", "show", "-g", "<group>", "-n", "c"][..]),
        (3, &["apim", "show", "-g", "myResourceGroup", "-n", "YOUR-APIM"]),
        (1, &["apic", "show", "--ids", "/subscriptions/<subscription id>/resourceGroups/g"]),
    ] {
        assert_explained(&azure, code, line, &["looks like a placeholder"]);
    }
}

#[test]
fn a_pattern_that_the_shell_has_replaced_is_named() {
    let azure = azure();
    azure.ok(format!("apic update {CENTER} --identity type=SystemAssigned"));
    azure.write("README.md", "");
    azure.write("notes.txt", "");
    let import =
        format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis README.md notes.txt");
    for mode in ["client", "service"] {
        let run = azure.run(format!("{import} --mode {mode}"));
        assert_eq!(run.code, Some(1), "{run}");
        assert!(run.stderr.contains("put the pattern in quotes, --apim-apis '*'"), "{run}");
    }
    let run = azure.run(format!("{import} --mode client").replace("README.md notes.txt", "nobody"));
    assert!(!run.stderr.contains("quotes"), "{run}");
}

#[test]
fn a_proxy_that_is_not_valid_is_refused_without_its_password() {
    let mut sandbox = Sandbox::new(&[]);
    sandbox.set("AZR_ACCESS_TOKEN", "x.y.z");
    let show = "apim show -g g -n n --subscription 00000000-0000-0000-0000-000000000000 --timeout 3";
    for value in ["http://user:p#wq@127.0.0.1:9", "http://user:wq@host:port", "socks5://user:wq@127.0.0.1:9"]
    {
        sandbox.set("HTTPS_PROXY", value);
        let run = assert_explained(&sandbox, 1, &words(show), &["HTTPS_PROXY is not a valid proxy", "%23"]);
        assert!(!run.stderr.contains("wq"), "{run}");
    }
}

#[test]
fn a_missing_resource_is_named_with_the_command_that_lists_the_others() {
    let azure = azure();
    for (line, error, command) in [
        (
            format!("apic api show {CENTER} --api-id nobody"),
            "The API 'nobody' does not exist in the API center 'myAPICenter'.",
            "azr apic api list -g myResourceGroup -n myAPICenter",
        ),
        (
            format!("apim api show {APIM} --api-id nobody"),
            "The API 'nobody' does not exist in the API Management service 'myAPIManagement'.",
            "azr apim api list -g myResourceGroup -n myAPIManagement",
        ),
        (
            "apic api list -g myResourceGroup -n nope".to_owned(),
            "The API center 'nope' does not exist in the resource group 'myResourceGroup'.",
            "azr apic list -g myResourceGroup",
        ),
        (
            format!("apic environment show {CENTER} --environment-id nope"),
            "The environment 'nope' does not exist in the API center 'myAPICenter'.",
            "azr apic environment list -g myResourceGroup -n myAPICenter",
        ),
    ] {
        let run = azure.run(&line);
        assert!(run.error(3).starts_with(error), "{run}");
        assert!(run.stderr.trim_end().ends_with(command), "{run}");
        azure.run(command.replacen("azr ", "", 1).replace(" -n nope", "")).expect_success();
    }
}

#[test]
fn a_message_names_the_option_that_was_typed() {
    let azure = azure();
    for (option, value) in [("-n", "a_b"), ("--service-name", "a_b"), ("--service", "a_b"), ("--serv", "a_b")]
    {
        let run = azure.run(format!("apic api list -g g {option} {value}"));
        assert!(run.error(1).starts_with(&format!("{option}: 'a_b' contains")), "{run}");
    }
    let role = "role assignment create --role Reader --scope /subscriptions/s";
    for option in ["--assignee", "--assignee-object-id"] {
        let run = azure.run(format!("{role} {option} None"));
        assert!(run.error(1).starts_with(&format!("{option}: 'None'")), "{run}");
    }
    let import = ["apic", "import-from-apim", "-g", "g", "-n", "n", "--apim-name", "", "--apim-apis", "x"];
    assert_explained(&azure, 1, &import, &["--apim-name: the name is empty"]);
}

#[test]
fn a_refusal_has_the_hint_of_its_error_code() {
    for (code, part) in [
        ("AuthorizationFailed", "azr role assignment create --role"),
        ("RequestDisallowedByPolicy", "az policy assignment list"),
        ("PublicNetworkAccessDisabled", "network settings"),
        ("ScopeLocked", "az lock list"),
    ] {
        let azure =
            Azure::start_with_args(&["--sample", "--faults", &format!("GET */apis* status=403 code={code}")]);
        let run = azure.run(format!("apim api list {APIM}"));
        run.error(1);
        assert!(run.stderr.contains(part), "{run}");
        assert_eq!(run.stderr.contains("lacks a role"), code == "AuthorizationFailed", "{run}");
    }
}

#[test]
fn a_folder_or_document_that_is_missing_is_named() {
    let azure = azure();
    let run = azure.run(format!("apic api register {CENTER} -l gone --recursive"));
    assert!(run.error(1).contains("cannot read gone"), "{run}");
    for line in [
        "apic api create --api-id bare --title Bare --type rest",
        "apic api version create --api-id bare --version-id v1-0 --title v1 --lifecycle-stage design",
        "apic api definition create --api-id bare --version-id v1-0 --definition-id doc --title d",
    ] {
        azure.ok(format!("{line} {CENTER}"));
    }
    let export = format!(
        "apic api definition export-specification {CENTER} --api-id bare --version-id v1-0 --file-name f.json"
    );
    let run = azure.run(format!("{export} --definition-id doc"));
    assert!(run.error(3).starts_with("the definition has no document"), "{run}");
    assert!(run.stderr.contains("import-specification") && !azure.folder().join("f.json").exists(), "{run}");
    assert!(azure.run(format!("{export} --definition-id nope")).error(3).contains("'nope'"));
}

#[test]
fn a_refusal_of_entra_and_a_web_page_are_shown_for_what_they_are() {
    let refusal = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Don\u0027t use it.\r\nTrace ID: 1"}"#;
    let page = "<!DOCTYPE html><html><head><title>Sign in to the network</title></head></html>";
    for (status, body, parts) in [
        ("401 Unauthorized", refusal, ["AADSTS7000215: Don't use it. Trace ID: 1", "not its id"]),
        ("200 OK", page, ["HTML: 'Sign in to the network'", "proxy"]),
        ("403 Forbidden", page, ["HTML: 'Sign in to the network'", "proxy"]),
    ] {
        let endpoint = serve(status, body);
        let mut sandbox = Sandbox::new(&[]);
        for (name, value) in [
            ("AZR_TOKEN_CACHE", "off"),
            ("AZURE_AUTHORITY_HOST", &endpoint),
            ("AZURE_TENANT_ID", TENANT),
            ("AZURE_CLIENT_ID", CLIENT),
            ("AZURE_CLIENT_SECRET", "s"),
        ] {
            sandbox.set(name, value);
        }
        let show = "apim show -g g -n n --subscription 00000000-0000-0000-0000-000000000000";
        let run = assert_explained(&sandbox, 1, &words(show), &parts);
        assert!(!run.stderr.contains("line 1 column"), "{run}");
    }
}

/// Starts a server that gives every request the same response; returns its URL.
fn serve(status: &str, body: &str) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let kind = if body.starts_with('<') { "text/html" } else { "application/json" };
    let length = body.len();
    let response = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            // The whole request, as far as it arrives in one piece, so that closing does not reset the connection.
            drop(stream.read(&mut vec![0; 1 << 16]));
            drop(stream.write_all(response.as_bytes()));
        }
    });
    url
}
