//! The mistakes of a first import: the error names what is wrong, and the hint the next step.

use crate::support::{APIM, Azure, CENTER, InProcessAzure, Sandbox};

#[test]
fn a_mistaken_name_is_explained() {
    let azure = InProcessAzure::new();
    let import = format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '*'");
    let swapped = import
        .replace("myAPIManagement", "service")
        .replace("myAPICenter", "myAPIManagement")
        .replace("service", "myAPICenter");
    let names = "'myAPICenter' is an API center: -n is the name of the API center, and --apim-name";
    for (line, error, hint) in [
        (
            import.replace("myAPIManagement", "myAPIManagment") + " --mode client",
            "The API Management service 'myAPIManagment' does not exist",
            "azr apim list -g myResourceGroup",
        ),
        (
            import.replace("myAPICenter", "myAPICentre") + " --mode client",
            "The API center 'myAPICentre' does not exist in the resource group 'myResourceGroup'",
            "azr apic list -g myResourceGroup",
        ),
        (
            import.replace("myAPICenter", "myAPICentre"),
            "The API center 'myAPICentre' does not exist",
            "azr apic list",
        ),
        (import.replace("myResourceGroup", "myGroup"), "'myGroup'", "azr group list"),
        (
            swapped.clone() + " --mode client",
            "The API Management service 'myAPICenter' does not exist",
            names,
        ),
        (swapped + " --dry-run", "The API Management service 'myAPICenter' does not exist", names),
        (
            import.replace("'*'", "weathr") + " --mode client",
            "myAPIManagement does not have an API 'weathr'",
            "azr apim api list -g myResourceGroup -n myAPIManagement",
        ),
        (import.clone() + " --subscription Prod", "subscription 'Prod' does not exist", "'Example Sub'"),
        (import.clone(), "does not have a managed identity", "--identity type=SystemAssigned"),
        (import.replace("--apim-name myAPIManagement", ""), "requires --apim-name <NAME>", "Usage:"),
    ] {
        let run = azure.run(&line);
        assert!(run.code != Some(0) && run.stdout().is_empty(), "{run}");
        assert!(run.stderr.contains(error) && run.stderr.contains(hint), "{error} / {hint}\n{run}");
        assert_eq!(run.stderr.matches("ERROR: ").count(), 1, "{run}");
    }
    let run = azure.ok(import.replace("'*'", "'wx-*'") + " --mode client");
    assert!(run.stderr.contains("no API of myAPIManagement matches 'wx-*'"), "{run}");
    assert!(!run.stderr.contains("Found no"), "the same is said twice: {run}");
}

#[test]
fn a_variable_in_single_quotes_is_explained_once() {
    let azure = InProcessAzure::new();
    let definition = format!("{CENTER} --api-id a1b --version-id v1 --definition-id openapi");
    let run = azure.run(format!(
        "apic api definition import-specification {definition} --format link --value '$link' --specification name=openapi"
    ));
    assert_eq!(run.error(1), "--value: '$link' is the name of a variable, not its value");
    assert_eq!(run.stderr.matches("single quotes").count(), 1, "{run}");
}

#[test]
fn a_swap_is_explained_when_azure_imports() {
    let azure = InProcessAzure::new();
    let swapped =
        "apic import-from-apim -g myResourceGroup -n myAPIManagement --apim-name myAPICenter --apim-apis '*'";
    let run = azure.run(swapped);
    assert!(run.stderr.contains("The API center 'myAPIManagement' does not exist"), "{run}");
    assert!(run.stderr.contains("Hint: 'myAPICenter' is an API center: -n is the name"), "{run}");
}

#[test]
fn a_missing_login_is_explained() {
    let sandbox = Sandbox::new(&[]);
    let run = sandbox.run(format!("apic api list {CENTER}"));
    assert!(run.error(1).contains("no account is signed in"), "{run}");
    assert!(run.stderr.contains("Hint: Sign in with azr login or az login"), "{run}");
    let mut azure = Azure::start_with("--sample --sign-in");
    azure.set("AZR_ACCESS_TOKEN", "expired");
    let run = azure.run(format!("apim api list {APIM}"));
    assert!(
        run.stderr.contains("Hint: Sign in again (azr login or az login), or check AZR_ACCESS_TOKEN"),
        "{run}"
    );
}

#[test]
fn missing_permissions_and_limits_are_explained() {
    let import =
        format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '*' --mode client");
    let forbidden = "PUT */workspaces/default/apis/* status=403 code=AuthorizationFailed";
    let azure = Azure::start_with_args(&["--sample", "--faults", forbidden]);
    let run = azure.run(&import);
    assert_eq!(run.code, Some(4), "{run}");
    // The same command would fail again.
    let hint =
        "Hint: A role is missing; azr doctor -g GROUP -n CENTER names it. Then run the same command again.";
    assert!(run.stderr.contains(hint), "{run}");
    let mut azure = Azure::start_with_args(&["--sample", "--faults", "GET */apis* status=429 retry-after=1"]);
    azure.set("AZR_TEST_MAX_PAUSE_MS", "1");
    let run = azure.run(format!("apic api list {CENTER}"));
    assert!(run.stderr.contains("Hint: azr has waited and repeated the request"), "{run}");
    let azure = Azure::start_with_args(&["--sample", "--apis", "200", "--plan", "free"]);
    let run = azure.run(&import);
    assert_eq!(run.code, Some(4), "{run}");
    let reason = "skipped: API Center allows 200 APIs in the Free plan, and 10000 in the Standard plan\n";
    assert!(run.stderr.contains(reason), "{run}");
    assert!(run.stderr.contains("NOTE: ticker is a WebSocket API, which has no definition\n"), "{run}");
}
