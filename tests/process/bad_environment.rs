//! Environments in which no command can work: no login, a wrong token, a wrong endpoint.

use crate::support::{APIM, Azure, Sandbox};

const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";

/// A sandbox without an emulator, a login, or programs that have one.
fn offline(variables: &[(&str, &str)]) -> Sandbox {
    let mut sandbox = Sandbox::new(&[("AZURE_SUBSCRIPTION_ID", SUBSCRIPTION), ("PATH", "/nonexistent")]);
    for (name, value) in variables {
        sandbox.set(name, value);
    }
    sandbox
}

#[test]
fn no_login_is_one_error_that_says_how_to_sign_in() {
    let sandbox = offline(&[]);
    let run = sandbox.run(format!("apim show {APIM}"));
    run.error(1);
    assert!(run.stderr.contains("az login"), "{run}");
}

#[test]
fn no_subscription_is_one_error_that_says_how_to_choose_one() {
    let sandbox = offline(&[("AZURE_SUBSCRIPTION_ID", ""), ("AZR_ACCESS_TOKEN", "any")]);
    for line in [format!("apim show {APIM}"), "apic list".to_owned(), "account show".to_owned()] {
        let run = sandbox.run(&line);
        run.error(1);
        let hint = run.stderr.lines().nth(1).unwrap_or_default();
        for option in ["azr login", "az login", "--subscription", "AZURE_SUBSCRIPTION_ID"] {
            assert!(hint.contains(option), "the hint does not name {option}\n{run}");
        }
    }
    let run = sandbox.run(format!("apim show {APIM} --subscription Nobody"));
    assert!(run.error(1).contains("Nobody"), "{run}");
}

#[test]
fn a_wrong_token_is_one_error() {
    let mut azure = Azure::start();
    azure
        .write("spec.json", r#"{"openapi": "3.0.1", "info": {"title": "T", "version": "1.0"}, "paths": {}}"#);
    azure.set("AZR_ACCESS_TOKEN", "expired");
    for line in [
        format!("apim show {APIM}"),
        "apic list".to_owned(),
        "apic api register -g myResourceGroup -n myAPICenter -l spec.json".to_owned(),
        format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f ."),
        "role assignment list --all".to_owned(),
    ] {
        let run = azure.run(&line);
        run.error(1);
        assert!(run.stderr.contains("AZR_ACCESS_TOKEN"), "{run}");
    }
    assert_eq!(azure.files(), ["spec.json"]);
    azure.set("AZR_ACCESS_TOKEN", "two words");
    azure.run(format!("apim show {APIM}")).error(1);
}

#[test]
fn plain_http_to_another_machine_is_refused() {
    let sandbox = offline(&[("AZR_ACCESS_TOKEN", crate::support::TOKEN)]);
    for endpoint in [
        "http://management.example",
        "http://192.0.2.1:4280",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1",
        "nonsense",
    ] {
        let run = sandbox.run(format!("apim show {APIM} --arm-endpoint {endpoint}"));
        assert!(run.error(1).contains("--arm-endpoint"), "{run}");
    }
}

#[test]
fn an_endpoint_without_a_server_is_one_error() {
    let mut sandbox = offline(&[("AZR_ACCESS_TOKEN", "any")]);
    // A port that was free a moment ago.
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    sandbox.set("AZR_ARM_ENDPOINT", &format!("http://127.0.0.1:{port}"));
    let run = sandbox.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains(&port.to_string()), "{run}");
}

#[test]
fn an_unknown_cloud_is_one_error() {
    let sandbox = offline(&[("AZURE_CLOUD_NAME", "AzureMoon"), ("AZR_ACCESS_TOKEN", "any")]);
    let run = sandbox.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("AzureMoon"), "{run}");
}

#[test]
fn help_needs_no_login() {
    let sandbox = offline(&[]);
    for line in ["--help", "apic --help", "apic api register --help", "apim api export -h", "--version"] {
        let run = sandbox.run(line);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run}");
        assert!(!run.stdout_bytes.is_empty());
    }
    assert!(sandbox.run("apic api register --help").stdout().contains("Examples:"));
}
