//! `azr apim api …`: APIs, their operations, revisions, releases and schemas, and version sets.

use crate::support::{APIM, Azure};
use crate::transcript::run_transcript;

#[test]
fn apis() {
    let azure = Azure::start();
    azure.write(
        "spec.json",
        r#"{"openapi": "3.0.1", "info": {"title": "Notes", "version": "1"}, "paths": {}}"#,
    );
    run_transcript(
        &azure,
        r#"
$ apim api create $APIM --api-id notes --display-name Notes --path notes --subscription-key-header-name k --subscription-key-query-param-name q
{"name": "notes", "protocols": ["https"], "subscriptionRequired": false, "subscriptionKeyParameterNames": {"header": "k", "query": "q"}, "isCurrent": true, "description": null}
$ apim api create $APIM --api-id other --display-name Other --path other --subscription-key-header-name k
exit 1 --subscription-key-query-param-name
$ apim api create $APIM --api-id socket --display-name S --path s --service-url wss://s.example --no-wait
$ apim api show $APIM --api-id socket --query [protocols[0],apiType]
["wss", "websocket"]
$ apim api update $APIM --api-id notes --description 'Two words.' --protocols https http
{"description": "Two words.", "protocols": ["https", "http"]}
$ apim api update $APIM --api-id notes --set description=7 --force-string --query description
"7"
$ apim api update $APIM --api-id notes --add protocols ws --query protocols
["https", "http", "ws"]
$ apim api update $APIM --api-id notes --remove protocols 2 --query protocols
["https", "http"]
$ apim api update $APIM --api-id notes --if-match '"stale"' --description x
exit 1 PreconditionFailed
$ apim api list $APIM --filter-display-name Notes --query [].name
["notes"]
$ apim api list $APIM --top 2 --skip 1 --query 'length(@) > `1`'
true
$ apim api delete $APIM --api-id notes
exit 1 --yes
$ apim api delete $APIM --api-id notes -y
$ apim api show $APIM --api-id notes
exit 3
$ apim api import $APIM --api-id notes --path notes --specification-format OpenApiJson --specification-path spec.json --query displayName
"Notes"
$ apim api export $APIM --api-id notes --export-format OpenApiJsonFile --file-path -
{"openapi": "3.0.1", "info": {"title": "Notes"}}
"#,
    );
}

#[test]
fn operations() {
    let azure = Azure::start();
    run_transcript(
        &azure,
        r#"
$ apim api operation create $APIM --api-id warehouse --operation-id get-note --display-name 'Get a note' --method GET --url-template /notes/{id} --params name=id type=string required=true
{"name": "get-note", "method": "GET", "urlTemplate": "/notes/{id}", "templateParameters": [{"name": "id", "type": "string", "required": true}]}
$ apim api operation show $APIM --api-id warehouse --operation-id get-note --query displayName
"Get a note"
$ apim api operation list $APIM --api-id warehouse --query 'sort([].name)'
["get-note", "stock"]
$ apim api operation update $APIM --api-id warehouse --operation-id get-note --description now --set method=PUT
{"description": "now", "method": "PUT", "displayName": "Get a note"}
$ apim api operation update $APIM --api-id warehouse --operation-id get-note --add responses statusCode=200 --query responses[0].statusCode
200
$ apim api operation delete $APIM --api-id warehouse --operation-id get-note
$ apim api operation show $APIM --api-id warehouse --operation-id get-note
exit 3
"#,
    );
    let created = azure.json(format!(
        "apim api operation create {APIM} --api-id warehouse --display-name N --method GET --url-template /n"
    ));
    assert_eq!(created["name"].as_str().map(str::len), Some(32), "a generated id: {created}");
}

#[test]
fn revisions_and_releases() {
    run_transcript(
        &Azure::start(),
        r#"
$ apim api revision create $APIM --api-id warehouse --api-revision 2 --api-revision-description 'Try it'
{"apiRevision": "2", "apiRevisionDescription": "Try it", "isCurrent": null}
$ apim api revision list $APIM --api-id warehouse --query [].[apiRevision,isCurrent]
[["2", false], ["1", true]]
$ apim api show $APIM --api-id 'warehouse;rev=2' --query displayName
"Warehouse inventory, replenishment and returns management API"
$ apim api release create $APIM --api-id warehouse --api-revision 2 --release-id r1 --notes Faster
{"name": "r1", "notes": "Faster"}
$ apim api release show $APIM --api-id warehouse --release-id r1 --query notes
"Faster"
$ apim api release list $APIM --api-id warehouse --query [].name
["r1"]
$ apim api release update $APIM --api-id warehouse --release-id r1 --notes Safer --query notes
"Safer"
$ apim api revision list $APIM --api-id warehouse --query '[?isCurrent].apiRevision'
["2"]
$ apim api release delete $APIM --api-id warehouse --release-id r1
$ apim api release show $APIM --api-id warehouse --release-id r1
exit 3
$ apim api release create $APIM --api-id warehouse --api-revision 9 --release-id r2
exit 1 warehouse;rev=9
"#,
    );
}

#[test]
fn schemas() {
    let azure = Azure::start();
    azure.write("schema.graphql", "type Query { users: [String] }\n");
    run_transcript(
        &azure,
        r#"
$ apim api schema create $APIM --api-id ticker --schema-id one --schema-type application/vnd.oai.openapi.components+json --schema-content '{"schemas":{"A":{"type":"string"}}}'
{"name": "one", "contentType": "application/vnd.oai.openapi.components+json"}
$ apim api schema create $APIM --api-id museum --schema-id graphql --schema-type application/vnd.ms-azure-apim.graphql.schema --schema-path schema.graphql --no-wait
$ apim api schema show $APIM --api-id museum --schema-id graphql --query value -o tsv
type Query { users: [String] }
$ apim api schema list $APIM --api-id museum --query [].name
["graphql"]
$ apim api schema get-etag $APIM --api-id museum --schema-id graphql
true
$ apim api schema get-etag $APIM --api-id museum --schema-id none
exit 3
$ apim api schema create $APIM --api-id museum --schema-id none --schema-type x
exit 1 --schema-path
$ apim api schema delete $APIM --api-id ticker --schema-id one
exit 1 --yes
$ apim api schema delete $APIM --api-id ticker --schema-id one --yes
$ apim api schema show $APIM --api-id ticker --schema-id one
exit 3
"#,
    );
}

#[test]
fn version_sets_of_each_scheme() {
    run_transcript(
        &Azure::start(),
        r#"
$ apim api versionset create $APIM --version-set-id a --display-name A --versioning-scheme Segment --description 'In the path'
{"name": "a", "versioningScheme": "Segment", "versionHeaderName": null, "description": "In the path"}
$ apim api versionset create $APIM --version-set-id b --display-name B --versioning-scheme header --version-header-name X-V
{"versioningScheme": "Header", "versionHeaderName": "X-V", "versionQueryName": null}
$ apim api versionset create $APIM --version-set-id c --display-name C --versioning-scheme Query --version-query-name v
{"versioningScheme": "Query", "versionQueryName": "v"}
$ apim api versionset create $APIM --version-set-id d --display-name D --versioning-scheme Header
exit 1 --version-header-name
$ apim api versionset show $APIM --version-set-id b --query displayName
"B"
$ apim api versionset list $APIM --query 'sort([].name)'
["a", "b", "c", "orders"]
$ apim api versionset update $APIM --version-set-id a --display-name AA --query displayName
"AA"
$ apim api versionset update $APIM --version-set-id b --versioning-scheme Query --version-query-name q
{"versioningScheme": "Query", "versionQueryName": "q", "versionHeaderName": null}
$ apim api versionset delete $APIM --version-set-id c
$ apim api versionset show $APIM --version-set-id c
exit 3
"#,
    );
}

#[test]
fn the_files_of_a_definition_are_imported_as_one_document() {
    let azure = Azure::start();
    std::fs::create_dir(azure.folder().join("api")).expect("a folder");
    azure.write("path.yaml", "get: {operationId: getA, responses: {'200': {description: OK}}}\n");
    let root = "openapi: 3.0.1\ninfo: {title: Multi, version: '1'}\npaths:\n  /a: {$ref: ../path.yaml}\n";
    azure.write("api/openapi.yaml", format!("{root}x-remote: {{$ref: 'https://x.example/b.yaml'}}\n"));
    let import = |file: &str| {
        format!(
            "apim api import {APIM} --api-id multi --path multi --specification-format OpenApi --specification-path {file}"
        )
    };
    let run = azure.ok(import("api/openapi.yaml"));
    assert!(run.stderr.contains("refers to https://x.example/b.yaml"), "{run}");
    let operations = azure.json(format!("apim api operation list {APIM} --api-id multi --query [].name"));
    assert_eq!(operations, serde_json::json!(["getA"]));
    azure.write("missing.yaml", root);
    let run = azure.run(import("missing.yaml"));
    assert!(run.error(1).contains("missing.yaml: $ref '../path.yaml': it points outside"), "{run}");
    azure.write(
        "imports.wsdl",
        "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'><import location='b.wsdl'/></definitions>",
    );
    let run = azure.run(import("imports.wsdl").replace("OpenApi", "Wsdl"));
    assert!(run.stderr.contains("imports b.wsdl"), "{run}");
}
