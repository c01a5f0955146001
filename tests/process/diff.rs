//! `azr apic diff`: differences of centers and backups, in all formats.

use serde_json::{Value, json};

use crate::backup::add_odd_contents;
use crate::support::{Azure, CENTER, CENTER_ID};

/// An emulator with a backup, `catalog`, after which people have changed the center.
fn start_with_changes() -> Azure {
    let azure = Azure::start();
    add_odd_contents(&azure);
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    for line in [
        "api update --api-id odd --title Changed --custom-properties team=red",
        "api delete --api-id bare --yes",
        "api create --api-id new --title New --type rest",
        "api version create --api-id new --version-id v1-0 --title v1 --lifecycle-stage design",
        "api definition import-specification --api-id odd --version-id v1-0 --definition-id schema \
         --format inline --value 'type Query { b: Int }' --specification {name:graphql}",
        "environment delete --environment-id nothing --yes",
    ] {
        azure.run(format!("apic {line} {CENTER} -o none"));
    }
    azure.write("rules/ruleset.yml", "rules: {a: off}\n");
    azure.ok(format!("apic api-analysis import-ruleset {CENTER} --config-name rules --path rules -o none"));
    azure
}

#[test]
fn the_differences_of_a_backup_and_a_center_are_listed_with_their_fields() {
    let azure = start_with_changes();
    let run = azure.run("apic diff catalog myAPICenter -g myResourceGroup");
    assert_eq!(run.code, Some(5), "{run}");
    let value = run.json();
    assert_eq!(
        ["added", "removed", "changed"].map(|count| value[count].clone()),
        [1, 1, 3].map(|n| json!(n))
    );
    let list: Vec<(&Value, &Value)> = value["differences"]
        .as_array()
        .expect("differences")
        .iter()
        .map(|difference| (&difference["change"], &difference["resource"]))
        .collect();
    assert_eq!(
        list,
        [
            (&json!("changed"), &json!("analyzer rules")),
            (&json!("removed"), &json!("API bare")),
            (&json!("added"), &json!("API new")),
            (&json!("changed"), &json!("API odd")),
            (&json!("changed"), &json!("definition schema of version v1-0 of API odd")),
        ]
    );
    assert_eq!(
        value["differences"][3]["fields"],
        json!([{"name": "title", "from": "Odd", "to": "Changed"}, {"name": "team", "from": "blue", "to": "red"}])
    );
    assert_eq!(value["differences"][4]["fields"][0]["name"], "document");
    assert_eq!(value["differences"][0]["fields"][0]["name"], "ruleset");
    let table = azure.run(format!("apic diff {CENTER} catalog -o table"));
    assert_eq!(table.code, Some(5), "{table}");
    assert!(table.stdout().contains("removed   API new"), "A is the center: {table}");
    let markdown = azure.run(format!("apic diff catalog {CENTER_ID} --format markdown"));
    assert_eq!(markdown.code, Some(5), "{markdown}");
    assert!(markdown.stdout().contains("| changed | API odd | title | Odd | Changed |"), "{markdown}");
    // After a restore that prunes there is no difference left.
    azure.ok(format!("apic restore {CENTER} --path catalog --prune -o none"));
    azure.ok("apic diff catalog myResourceGroup/myAPICenter -o none");
    azure.ok(format!("apic backup {CENTER} --path again.zip -o none"));
    let run = azure.ok("apic diff catalog again.zip");
    assert!(run.stderr.contains("catalog and again.zip are the same"), "{run}");
}

#[test]
fn a_side_that_is_neither_a_backup_nor_a_center_is_refused() {
    let azure = Azure::start();
    azure.ok(format!("apic backup {CENTER} --path catalog -o none"));
    let run = azure.run("apic diff catalog no/such/backup -g myResourceGroup");
    assert!(run.error(1).contains("neither a backup that exists nor the name of a center"), "{run}");
    let run = azure.run("apic diff catalog missing.zip -g myResourceGroup");
    assert!(run.error(1).contains("neither a backup that exists"), "{run}");
    assert_eq!(azure.run("apic diff catalog absent -g myResourceGroup").code, Some(3));
    let run = azure.run("apic diff catalog -g myResourceGroup");
    assert!(run.error(2).contains("two centers or backups are compared, and only one is given"), "{run}");
    let run = azure.run("apic diff catalog");
    assert!(run.error(2).contains("only one is given"), "{run}");
    let run = azure.run("apic diff catalog absent");
    assert!(run.error(2).contains("'absent' is not a backup that exists"), "{run}");
    assert!(run.stderr.contains("Hint: For a center: -g GROUP, or GROUP/absent."), "{run}");
    azure.write("empty", "");
    assert!(azure.run("apic diff catalog empty").error(1).contains("empty is not a backup"));
}
