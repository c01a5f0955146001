//! Surroundings that cannot work: no login, a wrong token, an endpoint that is wrong or silent.

use crate::support::{APIM, Azure, Shell};

const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";

/// A shell that reaches nothing: no emulator, no login, no programs to ask for one.
fn nowhere(variables: &[(&str, &str)]) -> Shell {
    let mut shell = Shell::new(&[("AZURE_SUBSCRIPTION_ID", SUBSCRIPTION), ("PATH", "/nonexistent")]);
    for (name, value) in variables {
        shell.set(name, value);
    }
    shell
}

#[test]
fn no_login_is_one_error_that_says_how() {
    let shell = nowhere(&[]);
    let run = shell.run(format!("apim show {APIM}"));
    run.error(1);
    assert!(run.stderr.contains("az login"), "{}", run.story());
}

#[test]
fn no_subscription_is_one_error_that_says_how() {
    let shell = nowhere(&[("AZURE_SUBSCRIPTION_ID", ""), ("AZR_ACCESS_TOKEN", "any")]);
    for line in [format!("apim show {APIM}"), "apic list".to_owned(), "account show".to_owned()] {
        let run = shell.run(&line);
        run.error(1);
        let hint = run.stderr.lines().nth(1).unwrap_or_default();
        for way in ["azr login", "az login", "--subscription", "AZURE_SUBSCRIPTION_ID"] {
            assert!(hint.contains(way), "the hint does not name {way}\n{}", run.story());
        }
    }
    let run = shell.run(format!("apim show {APIM} --subscription Nobody"));
    assert!(run.error(1).contains("Nobody"), "{}", run.story());
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
        assert!(run.stderr.contains("AZR_ACCESS_TOKEN"), "{}", run.story());
    }
    assert_eq!(azure.files(), ["spec.json"]);
    azure.set("AZR_ACCESS_TOKEN", "two words");
    azure.run(format!("apim show {APIM}")).error(1);
}

#[test]
fn plain_http_to_another_machine_is_refused() {
    let shell = nowhere(&[("AZR_ACCESS_TOKEN", crate::support::TOKEN)]);
    for endpoint in [
        "http://management.example",
        "http://192.0.2.1:4280",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1",
        "nonsense",
    ] {
        let run = shell.run(format!("apim show {APIM} --arm-endpoint {endpoint}"));
        assert!(run.error(1).contains("--arm-endpoint"), "{}", run.story());
    }
}

#[test]
fn an_endpoint_that_nobody_listens_at_is_one_error() {
    let mut shell = nowhere(&[("AZR_ACCESS_TOKEN", "any")]);
    // A port that was free a moment ago; whoever takes it in between does not speak HTTP to us either.
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    shell.set("AZR_ARM_ENDPOINT", &format!("http://127.0.0.1:{port}"));
    let run = shell.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains(&port.to_string()), "{}", run.story());
}

#[test]
fn a_cloud_that_nobody_knows_is_one_error() {
    let shell = nowhere(&[("AZURE_CLOUD_NAME", "AzureMoon"), ("AZR_ACCESS_TOKEN", "any")]);
    let run = shell.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("AzureMoon"), "{}", run.story());
}

#[test]
fn helping_needs_nothing() {
    let shell = nowhere(&[]);
    for line in ["--help", "apic --help", "apic api register --help", "apim api export -h", "--version"] {
        let run = shell.run(line);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.story());
        assert!(!run.bytes.is_empty());
    }
    assert!(shell.run("apic api register --help").stdout().contains("Examples:"));
}
