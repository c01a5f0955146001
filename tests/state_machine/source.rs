//! The APIs of the API Management service, which change between imports.

use serde_json::{Value, json};

use crate::world::{World, name_of, service_id};

/// How many APIs there are at most: two REST APIs, a SOAP API and a GraphQL API.
pub(crate) const APIS: usize = 4;

/// The number of the SOAP API.
const SOAP: usize = 2;

/// The number of the GraphQL API.
const GRAPHQL: usize = 3;

/// The version set that an API belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VersionSet {
    None,
    /// One that no other API belongs to.
    Own,
    /// One that both REST APIs may belong to; for the others their own.
    Shared,
}

/// An API of API Management; everything has few values, so that earlier ones come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SourceApi {
    pub(crate) title: u8,
    pub(crate) document: u8,
    pub(crate) path: u8,
    pub(crate) set: VersionSet,
    /// The version in the set; 0 for none.
    pub(crate) version: u8,
}

/// The APIs by their number.
pub(crate) type Source = [Option<SourceApi>; APIS];

/// The name of the API with this number.
pub(crate) fn source_name(api: usize) -> String {
    format!("api-{api}")
}

/// Brings the API with this number to a state.
pub(crate) async fn change(world: &World, number: usize, from: Option<SourceApi>, to: Option<SourceApi>) {
    let (name, service) = (source_name(number), service_id());
    let api = format!("{service}/apis/{name}");
    let Some(to) = to else {
        world.delete(&format!("{api}?deleteRevisions=true")).await;
        return;
    };
    // A version cannot be taken away, and a set cannot be left.
    let leaves = |from: SourceApi| (from.set, from.version > 0) != (to.set, to.version > 0);
    if from.is_some_and(leaves) {
        world.delete(&format!("{api}?deleteRevisions=true")).await;
    }
    let mut properties = json!({
        "displayName": format!("Title {}", to.title),
        "path": format!("path-{number}-{}", to.path),
        "protocols": ["https"],
    });
    if to.set != VersionSet::None {
        let (set, title) = match to.set {
            VersionSet::Shared if number < SOAP => ("shared".to_owned(), "Shared".to_owned()),
            _ => (format!("set-{number}"), format!("Title {}", to.title)),
        };
        let set = format!("{service}/apiVersionSets/{set}");
        let body = json!({"properties": {"displayName": title, "versioningScheme": "Segment"}});
        world.put(&set, &body).await;
        properties["apiVersionSetId"] = json!(set);
        if to.version > 0 {
            properties["apiVersion"] = json!(format!("v{}", to.version));
        }
    }
    match number {
        SOAP => {
            properties["format"] = json!("wsdl");
            properties["value"] = json!(wsdl(to.document));
            properties["apiType"] = json!("soap");
            world.put(&api, &json!({"properties": properties})).await;
        }
        GRAPHQL => {
            properties["type"] = json!("graphql");
            properties["serviceUrl"] = json!("https://contoso.com/graphql");
            world.put(&api, &json!({"properties": properties})).await;
            write_schema(world, &api, to.document).await;
        }
        _ => {
            world.put(&api, &json!({"properties": properties})).await;
            write_operation(world, &api, to.document).await;
        }
    }
}

/// Replaces the operations of an API by one.
async fn write_operation(world: &World, api: &str, document: u8) {
    for operation in world.list(&format!("{api}/operations")).await {
        world.delete(&format!("{api}/operations/{}", name_of(&operation))).await;
    }
    let name = format!("operation-{document}");
    let properties = json!({"displayName": name, "method": "GET", "urlTemplate": format!("/{name}")});
    world.put(&format!("{api}/operations/{name}"), &json!({"properties": properties})).await;
}

/// Replaces the schema of a GraphQL API, and its resolvers by one.
async fn write_schema(world: &World, api: &str, document: u8) {
    for resolver in world.list(&format!("{api}/resolvers")).await {
        world.delete(&format!("{api}/resolvers/{}", name_of(&resolver))).await;
    }
    let schema: Value = json!({
        "contentType": "application/vnd.ms-azure-apim.graphql.schema",
        "document": {"value": format!("type Query {{ field{document}: String }}")},
    });
    world.put(&format!("{api}/schemas/graphql"), &json!({"properties": schema})).await;
    let resolver = json!({"displayName": "R", "path": format!("Query/field{document}")});
    world.put(&format!("{api}/resolvers/r{document}"), &json!({"properties": resolver})).await;
}

fn wsdl(document: u8) -> String {
    let operation = format!("Operation{document}");
    format!(
        r#"<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
             xmlns:t="urn:t" name="Service" targetNamespace="urn:t">
           <w:portType name="T"><w:operation name="{operation}"/></w:portType>
           <w:binding name="B" type="t:T"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
             <w:operation name="{operation}"><s:operation soapAction="urn:{operation}"/></w:operation></w:binding>
           <w:service name="Service"><w:port name="P" binding="t:B"><s:address location="https://contoso.com/s"/></w:port></w:service>
           </w:definitions>"#
    )
}
