//! Command lines that az accepts in a way of its own: `@FILE` in every option, abbreviations, `--ids` from a list.

use serde_json::json;

use crate::support::{APIM, CENTER, CENTER_ID, InProcessAzure, strings};

#[test]
fn every_option_takes_its_value_from_a_file() {
    let azure = InProcessAzure::new();
    for (file, text) in [
        ("query", "[].name\n"),
        ("group", "myResourceGroup"),
        ("api", "swagger-petstore\n"),
        ("one", "1"),
        ("type", "rest"),
        ("tsv", "tsv"),
    ] {
        azure.write(file, text);
    }
    for option in ["--query @query", "--query=@query", "--max-items @one --query [].name"] {
        let run = azure.ok(format!("apic api list {CENTER} -o tsv {option}"));
        assert_eq!(run.text(), "swagger-petstore", "{option}");
    }
    let line = "apic api show -g @group -n myAPICenter --api-id @api --query name -o @tsv";
    assert_eq!(azure.ok(line).text(), "swagger-petstore");
    let line = format!("apic api create {CENTER} --api-id new --title T --type @type --query kind -o tsv");
    assert_eq!(azure.ok(line).text(), "rest");
    assert_eq!(azure.ok(format!("apim api list {APIM} --top @one --query length(@)")).text(), "1");
}

#[test]
fn a_text_that_is_not_the_name_of_a_file_stays_as_it_is() {
    let azure = InProcessAzure::new();
    azure.run(format!("apic api list {CENTER} --query @missing")).error(2);
    // The whole result, in JMESPath.
    let query = azure.ok(format!("apic api list {CENTER} --query @"));
    assert_eq!(query.stdout(), azure.ok(format!("apic api list {CENTER}")).stdout());
}

#[test]
fn ids_come_from_a_file_or_from_a_list_command() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apic api create {CENTER} --api-id api-two --title Two --type rest"));
    let list = azure.ok(format!("apic api list {CENTER}"));
    azure.write("list.json", list.stdout());
    let ids = azure.ok(format!("apic api list {CENTER} --query [].id -o tsv"));
    azure.write("ids", ids.stdout());
    for file in ["list.json", "ids"] {
        let names = azure.json(format!("apic api show --ids @{file} --query [].name"));
        assert_eq!(strings(&names), ["swagger-petstore", "api-two"], "{file}");
    }
    azure.write("none", "");
    for line in ["apic api show --ids @none", "apic api delete --ids @none"] {
        assert_eq!(azure.json(line), json!([]), "{line}");
    }
    azure.ok("apic api delete --ids @list.json --yes");
    assert_eq!(azure.json(format!("apic api list {CENTER}")), json!([]));
}

#[test]
fn options_that_az_does_not_have_hide_no_abbreviation() {
    let azure = InProcessAzure::new();
    let line = format!("apic api update {CENTER} --api-id swagger-petstore --ti T --query title -o tsv");
    assert_eq!(azure.ok(line).text(), "T");
    assert_eq!(azure.ok(format!("apim api list {APIM} --t 1 --query length(@)")).text(), "1");
    // They must be written in full.
    assert_eq!(azure.run("apic list --t 5").code, Some(2));
    azure.ok("apic list --timeout 5");
}

#[test]
fn missing_options_exit_with_2_except_those_that_ids_replace() {
    let azure = InProcessAzure::new();
    for (line, code) in [
        ("apic import-from-apim -g g -n n --apim-name a", 2),
        ("apic import-from-apim -g g -n n --apim-apis a", 2),
        ("apic api show -g g -n n", 1),
        ("apim api show -g g", 2),
    ] {
        assert_eq!(azure.run(line).code, Some(code), "{line}");
    }
}

#[test]
fn rest_takes_json_headers_and_parameters_and_writes_a_file() {
    let azure = InProcessAzure::new();
    let apis = format!("{CENTER_ID}/workspaces/default/apis");
    azure.write("headers", r#"{"Content-Type": "application/json", "X-A": "b"}"#);
    azure.write("version", r#"{"api-version": "2024-03-01"}"#);
    let line = format!("rest -u {apis} --uri-parameters @version --headers @headers");
    assert_eq!(azure.json(&line)["value"][0]["name"], "swagger-petstore");
    assert_eq!(
        azure.json(format!("{line} X-C=d --resource https://management.azure.com/")),
        azure.json(&line)
    );
    let run = azure.ok(format!("{line} --output-file out.json"));
    assert_eq!(run.stdout(), "");
    let body: serde_json::Value = serde_json::from_slice(&azure.read("out.json")).expect("JSON");
    assert_eq!(body["value"][0]["name"], "swagger-petstore");
    azure.run(format!("{line} --resource https://vault.azure.net")).error(1);
    azure.run(format!("{line} Authorization=x")).error(1);
}

#[test]
fn tags_without_a_value_are_none() {
    let azure = InProcessAzure::new();
    let line = format!("apim nv create {APIM} --named-value-id n --display-name n --value v --query tags");
    let line = line.replace("-n myAPI", "--service-name myAPI");
    assert_eq!(azure.json(format!("{line} --tags a b=c")), json!(["a", "b"]));
    assert_eq!(azure.json(format!("{line} --tags")), json!([]));
    assert_eq!(azure.json(format!("{line} --tags ''")), json!([]));
}

#[test]
fn the_other_ids_are_handled_after_a_failure() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apic api create {CENTER} --api-id api-two --title Two --type rest"));
    let apis = format!("{CENTER_ID}/workspaces/default/apis");
    let line = format!("apic api show --ids {apis}/swagger-petstore {apis}/none-one {apis}/api-two");
    let run = azure.run(format!("{line} --query [].name"));
    assert_eq!((run.code, strings(&run.json())), (Some(3), vec!["swagger-petstore", "api-two"]), "{run}");
    assert!(run.stderr.contains("none-one") && !run.stderr.contains("api-two"), "{run}");
    let run =
        azure.run(format!("apic api update --ids {apis}/none-one {apis}/api-two --summary done -o none"));
    assert_eq!(run.code, Some(3), "{run}");
    let line = format!("apic api show {CENTER} --api-id api-two --query summary -o tsv");
    assert_eq!(azure.ok(line).text(), "done");
}

#[test]
fn global_options_may_precede_the_command_and_its_groups() {
    let azure = InProcessAzure::new();
    for line in [
        "-o tsv apic list --query [].name",
        "--query [].name apic list --output tsv",
        "apic -o tsv list --query=[].name",
    ] {
        assert_eq!(azure.ok(line).text(), "myAPICenter", "{line}");
    }
}

#[test]
fn the_letter_case_of_groups_and_commands_does_not_matter() {
    let azure = InProcessAzure::new();
    for line in ["APIC API LIST", "apic api List"] {
        assert_eq!(
            azure.ok(format!("{line} {CENTER} --query [].name -o tsv")).text(),
            "swagger-petstore",
            "{line}"
        );
    }
    assert_eq!(azure.ok(format!("Apic Service SHOW {CENTER} --query name -o tsv")).text(), "myAPICenter");
    assert!(azure.ok("Apim NV show-SECRET -h").stdout().contains("azr apim nv show-secret"));
    assert!(azure.ok("apic API").stdout().contains("azr apic api"));
    // Options have one spelling.
    azure.run(format!("apic api list {CENTER} --Query [].name")).error(2);
}

#[test]
fn question_marks_show_help_for_a_value_before_missing_options_are_reported() {
    let azure = InProcessAzure::new();
    for (option, expected) in [
        ("--contacts ??", "email"),
        ("--license ??", "identifier"),
        ("--license url=??", "--license.url : text"),
        ("--custom-properties ??", "any keys"),
        ("--title ??", "--title : text"),
        ("--type ??", "one of"),
        ("-g ??", "--resource-group : text"),
        ("--contacts [{name:??}]", "--contacts[].name : text"),
    ] {
        let run = azure.ok(format!("apic api create {option}"));
        assert!(run.stdout().contains(expected), "{option}: {run}");
    }
    let run = azure.ok("apic api definition import-specification --specification ??");
    assert!(run.stdout().contains("version : text"), "{run}");
    // az's older commands have no such help.
    azure.run(format!("apim api update {APIM} --api-id my-api --display-name ?? --query displayName"));
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn texts_in_single_quotes_are_unquoted_in_every_option_of_generated_commands() {
    let azure = InProcessAzure::new();
    let run = |words: &[&str]| azure.run_args(&owned(words));
    let show = |group: &str, api: &str| {
        run(&["apic", "api", "show", "-g", group, "-n", "myAPICenter", "--api-id", api, "--query", "name"])
    };
    assert_eq!(show("'myResourceGroup'", "'swagger-petstore'").json(), json!("swagger-petstore"));
    let refused = show("myResourceGroup", "null");
    assert!(refused.error(1).contains("--api-id: null is not allowed"), "{refused}");
    let refused = show("myResourceGroup", "'a'b");
    assert!(refused.error(1).contains("closing quote"), "{refused}");
    // A word after the value belongs to no option, and an unquoted text is never one.
    let list = ["apic", "api", "list", "-g", "myResourceGroup"];
    run(&[&list[..], &["'--service-name'", "myAPICenter"]].concat()).error(2);
    run(&[&list[..], &["-n", "'--yes'"]].concat()).error(3);
    // The names of az's older commands stay as they are.
    let quoted = ["apim", "api", "show", "-g", "myResourceGroup", "--service-name", "myAPIManagement"];
    run(&[&quoted[..], &["--api-id", "'my-api'"]].concat()).error(3);
}

#[test]
fn changes_are_sent_with_a_policy_token() {
    let azure = InProcessAzure::new();
    for option in ["--acquire-policy-token", "--change-reference C1", "--change-ref C1 --acq"] {
        azure.ok(format!("apic api create {CENTER} --api-id gated --title T --type rest {option}"));
        azure.ok(format!(
            "apim nv create -g myResourceGroup --service-name myAPIManagement --named-value-id nv --display-name nv --value v {option}"
        ));
    }
    for line in [
        format!("apic api list {CENTER} --acquire-policy-token"),
        format!("apic api show {CENTER} --api-id swagger-petstore --change-reference C1"),
    ] {
        assert_eq!(azure.run(&line).code, Some(2), "{line}");
    }
}

#[test]
fn a_query_over_no_result_is_one_over_null() {
    let azure = InProcessAzure::new();
    let delete = |query: &str| {
        azure
            .ok(format!("apic api delete {CENTER} --api-id none --yes --query '{query}'"))
            .stdout()
            .to_owned()
    };
    assert_eq!(delete("`{\"a\": 1e3}`"), "{\n  \"a\": 1000.0\n}\n");
    assert_eq!(delete("name"), "");
}

#[test]
fn numbers_of_items_are_read_as_in_python() {
    let azure = InProcessAzure::new();
    for number in ["1_0", "99999999999999999999", "+5"] {
        let names = azure.json(format!("apic api list {CENTER} --max-items {number} --query [].name"));
        assert_eq!(strings(&names), ["swagger-petstore"], "{number}");
    }
    for number in ["1_0", " 10 ", "+5"] {
        let line = "apim api list -g myResourceGroup -n myAPIManagement --query [0].name --top";
        let words: Vec<String> = line.split(' ').chain([number]).map(str::to_owned).collect();
        let first = azure.run_args(&words);
        assert_eq!(first.json(), json!("my-api"), "{number}");
    }
    for number in ["0", "-1", "x"] {
        azure.run(format!("apic api list {CENTER} --max-items {number}")).error(1);
    }
}

#[test]
fn the_members_of_a_result_have_the_order_of_az() {
    let azure = InProcessAzure::new();
    let keys = azure.json(format!(
        "apic api version show {CENTER} --api-id swagger-petstore --version-id 1-0-0 --query keys(@)"
    ));
    let keys = strings(&keys);
    assert_eq!((keys[..2].to_vec(), keys.contains(&"type")), (vec!["id", "name"], true));
    let position = |name| keys.iter().position(|key| *key == name);
    assert!(
        position("title") < position("systemData") && position("systemData") < position("type"),
        "{keys:?}"
    );
}
