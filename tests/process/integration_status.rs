//! `azr apic integration status`: what an integration has synchronized, compared with API Management.

use serde_json::{Value, json};

use crate::client_import::import;
#[cfg(unix)]
use crate::support::run_at_terminal;
use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, Sandbox};

const READER: &str = "'API Management Service Reader Role'";

/// Links the sample's center to its service with an environment of its own, and lets the service synchronize.
pub(crate) fn synchronize(azure: &Sandbox) {
    let identity =
        format!("apic update {CENTER} --identity type=SystemAssigned --query identity.principalId -o tsv");
    let principal = azure.ok(identity).text().to_owned();
    let assignee = format!("--assignee-object-id {principal} --assignee-principal-type ServicePrincipal");
    azure.ok(format!("role assignment create --role {READER} {assignee} --scope {APIM_ID} -o none"));
    azure.ok(format!(
        "apic environment create {CENTER} --environment-id gate --title Gate --type production -o none"
    ));
    azure.ok(format!(
        "apic integration create apim {CENTER} -i sync --azure-apim {APIM_ID} --target-environment-id \
         /workspaces/default/environments/gate -o none"
    ));
}

fn status(azure: &Sandbox) -> Value {
    let statuses = azure.json(format!("apic integration status {CENTER} -o json"));
    assert_eq!(statuses.as_array().map(Vec::len), Some(1), "{statuses}");
    statuses[0].clone()
}

fn api<'a>(status: &'a Value, name: &str) -> &'a Value {
    let apis = status["apis"].as_array().expect("a list");
    apis.iter().find(|api| api["name"] == name).unwrap_or_else(|| panic!("no {name}: {status}"))
}

#[test]
fn apis_are_up_to_date_until_api_management_changes() {
    let azure = Azure::start_with("--sample --log log.jsonl --quirks late-sync");
    synchronize(&azure);
    // What azr imports beside the link, and what people register in the center, belongs to nobody's link.
    import(&azure, "--apim-apis weather --beside-link").expect_success();
    azure.ok(format!("apic api create {CENTER} --api-id by-hand --title Mine --type rest -o none"));
    let before = azure.log("log.jsonl").len();
    let synchronized = status(&azure);
    let counts = json!({"upToDate": 11, "late": 0, "missing": 0, "stale": 0, "notCompared": 1});
    assert_eq!(
        (&synchronized["counts"], &synchronized["state"]),
        (&counts, &json!("syncing")),
        "{synchronized}"
    );
    assert_eq!(synchronized["compared"], true);
    assert_eq!(synchronized["environment"], "gate");
    assert!(synchronized["lastUpdatedOn"].is_string());
    azure.ok(format!("apic integration status {CENTER} --name SYNC --detailed-exitcode"));
    let requests = &azure.log("log.jsonl")[before..];
    assert!(requests.iter().all(|request| request["method"] == "GET"), "it changed something");

    azure.ok(format!("apim api update {APIM} --api-id weather --display-name Climate -o none"));
    azure.ok(format!("apim api delete {APIM} --api-id museum --yes"));
    azure.ok(format!(
        "apim api create {APIM} --api-id fresh --path fresh --display-name Fresh --protocols https -o none"
    ));
    let changed = status(&azure);
    assert_eq!(api(&changed, "weather")["state"], "late");
    assert_eq!(api(&changed, "weather")["differences"], json!(["title"]));
    assert_eq!(api(&changed, "fresh")["state"], "missing");
    assert_eq!(api(&changed, "fresh")["centerApi"], Value::Null);
    let stale: Vec<&Value> =
        changed["apis"].as_array().expect("a list").iter().filter(|api| api["state"] == "stale").collect();
    assert_eq!(stale.len(), 1, "{changed}");
    assert_eq!((&stale[0]["name"], &stale[0]["title"]), (&Value::Null, &json!("Museum")));
    assert!(stale[0]["centerApi"].is_string());
    let run = azure.run(format!("apic integration status {CENTER} -i sync --detailed-exitcode -o tsv"));
    assert_eq!(run.code, Some(5), "{run}");
    #[cfg(unix)]
    {
        let run = run_at_terminal(&azure, 80, &format!("apic integration status {CENTER}"), &[]);
        for line in [
            "9 up to date, 1 late, 1 missing",
            "  late     weather (Climate): title",
            "  missing  fresh (Fresh)",
            "  stale    ",
            "docs/integrations.md",
        ] {
            assert!(run.stdout().contains(line), "{line}\n{run}");
        }
    }
}

#[test]
fn an_integration_follows_api_management() {
    let azure = Azure::start();
    synchronize(&azure);
    azure.ok(format!("apim api update {APIM} --api-id weather --display-name Climate -o none"));
    azure.ok(format!("apim api delete {APIM} --api-id museum --yes"));
    let followed = status(&azure);
    assert_eq!(api(&followed, "weather")["state"], "upToDate", "{followed}");
    assert_eq!(api(&followed, "weather")["title"], "Climate");
    assert_eq!(followed["counts"]["stale"], 0, "{followed}");
}

#[test]
fn an_integration_that_cannot_be_compared_is_shown_with_the_reason() {
    let rule = format!("GET {APIM_ID}/apis status=403");
    let azure = Azure::start_with_args(&["--sample", "--faults", &rule]);
    azure.ok(format!("apic integration create apim {CENTER} -i sync --azure-apim {APIM_ID} -o none"));
    let gateway =
        "-a https://v.vault.azure.net/secrets/k -s https://v.vault.azure.net/secrets/s -r us-east-2";
    azure.ok(format!("apic integration create aws {CENTER} -i gateway {gateway} -o none"));
    let run = azure.run(format!("apic integration status {CENTER} --detailed-exitcode -o json"));
    assert_eq!(run.code, Some(4), "{run}");
    assert!(
        run.stderr.contains("WARNING: sync cannot be compared: myAPIManagement cannot be read: "),
        "{run}"
    );
    let statuses = run.json();
    let sync = statuses.as_array().expect("a list").iter().find(|status| status["name"] == "sync");
    let sync = sync.unwrap_or_else(|| panic!("no sync\n{run}"));
    assert_eq!((&sync["state"], &sync["compared"]), (&json!("error"), &json!(false)), "{run}");
    assert!(sync["message"].is_string() && sync["problem"].is_string(), "{run}");
    let aws = azure.run(format!("apic integration status {CENTER} -i gateway -o json"));
    assert_eq!((aws.code, &aws.json()[0]["compared"]), (Some(0), &json!(false)), "{aws}");
}

#[test]
fn a_center_without_integrations_has_an_empty_status() {
    let azure = Azure::start();
    assert_eq!(azure.json(format!("apic integration status {CENTER} -o json")), json!([]));
    let missing = azure.run(format!("apic integration status {CENTER} -i nobody"));
    assert_eq!(missing.error(3), "integration 'nobody' does not exist in myAPICenter");
    let ids = azure.ok(format!("apic integration status --ids {CENTER_ID} --query length(@)"));
    assert_eq!(ids.text(), "0");
}

#[test]
fn a_link_without_an_environment_is_recognized_by_the_url_of_the_gateway() {
    let azure = Azure::start();
    synchronize(&azure);
    azure.ok(format!("apic integration delete {CENTER} -i sync --yes"));
    azure.ok(format!("apic integration create apim {CENTER} -i sync --azure-apim {APIM_ID} -o none"));
    let status = status(&azure);
    assert_eq!(
        (&status["counts"]["upToDate"], &status["environment"]),
        (&json!(11), &Value::Null),
        "{status}"
    );
}
