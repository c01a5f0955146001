//! `azr doctor`: it reports what is wrong, with the command that fixes it.

use serde_json::Value;

use crate::support::{APIM_ID, Azure, CENTER, InProcessAzure, Run, Sandbox};

/// The state of a check and the fix that it suggests.
fn result_of(run: &Run, check: &str) -> (String, String) {
    let findings: Value = serde_json::from_slice(&run.stdout_bytes).unwrap_or_else(|e| panic!("{e}\n{run}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let finding = findings.as_array().expect("a list").iter().find(|finding| finding["check"] == check);
    let finding = finding.unwrap_or_else(|| panic!("no finding for {check}\n{run}"));
    (text(&finding["state"]), text(&finding["mend"]))
}

fn with_faults(rules: &str) -> Azure {
    Azure::start_with_args(&["--sample", "--faults", rules])
}

#[test]
fn each_suggested_command_fixes_its_check() {
    let azure = Azure::start();
    let doctor = format!("doctor {CENTER} --apim-name myAPIManagement");
    let run = azure.run(&doctor);
    assert_eq!(run.code, Some(1), "{run}");
    for check in ["endpoint", "clock", "signed in", "subscription", "read API Management", "write API Center"]
    {
        assert_eq!(result_of(&run, check).0, "ok", "{check}\n{run}");
    }
    // First the identity is created, then its role is assigned.
    for _ in 0..2 {
        let (state, fix) = result_of(&azure.run(&doctor), "center's identity");
        assert_eq!(state, "not ok");
        let words = shlex::split(&fix).expect("a command line");
        azure.run_args(&words[1..]).expect_success();
    }
    let run = azure.ok(&doctor);
    assert_eq!(result_of(&run, "center's identity"), ("ok".to_owned(), String::new()));
    let table = azure.ok(format!("{doctor} -o table"));
    assert!(table.text().contains("ok       center's identity"), "{}", table.text());
}

#[test]
fn a_forbidden_read_is_reported_with_the_role_that_allows_it() {
    let azure = with_faults("GET *Microsoft.ApiManagement* status=403 code=AuthorizationFailed");
    let run = azure.run(format!("doctor {CENTER} --apim-name myAPIManagement"));
    let (state, fix) = result_of(&run, "read API Management");
    assert_eq!(state, "not ok", "{run}");
    let grant = "azr role assignment create --role \"API Management Service Reader Role\" ";
    assert!(fix.starts_with(grant) && fix.ends_with(&format!(" --scope {APIM_ID}")), "{fix}");
    assert_eq!(result_of(&run, "write API Center").0, "ok");
}

#[test]
fn a_wrong_clock_and_an_unreachable_endpoint_are_reported() {
    let azure = with_faults("* * skew=3600");
    let run = azure.run("doctor");
    let (state, fix) = result_of(&run, "clock");
    assert_eq!((run.code, state.as_str()), (Some(1), "not ok"), "{run}");
    assert!(fix.contains("clock"), "{fix}");
    let mut sandbox = Sandbox::new(&[]);
    // There is no server at this port.
    sandbox.set("AZR_ARM_ENDPOINT", "http://127.0.0.1:9");
    let run = sandbox.run("doctor");
    assert_eq!((run.code, result_of(&run, "endpoint").0.as_str()), (Some(1), "not ok"), "{run}");
    assert_eq!(result_of(&run, "signed in").0, "not tried");
}

#[test]
fn a_missing_login_and_invalid_settings_are_reported() {
    let azure = Azure::start();
    let mut sandbox = Sandbox::new(&[]);
    sandbox.set("AZR_ARM_ENDPOINT", azure.endpoint());
    let run = sandbox.run("doctor");
    assert_eq!((run.code, result_of(&run, "signed in").0.as_str()), (Some(1), "not ok"), "{run}");
    let mut local = InProcessAzure::new();
    local.set("AZURE_CORE_DISABLE_CONFIRM_PROMPT", "maybe");
    let (state, fix) = result_of(&local.run("doctor -o json"), "settings");
    assert!(state == "not ok" && fix.contains("core.disable_confirm_prompt"), "{state} {fix}");
    assert_eq!(local.run("doctor -n myAPICenter").code, Some(2));
}

#[test]
fn a_goal_checks_what_it_requires() {
    let azure = Azure::start();
    let services = format!("{CENTER} --apim-name myAPIManagement");
    let checks = |run: &Run| -> Vec<String> {
        let findings: Value =
            serde_json::from_slice(&run.stdout_bytes).unwrap_or_else(|e| panic!("{e}\n{run}"));
        let names = findings.as_array().expect("a list").iter().map(|finding| finding["check"].as_str());
        names.map(|name| name.expect("a name").to_owned()).collect()
    };
    // The import by azr does not need the identity of the center.
    let import = azure.ok(format!("doctor import {services}"));
    assert!(!checks(&import).contains(&"center's identity".to_owned()), "{import}");
    let export = checks(&azure.ok(format!("doctor export {services}")));
    assert!(export.contains(&"read API Management".to_owned()), "{export:?}");
    assert!(!export.contains(&"write API Center".to_owned()), "{export:?}");
    let register = checks(&azure.ok(format!("doctor register {services}")));
    assert!(!register.contains(&"read API Management".to_owned()), "{register:?}");
    let sync = azure.run(format!("doctor sync {services}"));
    assert_eq!((sync.code, result_of(&sync, "center's identity").0.as_str()), (Some(1), "not ok"), "{sync}");
    // Without the names, the options to give are named.
    let run = azure.ok("doctor import");
    assert_eq!(result_of(&run, "write API Center").0, "not tried");
    assert!(run.stdout().contains("azr doctor import -g GROUP -n CENTER --apim-name SERVICE"), "{run}");
    assert_eq!(azure.run("doctor nonsense").code, Some(2));
}
