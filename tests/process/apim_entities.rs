//! `azr apim backend|graphql|nv|product …`: what a service has besides its APIs.

use crate::support::{APIM, Azure};
use crate::transcript::run_transcript;

#[test]
fn backends() {
    run_transcript(
        &Azure::start(),
        r#"
$ apim backend create $APIM --backend-id b --url https://b.example --protocol http --description B
{"name": "b", "url": "https://b.example", "protocol": "http", "credentials": null}
$ apim backend show $APIM --backend-id b --query description
"B"
$ apim backend list $APIM --query 'sort([].name)'
["b", "library"]
$ apim backend update $APIM --backend-id b --url https://c.example --set description=D
{"url": "https://c.example", "description": "D"}
$ apim backend delete $APIM --backend-id b
exit 1 --yes
$ apim backend delete $APIM --backend-id b --yes
$ apim backend show $APIM --backend-id b
exit 3
"#,
    );
}

#[test]
fn named_values() {
    run_transcript(
        &Azure::start(),
        r#"
$ apim nv create $APIM --named-value-id key --display-name key --value s3cret --secret true --tags a b
{"name": "key", "secret": true, "value": null, "tags": ["a", "b"]}
$ apim nv create $APIM --named-value-id plain --display-name plain --value open
{"secret": false, "value": "open"}
$ apim nv show $APIM --named-value-id key --query value
$ apim nv show-secret $APIM --named-value-id key --query value -o tsv
s3cret
$ apim nv list $APIM --query 'sort([].name)'
["key", "library-key", "plain"]
$ apim nv update $APIM --named-value-id plain --value wider --query value
"wider"
$ apim nv update $APIM --named-value-id plain --add tags x --query tags
["x"]
$ apim nv update $APIM --named-value-id key --value n3w
...
$ apim nv show-secret $APIM --named-value-id key
{"value": "n3w"}
$ apim nv wait $APIM --named-value-id key --exists
$ apim nv delete $APIM --named-value-id key
exit 1 --yes
$ apim nv delete $APIM --named-value-id key --yes
$ apim nv wait $APIM --named-value-id key --deleted
$ apim nv show $APIM --named-value-id key
exit 3
"#,
    );
}

#[test]
fn products_and_their_apis() {
    let azure = Azure::start();
    run_transcript(
        &azure,
        r#"
$ apim product create $APIM --product-id basic --product-name Basic --state published --subscription-required true --approval-required false --legal-terms 'Be kind.'
{"name": "basic", "displayName": "Basic", "state": "published", "subscriptionRequired": true, "terms": "Be kind."}
$ apim product show $APIM --product-id basic --query state
"published"
$ apim product list $APIM --query 'sort([].name)'
["basic", "starter"]
$ apim product update $APIM --product-id basic --description D --set state=notPublished
{"description": "D", "state": "notPublished"}
$ apim product update $APIM --product-id basic --subscriptions-limit 3 --no-wait
$ apim product wait $APIM --product-id basic --custom 'subscriptionsLimit==`3`'
$ apim product api check $APIM --product-id basic --api-id museum
exit 3
$ apim product api add $APIM --product-id basic --api-id museum
{"name": "museum"}
$ apim product api check $APIM --product-id basic --api-id museum
true
$ apim product api list $APIM --product-id basic --query [].name
["museum"]
$ apim product api add $APIM --product-id basic --api-id nobody
exit 3
$ apim product api delete $APIM --product-id basic --api-id museum
$ apim product api list $APIM --product-id basic
[]
$ apim product delete $APIM --product-id basic
exit 1 --yes
$ apim product delete $APIM --product-id basic --delete-subscriptions true --yes
$ apim product show $APIM --product-id basic
exit 3
"#,
    );
    let created = azure.json(format!("apim product create {APIM} --product-name Unnamed"));
    assert_eq!(created["name"].as_str().map(str::len), Some(32), "a generated id: {created}");
}

#[test]
fn graphql_resolvers_and_their_policy() {
    let azure = Azure::start();
    let policy = "<http-data-source><http-request><set-method>GET</set-method><set-url>https://a.example</set-url></http-request></http-data-source>";
    azure.write("policy.xml", policy);
    run_transcript(
        &azure,
        &r#"
$ apim graphql resolver create $APIM --api-id museum --resolver-id artists --display-name Artists --path Query/artists --description 'All of them'
{"name": "artists", "path": "Query/artists", "description": "All of them"}
$ apim graphql resolver show $APIM --api-id museum --resolver-id artists --query displayName
"Artists"
$ apim graphql resolver list $APIM --api-id museum --query 'sort([].name)'
["artists", "paintings"]
$ apim graphql resolver policy create $APIM --api-id museum --resolver-id artists --policy-format xml --value-path policy.xml
{"name": "policy", "format": "xml", "value": "$POLICY"}
$ apim graphql resolver policy show $APIM --api-id museum --resolver-id artists --query value -o tsv
$POLICY
$ apim graphql resolver policy list $APIM --api-id museum --resolver-id artists --query [].name
["policy"]
$ apim graphql resolver policy create $APIM --api-id museum --resolver-id artists --policy-format xml --value-path missing.xml
exit 1 missing.xml
$ apim graphql resolver policy delete $APIM --api-id museum --resolver-id artists
exit 1 --yes
$ apim graphql resolver policy delete $APIM --api-id museum --resolver-id artists --yes
$ apim graphql resolver policy show $APIM --api-id museum --resolver-id artists
exit 3
$ apim graphql resolver delete $APIM --api-id museum --resolver-id artists
exit 1 --yes
$ apim graphql resolver delete $APIM --api-id museum --resolver-id artists -y
$ apim graphql resolver show $APIM --api-id museum --resolver-id artists
exit 3
"#
        .replace("$POLICY", policy),
    );
}
