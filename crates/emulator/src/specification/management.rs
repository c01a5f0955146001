//! API Management against the specification of 2024-05-01.

use serde_json::{Value, json};

use super::walk::{Sample, Walk};
use crate::apim::PROVIDER;

const FACTS: &str = include_str!("../../tests/data/management_types.txt");
const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/providers/Microsoft.ApiManagement";
const SERVICE: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/providers/Microsoft.ApiManagement/service/myAPIManagement";

/// Members that violate the specification in the same way in recordings: API Management writes null where the
/// specification has a text or an object, and two members that are not specified.
const ALLOWED: &[&str] = &[
    "ApiContact.email",
    "ApiContact.url",
    "ApiLicense.url",
    "ApiProperties.authenticationSettings",
    "ApiProperties.description",
    "ApiProperties.protocols",
    "ApiProperties.serviceUrl",
    "ApiProperties.subscriptionKeyParameterNames",
    "ApiRevision.description",
    // Not specified.
    "ApiRevision.id",
    "ApiVersionSetProperties.description",
    "ApiVersionSetProperties.versionHeaderName",
    "ApiVersionSetProperties.versionQueryName",
    "AuthenticationSettings.oAuth2",
    "AuthenticationSettings.openid",
    "OperationProperties.policies",
    "ProductProperties.description",
    // Not specified.
    "ProductProperties.groups",
    "ProductProperties.subscriptionsLimit",
    "ProductProperties.terms",
    // Not specified.
    "Representation.generatedSample",
    "Representation.sample",
];

/// The same for services.
const ALLOWED_OF_SERVICES: &[&str] = &[
    "ApiVersionConstraint.minApiVersion",
    "HostnameConfiguration.certificate",
    "HostnameConfiguration.certificatePassword",
    "HostnameConfiguration.certificateStatus",
    "HostnameConfiguration.encodedCertificate",
    "HostnameConfiguration.identityClientId",
    "HostnameConfiguration.keyVaultId",
    "Service.zones",
    "ServiceProperties.additionalLocations",
    "ServiceProperties.certificates",
    "ServiceProperties.customProperties",
    "ServiceProperties.developerPortalUrl",
    "ServiceProperties.gatewayRegionalUrl",
    "ServiceProperties.managementApiUrl",
    "ServiceProperties.outboundPublicIPAddresses",
    "ServiceProperties.portalUrl",
    "ServiceProperties.privateEndpointConnections",
    "ServiceProperties.privateIPAddresses",
    "ServiceProperties.publicIPAddresses",
    "ServiceProperties.publicIpAddressId",
    "ServiceProperties.scmUrl",
    "ServiceProperties.virtualNetworkConfiguration",
];

/// Kinds that are not checked: these links are made of other resources, and cannot be written.
const UNSPECIFIED: &[&str] = &["workspaceLinks"];

const POLICY: &str = "<policies><inbound><base /></inbound></policies>";

fn sample(path: &'static str, id: &'static str, properties: Value) -> Sample {
    Sample { path, id, properties }
}

/// A resource of each kind, after those that it needs.
fn samples() -> Vec<Sample> {
    let policy = || json!({"format": "xml", "value": POLICY});
    vec![
        sample("tags", "tags/new", json!({"displayName": "New"})),
        sample(
            "apiVersionSets",
            "apiVersionSets/new",
            json!({"displayName": "New", "versioningScheme": "Query", "versionQueryName": "v"}),
        ),
        sample(
            "products",
            "products/new",
            json!({"displayName": "New", "terms": "None", "subscriptionsLimit": 2}),
        ),
        sample("products/apis", "products/new/apis/weather", Value::Null),
        sample("products/tags", "products/new/tags/new", Value::Null),
        sample("products/policies", "products/new/policies/policy", policy()),
        sample("policies", "policies/policy", policy()),
        sample("namedValues", "namedValues/new", json!({"displayName": "new", "value": "1", "tags": ["t"]})),
        sample(
            "namedValues",
            "namedValues/secret",
            json!({"displayName": "secret", "secret": true, "keyVault": {"secretIdentifier": "https://v.example.com/secrets/s"}}),
        ),
        sample(
            "backends",
            "backends/new",
            json!({"url": "https://x.example.com", "protocol": "http", "credentials": {"header": {"x": ["1"]}},
                   "tls": {"validateCertificateChain": false}}),
        ),
        sample("documentations", "documentations/new", json!({"title": "New", "content": "# New"})),
        sample(
            "gateways",
            "gateways/new",
            json!({"description": "New", "locationData": {"name": "Here", "city": "Oslo"}}),
        ),
        sample("gateways/apis", "gateways/new/apis/weather", Value::Null),
        sample(
            "apis",
            "apis/new",
            json!({"displayName": "New", "path": "new", "protocols": ["https"], "serviceUrl": "https://x.example.com",
                   "contact": {"name": "Desk"}, "license": {"name": "MIT"}, "termsOfServiceUrl": "https://x.example.com/t",
                   "authenticationSettings": {"oAuth2": {"authorizationServerId": "a", "scope": "s"}}}),
        ),
        sample("apis", "apis/new;rev=2", json!({"path": "new", "sourceApiId": "/apis/new"})),
        sample("apis/tags", "apis/new/tags/new", Value::Null),
        sample("apis/policies", "apis/new/policies/policy", policy()),
        sample("apis/tagDescriptions", "apis/new/tagDescriptions/new", json!({"description": "New"})),
        sample("apis/wikis", "apis/new/wikis/default", json!({"documents": [{"documentationId": "new"}]})),
        sample(
            "apis/schemas",
            "apis/new/schemas/new",
            json!({"contentType": "application/vnd.oai.openapi.components+json",
                   "document": {"components": {"schemas": {"A": {"type": "string"}}}}}),
        ),
        sample(
            "apis/operations",
            "apis/new/operations/new",
            json!({"displayName": "New", "method": "POST", "urlTemplate": "/a/{b}",
                   "templateParameters": [{"name": "b", "type": "string", "required": true}],
                   "request": {"description": "R", "headers": [{"name": "h", "type": "string", "values": ["1"]}],
                               "representations": [{"contentType": "application/json", "schemaId": "new", "typeName": "A"}]},
                   "responses": [{"statusCode": 200, "description": "R"}]}),
        ),
        sample("apis/operations/tags", "apis/new/operations/new/tags/new", Value::Null),
        sample("apis/operations/policies", "apis/new/operations/new/policies/policy", policy()),
        sample("apis/releases", "apis/new/releases/new", json!({"apiId": "/apis/new", "notes": "New"})),
        sample(
            "apis/resolvers",
            "apis/museum/resolvers/new",
            json!({"displayName": "New", "path": "Query/new"}),
        ),
        sample("apis/resolvers/policies", "apis/museum/resolvers/new/policies/policy", policy()),
        sample("workspaces", "workspaces/new", json!({"displayName": "New"})),
        sample(
            "apis",
            "workspaces/new/apis/inside",
            json!({"displayName": "Inside", "path": "inside", "protocols": ["https"]}),
        ),
    ]
}

#[test]
fn responses_about_resources_are_valid() {
    for version in ["2022-08-01", "2024-05-01"] {
        let samples =
            samples().into_iter().filter(|sample| version > "2023" || !sample.id.starts_with("workspaces"));
        let samples: Vec<Sample> = samples.collect();
        let violations = Walk::new(FACTS, version, ALLOWED).walk(&PROVIDER, SERVICE, &samples, UNSPECIFIED);
        assert!(violations.is_empty(), "{version}:\n{}", violations.join("\n"));
    }
}

#[test]
fn responses_about_services_are_valid() {
    let mut walk = Walk::new(FACTS, "2024-05-01", ALLOWED_OF_SERVICES);
    for sku in [json!({"name": "Consumption", "capacity": 0}), json!({"name": "Developer", "capacity": 1})] {
        let body = json!({"location": "westus", "sku": sku, "identity": {"type": "SystemAssigned"},
                          "properties": {"publisherEmail": "a@b.example", "publisherName": "A", "restore": false}});
        let url = format!("{GROUP}/service/new");
        for (method, body) in [("PUT", &body), ("GET", &Value::Null), ("PATCH", &json!({"tags": {"a": "b"}}))]
        {
            let service = walk.send_ok(method, &url, body);
            walk.check(".", &service, method);
        }
        walk.read_list(".", &format!("{GROUP}/service"));
        walk.send("DELETE", &url, &Value::Null);
        let deleted = url
            .replace("/resourceGroups/myResourceGroup", "")
            .replace("/service/", "/locations/westus/deletedservices/");
        walk.send_ok("DELETE", &deleted, &Value::Null);
    }
    assert_eq!(walk.violations(), [""; 0]);
}
