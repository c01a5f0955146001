//! `azr apic api|environment|api-analysis …`: the contents of a center, by typed options and by generic update.

use std::fs;

use crate::support::{Azure, CENTER};
use crate::transcript::run_transcript;

#[test]
fn environments() {
    run_transcript(
        &Azure::start(),
        r#"
$ apic environment create $CENTER --environment-id live --title Live --type production --server '{type:Kubernetes,managementPortalUri:[https://k.example]}'
{"name": "live", "kind": "production", "title": "Live", "server": {"managementPortalUri": ["https://k.example"]}, "resourceGroup": "myResourceGroup"}
$ apic environment show $CENTER --environment-id live --query title
"Live"
$ apic environment list $CENTER --query [].name
["live"]
$ apic environment update $CENTER --environment-id live --type testing --description 'Two words.'
{"kind": "testing", "description": "Two words."}
$ apic environment update $CENTER --environment-id live --set title=Lively server.managementPortalUri[0]=https://l.example
{"title": "Lively", "server": {"managementPortalUri": ["https://l.example"]}}
$ apic environment delete $CENTER --environment-id live
exit 1 --yes
$ apic environment delete $CENTER --environment-id live --yes
$ apic environment list $CENTER
[]
"#,
    );
}

#[test]
fn apis_and_their_versions_definitions_and_deployments() {
    let azure = Azure::start();
    azure.write(
        "spec.json",
        r#"{"openapi": "3.0.1", "info": {"title": "Notes", "version": "1"}, "paths": {}}"#,
    );
    run_transcript(
        &azure,
        r#"
$ apic api create $CENTER --api-id notes --title Notes --type rest --summary 'What it is for'
{"name": "notes", "kind": "rest", "title": "Notes", "summary": "What it is for"}
$ apic api show $CENTER --api-id notes --query [name,kind]
["notes", "rest"]
$ apic api list $CENTER --query 'sort([].name)'
["notes", "swagger-petstore"]
$ apic api update $CENTER --api-id notes --set summary=7 license={name:MIT} --query [summary,license.name]
["7", "MIT"]
$ apic api update $CENTER --api-id notes --set customProperties={} contacts=[{name:Ada}] --query contacts
[{"name": "Ada"}]
$ apic api update $CENTER --api-id notes --add contacts name=Eve --query contacts[].name
["Ada", "Eve"]
$ apic api update $CENTER --api-id notes --remove contacts[0] --query contacts[].name
["Eve"]
$ apic api update $CENTER --api-id notes --set title=8 --force-string --query title
"8"
$ apic api show --ids $CENTER_ID/workspaces/default/apis/notes $CENTER_ID/workspaces/default/apis/swagger-petstore --query [].name
["notes", "swagger-petstore"]
$ apic api version create $CENTER --api-id notes --version-id v1-0 --title v1 --lifecycle-stage design
{"name": "v1-0", "lifecycleStage": "design"}
$ apic api version show $CENTER --api-id notes --version-id v1-0 --query title
"v1"
$ apic api version list $CENTER --api-id notes --query [].name
["v1-0"]
$ apic api version update $CENTER --api-id notes --version-id v1-0 --lifecycle-stage testing --query lifecycleStage
"testing"
$ apic api definition create $CENTER --api-id notes --version-id v1-0 --definition-id spec --title Spec
{"name": "spec", "title": "Spec"}
$ apic api definition import-specification $CENTER --api-id notes --version-id v1-0 --definition-id spec --format inline --value @spec.json --specification name=openapi version=3.0.1
$ apic api definition export-specification $CENTER --api-id notes --version-id v1-0 --definition-id spec --file-name -
{"openapi": "3.0.1", "info": {"title": "Notes", "version": "1"}, "paths": {}}
$ apic api definition show $CENTER --api-id notes --version-id v1-0 --definition-id spec --query specification
{"name": "openapi", "version": "3.0.1"}
$ apic api definition list $CENTER --api-id notes --version-id v1-0 --query [].name
["spec"]
$ apic api definition update $CENTER --api-id notes --version-id v1-0 --definition-id spec --set description='a b' --query description
"a b"
$ apic environment create $CENTER --environment-id live --title Live --type production --query name
"live"
$ apic api deployment create $CENTER --api-id notes --deployment-id here --title Here --definition-id /workspaces/default/apis/notes/versions/v1-0/definitions/spec --environment-id /workspaces/default/environments/live --server '{runtimeUri:[https://a.example]}'
{"name": "here", "server": {"runtimeUri": ["https://a.example"]}}
$ apic api deployment show $CENTER --api-id notes --deployment-id here --query environmentId
"/workspaces/default/environments/live"
$ apic api deployment list $CENTER --api-id notes --query [].title
["Here"]
$ apic api deployment update $CENTER --api-id notes --deployment-id here --add server.runtimeUri https://b.example --query server.runtimeUri
["https://a.example", "https://b.example"]
$ apic api deployment delete $CENTER --api-id notes --deployment-id here
exit 1 --yes
$ apic api deployment delete $CENTER --api-id notes --deployment-id here -y
$ apic api definition delete $CENTER --api-id notes --version-id v1-0 --definition-id spec -y
$ apic api definition show $CENTER --api-id notes --version-id v1-0 --definition-id spec
exit 3
$ apic api version delete $CENTER --api-id notes --version-id v1-0 --yes
$ apic api version list $CENTER --api-id notes
[]
$ apic api delete --ids $CENTER_ID/workspaces/default/apis/notes
exit 1 --yes
$ apic api delete --ids $CENTER_ID/workspaces/default/apis/notes $CENTER_ID/workspaces/default/apis/swagger-petstore --yes
$ apic api list $CENTER
[]
$ apic api register $CENTER --api-location spec.json
...
$ apic api list $CENTER --query [].title
["Notes"]
"#,
    );
}

#[test]
fn rulesets_are_imported_and_exported() {
    let azure = Azure::start();
    fs::create_dir_all(azure.folder().join("rules/functions")).expect("folders");
    azure.write("rules/ruleset.yaml", "extends: spectral:oas # a comment\n");
    azure.write("rules/functions/check.js", "export default () => 'é'\n");
    azure.write("rules/empty", "");
    run_transcript(
        &azure,
        r#"
$ apic api-analysis create $CENTER -c rest-rules --title Rules --filter '{apis:[{property:kind,operator:equals,value:rest}]}'
{"name": "rest-rules", "analyzerType": "Spectral", "title": "Rules", "filter": {"apis": [{"property": "kind", "operator": "equals", "value": "rest"}]}}
$ apic api-analysis show $CENTER --analyzer-config-name rest-rules --query title
"Rules"
$ apic api-analysis list $CENTER --query [].name
["rest-rules"]
$ apic api-analysis update $CENTER -c rest-rules --description 'All of them' --set title=More
{"title": "More", "description": "All of them"}
$ apic api-analysis import-ruleset $CENTER -c rest-rules --path nowhere
exit 1 --path
$ apic api-analysis import-ruleset $CENTER -c rest-rules --path rules --query status
"Succeeded"
$ apic api-analysis export-ruleset $CENTER -c rest-rules --path back/deeper
...
$ apic api-analysis import-ruleset $CENTER -c rest-rules --path rules --no-wait
$ apic api-analysis export-ruleset $CENTER -c nobody --path other
exit 3
$ apic api-analysis delete $CENTER -c rest-rules
exit 1 --yes
$ apic api-analysis delete $CENTER -c rest-rules --yes
$ apic api-analysis list $CENTER
[]
"#,
    );
    for name in ["ruleset.yaml", "functions/check.js", "empty"] {
        assert_eq!(
            azure.read(&format!("back/deeper/{name}")),
            azure.read(&format!("rules/{name}")),
            "{name}"
        );
    }
    assert_eq!(azure.files(), ["back", "rules"]);
    assert!(azure.run(format!("apic api-analysis list {CENTER}")).stderr.is_empty());
}
