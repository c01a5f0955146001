//! `azr config`, `azr configure` and `azr cloud`: the settings of az, in its files.

use serde_json::json;

use crate::support::{InProcessAzure, Sandbox};

#[test]
fn a_setting_is_read_by_the_next_command() {
    let azure = InProcessAzure::new();
    azure.ok("config set defaults.group=myResourceGroup core.output=table");
    assert!(azure.ok("apim show -n myAPIManagement").text().contains("myAPIManagement  "));
    let settings = azure.json("config get -o json");
    assert_eq!(settings["core"][0]["value"], "table");
    let item = azure.json("config get defaults.GROUP -o json");
    assert_eq!((&item["name"], &item["value"]), (&json!("group"), &json!("myResourceGroup")));
    assert!(item["source"].as_str().is_some_and(|file| file.ends_with("config")), "{item}");
    assert_eq!(azure.ok("configure --list-defaults").text(), azure.ok("config get defaults").text());
    azure.ok("config unset core.output defaults.group");
    assert_eq!(azure.ok("config get defaults").text(), "[]");
    let run = azure.run("apim show -n myAPIManagement");
    assert_eq!(run.code, Some(2), "{run}");
}

#[test]
fn a_folder_can_have_its_own_settings() {
    let azure = InProcessAzure::new();
    azure.ok("configure --defaults group=everywhere location=westeurope");
    azure.ok("configure --defaults group=here --scope local");
    assert_eq!(azure.json("config get defaults.group --local --query value"), "here");
    assert_eq!(azure.json("config get defaults.group --query value"), "everywhere");
    azure.ok("config unset defaults.group --local");
    assert_eq!(azure.json("config get defaults.group --local --query value"), "everywhere");
    azure.ok("configure --defaults group=");
    assert_eq!(azure.json("configure --list-defaults --query [].name"), json!(["location"]));
}

#[test]
fn invalid_settings_are_refused_before_anything_is_set() {
    let azure = InProcessAzure::new();
    for (line, names) in [
        ("config set core.output=table foo", "foo"),
        ("config set core.output=table foo=bar", "foo"),
        ("config set core.output=table .x=1", ".x"),
        ("config set core.output=table a.[b]=1", "[b]"),
        ("config unset foo", "foo"),
        ("config get core.nothing", "nothing"),
        ("configure --defaults foo", "foo"),
        ("configure", "azr configure"),
    ] {
        let run = azure.run(line);
        assert!(run.error(1).contains(names), "'{names}' is not named\n{run}");
    }
    assert_eq!(azure.json("config get"), json!({}));
    let run = azure.run("config set");
    assert_eq!(run.code, Some(2), "{run}");
}

#[test]
fn the_active_cloud_is_stored_in_the_settings_of_az() {
    let azure = Sandbox::new(&[]);
    assert_eq!(azure.json("cloud show --query name"), "AzureCloud");
    let run = azure.ok("cloud set -n azurechinacloud");
    assert!(run.stderr.contains("Switched active cloud to 'AzureChinaCloud'."), "{run}");
    assert_eq!(azure.json("config get cloud.name --query value"), "AzureChinaCloud");
    assert_eq!(
        azure.json("cloud list --query [?isActive].endpoints.resourceManager"),
        json!(["https://management.chinacloudapi.cn"])
    );
    let run = azure.run("cloud set -n Mars");
    assert!(run.error(1).contains("Mars"), "{run}");
    assert!(azure.run("cloud show -n Mars").error(1).contains("Mars"));
    let table = azure.ok("cloud list -o table");
    assert!(table.text().contains("True        AzureChinaCloud"), "{}", table.text());
}
