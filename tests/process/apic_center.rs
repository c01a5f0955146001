//! `azr apic …` on centers: in both spellings, by id; metadata schemas, integrations, one-time imports.

use crate::support::{Azure, CENTER, InProcessAzure};
use crate::transcript::run_transcript;

#[test]
fn centers() {
    run_transcript(
        &Azure::start(),
        r#"
$ apic create $GROUP -n second --tags a=1 b=2 --identity '{type:SystemAssigned}'
{"name": "second", "location": "eastus", "sku": {"name": "Free"}, "tags": {"a": "1", "b": "2"}, "identity": {"type": "SystemAssigned"}, "resourceGroup": "myResourceGroup", "provisioningState": "Succeeded"}
$ apic show $GROUP -n second --query [name,tags.b]
["second", "2"]
$ apic list $GROUP --query 'sort([].name)' -o tsv
myAPICenter
second
$ apic update $GROUP -n second --tags a=2
{"tags": {"a": "2"}}
$ apic update $GROUP -n second --set tags.c=x tags.d=7 --remove tags.a
{"tags": {"c": "x", "d": "7"}}
$ apic update $GROUP -n second --set tags={} --query tags
{}
$ apic update $GROUP -n nobody --tags a=1
exit 3
$ apic show --ids $CENTER_ID --query name
"myAPICenter"
$ apic show --ids $CENTER_ID $CENTER_ID --query [].name
["myAPICenter", "myAPICenter"]
$ apic list --max-items 1 --query length(@)
1
$ apic delete $GROUP -n second
exit 1 --yes
$ apic delete $GROUP -n second --yes
$ apic show $GROUP -n second
exit 3
"#,
    );
}

#[test]
fn centers_in_the_older_spelling() {
    let azure = Azure::start();
    run_transcript(
        &azure,
        r#"
$ apic service create $GROUP -n second -l westeurope
{"name": "second", "location": "westeurope"}
$ apic service show $GROUP -n second --query location
"westeurope"
$ apic service list $GROUP --query 'sort([].name)'
["myAPICenter", "second"]
$ apic service update $GROUP -n second --tags a=1 --query tags
{"a": "1"}
$ apic service delete $GROUP -n second -y
$ apic service delete $GROUP -n second
exit 1 --yes
$ apic service import-from-apim $CENTER --apim-name myAPIManagement --apim-apis '*'
exit 1 identity
"#,
    );
    let mentions = |line: &str| {
        let stderr = azure.run(line).stderr;
        stderr.lines().filter(|line| line.contains("older name")).map(str::to_owned).collect::<Vec<_>>()
    };
    for (line, mention) in [
        (
            "apic service show -g myResourceGroup --service-name myAPICenter",
            "INFO: apic service show is the older name of apic show, --service-name of --name",
        ),
        (
            "apic api show -g myResourceGroup -s myAPICenter --api-name swagger-petstore",
            "INFO: -s is the older name of -n, --api-name of --api-id",
        ),
    ] {
        assert_eq!(mentions(&format!("{line} --verbose")), [mention]);
        assert!(mentions(line).is_empty(), "they stay valid, so nobody has to act");
    }
    assert!(mentions(&format!("apic api show {CENTER} --api-id swagger-petstore --verbose")).is_empty());
}

#[test]
fn metadata() {
    let azure = Azure::start();
    azure.write("schema.json", r#"{"type": "string", "title": "Team"}"#);
    run_transcript(
        &azure,
        r#"
$ apic metadata create $CENTER --metadata-name team --schema @schema.json --assignments '[{entity:api,required:true,deprecated:false}]'
{"name": "team", "assignedTo": [{"entity": "api", "required": true, "deprecated": false}], "schema": "{\"type\": \"string\", \"title\": \"Team\"}"}
$ apic metadata create $CENTER --metadata-name open --schema '{"type":"boolean"}' --assignments '[{entity:environment}]' --query name
"open"
$ apic metadata show $CENTER --metadata-name team --query assignedTo[0].entity
"api"
$ apic metadata list $CENTER --query 'sort([].name)'
["open", "team"]
$ apic metadata update $CENTER --metadata-name team --schema '{"type":"string","maxLength":9}' --query schema
"{\"type\":\"string\",\"maxLength\":9}"
$ apic metadata update $CENTER --metadata-name team --assignments [0].required=false --query assignedTo
[{"entity": "api", "required": false}]
$ apic metadata export $CENTER --assignments api --file-name api.json
$ apic metadata export $CENTER --assignments api --custom-metadata-only --file-name -
{"type": "object", "properties": {"team": {"type": "string", "maxLength": 9}}}
$ apic metadata export $CENTER --assignments environment --custom-metadata-only true --file-name -
{"properties": {"open": {"type": "boolean"}}}
$ apic api create $CENTER --api-id a-1 --title T --type rest --custom-properties team=red --query customProperties
{"team": "red"}
$ apic metadata delete $CENTER --metadata-name team
exit 1 --yes
$ apic metadata delete $CENTER --metadata-name team --yes
$ apic metadata show $CENTER --metadata-name team
exit 3
"#,
    );
    let exported: serde_json::Value = serde_json::from_slice(&azure.read("api.json")).expect("JSON");
    assert_eq!(exported["properties"]["customProperties"]["properties"]["team"]["maxLength"], 9);
}

#[test]
fn integrations() {
    run_transcript(
        &Azure::start(),
        r#"
$ apic integration create apim $CENTER -i sync --azure-apim myAPIManagement --target-lifecycle-stage testing
{"name": "sync", "apiSourceType": "AzureApiManagement", "importSpecification": "always", "targetLifecycleStage": "testing", "azureApiManagementSource": {"resourceId": "$APIM_ID"}, "linkState": {"state": "error"}}
$ apic integration create aws $CENTER -i gateway -a https://v.vault.azure.net/secrets/k -s https://v.vault.azure.net/secrets/s -r us-east-2 --import-specification Never
{"apiSourceType": "AmazonApiGateway", "importSpecification": "never", "amazonApiGatewaySource": {"accessKey": "https://v.vault.azure.net/secrets/k", "secretAccessKey": "https://v.vault.azure.net/secrets/s", "regionName": "us-east-2"}}
$ apic integration list $CENTER --query 'sort([].name)'
["gateway", "sync"]
$ apic integration show $CENTER --integration-name gateway --query amazonApiGatewaySource.regionName -o tsv
us-east-2
$ apic integration create aws $CENTER -i leak -a AKIAABCDEFGHIJKLMNOP -s x -r us-east-2
exit 1 -a: the value looks like an access key
$ apic integration delete $CENTER -i gateway
exit 1 --yes
$ apic integration delete --ids $CENTER_ID/workspaces/default/apiSources/gateway --yes
$ apic integration show $CENTER -i gateway
exit 3
$ apic import aws $CENTER -a https://v.vault.azure.net/secrets/k -s https://v.vault.azure.net/secrets/s -r us-east-2
exit 1 Amazon API Gateway
"#,
    );
}

#[test]
fn the_apis_of_an_integration_are_added_and_deleted_with_it() {
    let azure = InProcessAzure::new();
    let principal = azure.ok(format!(
        "apic update {CENTER} --identity type=SystemAssigned --query identity.principalId -o tsv"
    ));
    let role =
        format!("--role 'API Management Service Reader Role' --assignee-object-id {}", principal.text());
    let text = r#"
$ role assignment create $ROLE --assignee-principal-type ServicePrincipal --scope $APIM_ID
{"principalType": "ServicePrincipal", "scope": "$APIM_ID"}
$ apic integration create apim $CENTER -i sync --azure-apim $APIM_ID --query linkState.state
"syncing"
$ apic api list $CENTER --query '[?title==`Museum`].kind'
["GRAPHQL"]
$ apic api create $CENTER --api-id own --title Own --type rest --query name
"own"
$ apic integration status $CENTER --query '[0].counts.missing'
0
$ apic integration delete $CENTER -i sync -y
$ apic api list $CENTER --query '[].name'
["swagger-petstore", "own"]
$ apic integration list $CENTER
[]
$ apic import apim $CENTER --azure-apim myAPIManagement --apim-apis museum --target-lifecycle-stage testing
$ apic import apim $CENTER --azure-apim myAPIManagement --apim-apis weather --no-wait
$ role assignment list --all --query length(@)
1
"#;
    run_transcript(&azure, &text.replace("$ROLE", &role));
    let import =
        format!("apic service import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis ticker");
    let run = azure.ok(format!("{import} --verbose"));
    let mention = "INFO: apic service import-from-apim is the older name of apic import-from-apim\n";
    assert!(run.stderr.ends_with(mention), "{run}");
    let delete = "
$ role assignment delete $ROLE --scope $APIM_ID
$ role assignment list --scope $APIM_ID
[]
";
    run_transcript(&azure, &delete.replace("$ROLE", &role));
}
