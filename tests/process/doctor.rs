//! `azr doctor`: what is not as it should be is told, with what mends it.

use serde_json::Value;

use crate::support::{APIM_ID, Azure, CENTER, InProcessAzure, Run, Sandbox};

/// The state and the mend of a check.
fn found(run: &Run, check: &str) -> (String, String) {
    let all: Value = serde_json::from_slice(&run.stdout_bytes).unwrap_or_else(|e| panic!("{e}\n{run}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = all.as_array().expect("a list").iter().find(|finding| finding["check"] == check);
    let one = one.unwrap_or_else(|| panic!("nothing about {check}\n{run}"));
    (text(&one["state"]), text(&one["mend"]))
}

fn with_faults(rules: &str) -> Azure {
    Azure::start_with_args(&["--sample", "--faults", rules])
}

#[test]
fn each_mend_mends_until_all_is_well() {
    let azure = Azure::start();
    let doctor = format!("doctor {CENTER} --apim-name myAPIManagement");
    let run = azure.run(&doctor);
    assert_eq!(run.code, Some(1), "{run}");
    for check in ["endpoint", "clock", "signed in", "subscription", "read API Management", "write API Center"]
    {
        assert_eq!(found(&run, check).0, "ok", "{check}\n{run}");
    }
    // First an identity, then its role.
    for _ in 0..2 {
        let (state, mend) = found(&azure.run(&doctor), "center's identity");
        assert_eq!(state, "not ok");
        let words = shlex::split(&mend).expect("a command line");
        azure.run_args(&words[1..]).expect_success();
    }
    let run = azure.ok(&doctor);
    assert_eq!(found(&run, "center's identity"), ("ok".to_owned(), String::new()));
    let table = azure.ok(format!("{doctor} -o table"));
    assert!(table.text().contains("ok       center's identity"), "{}", table.text());
}

#[test]
fn what_is_forbidden_is_told_with_the_role_that_allows_it() {
    let azure = with_faults("GET *Microsoft.ApiManagement* status=403 code=AuthorizationFailed");
    let run = azure.run(format!("doctor {CENTER} --apim-name myAPIManagement"));
    let (state, mend) = found(&run, "read API Management");
    assert_eq!(state, "not ok", "{run}");
    let grant = "azr role assignment create --role \"API Management Service Reader Role\" ";
    assert!(mend.starts_with(grant) && mend.ends_with(&format!(" --scope {APIM_ID}")), "{mend}");
    assert_eq!(found(&run, "write API Center").0, "ok");
}

#[test]
fn a_clock_that_is_off_and_an_endpoint_that_is_away_are_told() {
    let azure = with_faults("* * skew=3600");
    let run = azure.run("doctor");
    let (state, mend) = found(&run, "clock");
    assert_eq!((run.code, state.as_str()), (Some(1), "not ok"), "{run}");
    assert!(mend.contains("clock"), "{mend}");
    let mut sandbox = Sandbox::new(&[]);
    // Nothing listens there.
    sandbox.set("AZR_ARM_ENDPOINT", "http://127.0.0.1:9");
    let run = sandbox.run("doctor");
    assert_eq!((run.code, found(&run, "endpoint").0.as_str()), (Some(1), "not ok"), "{run}");
    assert_eq!(found(&run, "signed in").0, "not tried");
}

#[test]
fn nobody_signed_in_and_settings_that_cannot_be_read_are_told() {
    let azure = Azure::start();
    let mut sandbox = Sandbox::new(&[]);
    sandbox.set("AZR_ARM_ENDPOINT", azure.endpoint());
    let run = sandbox.run("doctor");
    assert_eq!((run.code, found(&run, "signed in").0.as_str()), (Some(1), "not ok"), "{run}");
    let mut local = InProcessAzure::new();
    local.set("AZURE_CORE_DISABLE_CONFIRM_PROMPT", "maybe");
    let (state, mend) = found(&local.run("doctor -o json"), "settings");
    assert!(state == "not ok" && mend.contains("core.disable_confirm_prompt"), "{state} {mend}");
    assert_eq!(local.run("doctor -n myAPICenter").code, Some(2));
}
