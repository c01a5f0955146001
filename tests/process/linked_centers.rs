//! Centers that API Center itself synchronizes with API Management: imports beside that.

use crate::client_import::{counts, import};
use crate::support::{APIM_ID, Azure, CENTER, CENTER_ID};

/// Links the sample's center to its service, whose id is written in another case.
pub(crate) fn link(azure: &Azure) {
    azure.ok(format!(
        "apic integration create apim {CENTER} -i sync --azure-apim {} -o none",
        APIM_ID.replace("myAPIManagement", "MYAPIMANAGEMENT").replace("myResourceGroup", "MyResourceGroup")
    ));
}

/// The requests that changed something.
fn writes(azure: &Azure) -> usize {
    azure.log("log.jsonl").iter().filter(|request| request["method"] != "GET").count()
}

#[test]
fn a_client_import_beside_a_link_is_refused_before_anything_is_written() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    link(&azure);
    let before = writes(&azure);
    let refused = import(&azure, "--apim-apis '*' --report r.json");
    let message = "myAPICenter already synchronizes myAPIManagement by the integration sync; an import would create \
                   its APIs a second time";
    assert_eq!(refused.error(1), message, "{refused}");
    assert!(
        refused.stderr.contains("azr apic integration status -g myResourceGroup -n myAPICenter"),
        "{refused}"
    );
    assert!(refused.stderr.contains("--beside-link"), "{refused}");

    let plan = import(&azure, "--apim-apis weather --dry-run").expect_success();
    let warning = format!("WARNING: {message}. Without --beside-link it will be refused.");
    assert!(plan.stderr.contains(&warning), "{plan}");
    assert_eq!(plan.json()["create"], 1, "{plan}");
    assert_eq!((writes(&azure), azure.files()), (before, vec!["log.jsonl".to_owned()]));

    let accepted = import(&azure, "--apim-apis weather --beside-link").expect_success();
    assert_eq!(counts(&accepted.json())[0], 1, "{accepted}");
    assert!(accepted.stderr.contains(&format!("WARNING: {message}.")), "{accepted}");
}

#[test]
fn links_to_other_services_do_not_matter() {
    let azure = Azure::start();
    let gateway =
        "-a https://v.vault.azure.net/secrets/k -s https://v.vault.azure.net/secrets/s -r us-east-2";
    azure.ok(format!("apic integration create aws {CENTER} -i gateway {gateway} -o none"));
    let other = APIM_ID.replace("myAPIManagement", "myAPIManagement2");
    azure.ok(format!("apic integration create apim {CENTER} -i other --azure-apim {other} -o none"));
    let run = import(&azure, "--apim-apis weather").expect_success();
    assert_eq!((counts(&run.json())[0], run.stderr.contains("WARNING")), (1, false), "{run}");
    let usage = azure.run(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '*' --beside-link"
    ));
    assert_eq!(usage.error(2), "--beside-link needs --mode client");
}

#[test]
fn links_that_cannot_be_read_are_a_warning() {
    for (fault, reason) in [("status=403", "answer 403"), ("status=400", "answer 400")] {
        let rule = format!("GET {CENTER_ID}/workspaces/default/apiSources {fault}");
        let azure = Azure::start_with_args(&["--sample", "--faults", &rule]);
        let run = import(&azure, "--apim-apis weather").expect_success();
        assert_eq!(counts(&run.json())[0], 1, "{run}");
        let warning = "WARNING: It is not known whether myAPICenter already synchronizes myAPIManagement: ";
        assert!(run.stderr.contains(warning) && run.stderr.contains(reason), "{run}");
    }
}
