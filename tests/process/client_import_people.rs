//! `import-from-apim --mode client` and what people do in the center and in API Management between two imports.

use serde_json::json;

use crate::client_import::{counts, import};
use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, strings};

fn api_names(azure: &Azure) -> Vec<String> {
    let names = azure.json(format!("apic api list {CENTER} --query [].name"));
    strings(&names).into_iter().map(str::to_owned).collect()
}

#[test]
fn an_api_that_is_put_into_a_version_set_is_not_duplicated() {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    let before = api_names(&azure);
    azure.ok(format!(
        "apim api versionset create {APIM} --display-name Weather --versioning-scheme Segment --version-set-id set1"
    ));
    let body = json!({"properties": {"displayName": "Weather", "path": "weather", "protocols": ["https"],
        "apiVersionSetId": format!("{APIM_ID}/apiVersionSets/set1")}});
    azure.request_ok("PUT", &format!("{APIM_ID}/apis/weather"), &body.to_string());
    for _ in 0..2 {
        import(&azure, "--apim-apis '*' --prune").expect_success();
        assert_eq!(api_names(&azure), before);
    }
}

#[test]
fn an_api_that_lost_its_provenance_is_recognized_and_said_so() {
    let azure = Azure::start();
    import(&azure, "--apim-apis weather").expect_success();
    let before = api_names(&azure);
    let weather = format!("{CENTER_ID}/workspaces/default/apis/weather");
    let mut api = azure.json(format!("apic api show {CENTER} --api-id weather"));
    for member in ["id", "name", "type", "resourceGroup", "systemData"] {
        api.as_object_mut().expect("an object").shift_remove(member);
    }
    api["customProperties"] = json!({});
    azure.request_ok("PUT", &weather, &json!({"properties": api}).to_string());
    let run = import(&azure, "--apim-apis weather").expect_success();
    assert!(run.stderr.contains("had lost its provenance"), "{run}");
    assert_eq!(api_names(&azure), before);
    assert_eq!(counts(&import(&azure, "--apim-apis weather").expect_success().json()), [0, 0, 1, 0, 0]);
}

#[test]
fn prune_keeps_what_people_edited() {
    let azure = Azure::start();
    import(&azure, "--apim-apis museum weather").expect_success();
    azure.ok(format!("apic api update {CENTER} --api-id museum --title 'Our museum'"));
    azure.ok(format!(
        "apic api version update {CENTER} --api-id weather --version-id original --title 'Our version'"
    ));
    for api in ["museum", "weather"] {
        azure.ok(format!("apim api delete {APIM} --api-id {api} --delete-revisions true --yes"));
    }
    let run = import(&azure, "--apim-apis '*' '!my*' --prune").expect_success();
    assert!(run.stderr.contains("the API stays, because people edited its title"), "{run}");
    assert!(run.stderr.contains("the version original stays, because people edited its title"), "{run}");
    let names = api_names(&azure);
    assert!(["museum", "weather"].iter().all(|name| names.iter().any(|n| n == name)), "{names:?}");
}

#[cfg(unix)]
#[test]
fn at_a_terminal_azr_asks_before_it_deletes() {
    use crate::support::run_with_input;

    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    azure.ok(format!("apim api delete {APIM} --api-id museum --yes"));
    let line = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --mode client --apim-apis '*' --prune -o none"
    );
    let run = run_with_input(&azure, 80, &line, &[("NO_COLOR", "1")], "n\n");
    assert_eq!(run.code, Some(1), "{run}");
    let text = run.stdout();
    assert!(text.contains("To be deleted from the API center 'myAPICenter':"), "{text}");
    assert!(text.contains("API museum") && text.contains("(y/n)"), "{text}");
    assert!(api_names(&azure).contains(&"museum".to_owned()));
    let run = run_with_input(&azure, 80, &line, &[("NO_COLOR", "1")], "y\n");
    assert_eq!(run.code, Some(0), "{run}");
    assert!(!api_names(&azure).contains(&"museum".to_owned()));
    // Nothing to delete, nothing to ask; and --yes does not ask.
    azure.ok(format!("apim api delete {APIM} --api-id ticker --yes"));
    for more in ["--yes", ""] {
        let run = run_with_input(&azure, 80, &format!("{line} {more}"), &[("NO_COLOR", "1")], "");
        assert_eq!((run.code, run.stdout().contains("(y/n)")), (Some(0), false), "{run}");
    }
}
