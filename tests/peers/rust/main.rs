//! The crates `azure_mgmt_apicenter` and `azure_mgmt_apimanagement` against the emulator: the life cycle of each resource.
//!
//! `peers URL` prints each step, and stops at the first that fails.

use std::sync::Arc;
use std::time::Duration;

use azure_core::auth::{AccessToken, TokenCredential};
use azure_core::{Pageable, Result, Url};
use azure_mgmt_apicenter::package_2024_03 as center;
use azure_mgmt_apimanagement::package_preview_2023_09 as management;
use futures::StreamExt as _;
use serde::de::DeserializeOwned;
use serde::Serialize;
use serde_json::{json, Value};

const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";
const GROUP: &str = "myResourceGroup";
const CENTER: &str = "myAPICenter";
const SERVICE: &str = "myAPIManagement";
const WORKSPACE: &str = "default";
const DOCUMENT: &str = r#"{"openapi": "3.0.1", "info": {"title": "Echo", "version": "1.0"}, "paths": {"/echo": {"get":
    {"operationId": "echo", "responses": {"200": {"description": "Echoed"}}}}}}"#;

/// A credential of an emulator that accepts any token.
#[derive(Debug)]
struct AnyToken;

#[async_trait::async_trait]
impl TokenCredential for AnyToken {
    async fn get_token(&self, _: &[&str]) -> Result<AccessToken> {
        Ok(AccessToken::new("any", time::OffsetDateTime::now_utc() + Duration::from_secs(3600)))
    }

    async fn clear_cache(&self) -> Result<()> {
        Ok(())
    }
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let endpoint: Url = std::env::args().nth(1).ok_or("the URL of the emulator is missing")?.parse()?;
    let credential: Arc<dyn TokenCredential> = Arc::new(AnyToken);
    let center = center::Client::builder(credential.clone()).endpoint(endpoint.clone()).build()?;
    let management = management::Client::builder(credential).endpoint(endpoint).build()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        centers(&center).await?;
        metadata_and_workspaces(&center).await?;
        apis_of_the_center(&center).await?;
        services_and_lists(&management).await?;
        apis_of_the_service(&management).await
    })?;
    println!("done");
    Ok(())
}

/// A model of the crates.
fn model<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("the crate has this model")
}

/// The number of items in all pages of a list.
async fn count<T: Serialize + azure_core::Continuable>(
    mut pages: Pageable<T, azure_core::Error>,
) -> Result<usize>
where
    T: Send + 'static,
    Pageable<T, azure_core::Error>: Unpin,
{
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = serde_json::to_value(page?).expect("a page is JSON");
        count += page["value"].as_array().map_or(0, Vec::len);
    }
    Ok(count)
}

async fn centers(client: &center::Client) -> Result<()> {
    println!("centers");
    let services = client.services_client();
    assert!(count(services.list_by_subscription(SUBSCRIPTION).into_stream()).await? > 0);
    assert!(count(services.list_by_resource_group(SUBSCRIPTION, GROUP).into_stream()).await? > 0);
    let body = model::<center::models::Service>(json!({"location": "eastus"}));
    services.create_or_update(SUBSCRIPTION, GROUP, "byRust", body).await?;
    services.get(SUBSCRIPTION, GROUP, "byRust").await?;
    services
        .update(
            SUBSCRIPTION,
            GROUP,
            "byRust",
            model::<center::models::ServiceUpdate>(json!({"tags": {"a": "b"}})),
        )
        .await?;
    let body = model::<center::models::MetadataSchemaExportRequest>(json!({"assignedTo": "api"}));
    services.export_metadata_schema(SUBSCRIPTION, GROUP, CENTER, body).await?;
    services.delete(SUBSCRIPTION, GROUP, "byRust").send().await?;
    Ok(())
}

async fn metadata_and_workspaces(client: &center::Client) -> Result<()> {
    println!("metadata schemas and workspaces");
    let schemas = client.metadata_schemas_client();
    let body = model::<center::models::MetadataSchema>(
        json!({"properties": {"schema": r#"{"type":"string","title":"Author"}"#, "assignedTo": [{"entity": "api"}]}}),
    );
    schemas.create_or_update(SUBSCRIPTION, GROUP, CENTER, "by-rust", body).await?;
    schemas.get(SUBSCRIPTION, GROUP, CENTER, "by-rust").await?;
    assert!(count(schemas.list(SUBSCRIPTION, GROUP, CENTER).into_stream()).await? > 0);
    schemas.head(SUBSCRIPTION, GROUP, CENTER, "by-rust").send().await?;
    schemas.delete(SUBSCRIPTION, GROUP, CENTER, "by-rust").send().await?;
    let workspaces = client.workspaces_client();
    assert_eq!(count(workspaces.list(SUBSCRIPTION, GROUP, CENTER).into_stream()).await?, 1);
    workspaces.get(SUBSCRIPTION, GROUP, CENTER, WORKSPACE).await?;
    workspaces.head(SUBSCRIPTION, GROUP, CENTER, WORKSPACE).send().await?;
    Ok(())
}

async fn apis_of_the_center(client: &center::Client) -> Result<()> {
    println!("APIs, versions, definitions, environments and deployments");
    let (apis, versions, definitions) =
        (client.apis_client(), client.api_versions_client(), client.api_definitions_client());
    let body = model::<center::models::Api>(
        json!({"properties": {"title": "Rust", "kind": "rest", "license": {"name": "MIT"},
                                           "contacts": [{"name": "Desk", "email": "a@b.example"}]}}),
    );
    apis.create_or_update(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", body).await?;
    apis.get(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust").await?;
    apis.head(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust").send().await?;
    let filtered = apis.list(SUBSCRIPTION, GROUP, CENTER, WORKSPACE).filter("title eq 'Rust'");
    assert_eq!(count(filtered.into_stream()).await?, 1);

    let body = model::<center::models::ApiVersion>(
        json!({"properties": {"title": "v1", "lifecycleStage": "design"}}),
    );
    versions.create_or_update(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0", body).await?;
    versions.get(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0").await?;
    versions.head(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0").send().await?;
    assert_eq!(count(versions.list(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust").into_stream()).await?, 1);

    let body = model::<center::models::ApiDefinition>(json!({"properties": {"title": "OpenAPI"}}));
    definitions
        .create_or_update(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0", "openapi", body)
        .await?;
    let body = model::<center::models::ApiSpecImportRequest>(
        json!({"format": "inline", "value": DOCUMENT, "specification": {"name": "openapi", "version": "3.0.1"}}),
    );
    definitions
        .import_specification(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0", "openapi", body)
        .send()
        .await?;
    definitions.get(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0", "openapi").await?;
    definitions.head(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0", "openapi").send().await?;
    let list = definitions.list(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0");
    assert_eq!(count(list.into_stream()).await?, 1);
    definitions
        .export_specification(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0", "openapi")
        .await?;

    let (environments, deployments) = (client.environments_client(), client.deployments_client());
    let body =
        model::<center::models::Environment>(json!({"properties": {"title": "Rust", "kind": "development"}}));
    environments.create_or_update(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", body).await?;
    environments.get(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust").await?;
    environments.head(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust").send().await?;
    let body = model::<center::models::Deployment>(
        json!({"properties": {"title": "Rust", "state": "active", "server": {"runtimeUri": ["https://x.example.com"]},
        "environmentId": "/workspaces/default/environments/rust",
        "definitionId": "/workspaces/default/apis/rust/versions/v1-0/definitions/openapi"}}),
    );
    deployments.create_or_update(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "main", body).await?;
    deployments.get(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "main").await?;
    deployments.head(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "main").send().await?;
    assert_eq!(
        count(deployments.list(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust").into_stream()).await?,
        1
    );

    deployments.delete(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "main").send().await?;
    environments.delete(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust").send().await?;
    definitions.delete(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0", "openapi").send().await?;
    versions.delete(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust", "v1-0").send().await?;
    apis.delete(SUBSCRIPTION, GROUP, CENTER, WORKSPACE, "rust").send().await?;
    Ok(())
}

async fn services_and_lists(client: &management::Client) -> Result<()> {
    println!("services and lists");
    let services = client.api_management_service_client();
    assert!(count(services.list(SUBSCRIPTION).into_stream()).await? > 0);
    services.get(GROUP, SERVICE, SUBSCRIPTION).await?;
    assert!(
        count(client.api_version_set_client().list_by_service(GROUP, SERVICE, SUBSCRIPTION).into_stream())
            .await?
            > 0
    );
    assert!(
        count(client.product_client().list_by_service(GROUP, SERVICE, SUBSCRIPTION).into_stream()).await? > 0
    );
    assert!(
        count(client.tag_client().list_by_service(GROUP, SERVICE, SUBSCRIPTION).into_stream()).await? > 0
    );
    assert!(
        count(client.named_value_client().list_by_service(GROUP, SERVICE, SUBSCRIPTION).into_stream())
            .await?
            > 0
    );
    assert!(
        count(client.backend_client().list_by_service(GROUP, SERVICE, SUBSCRIPTION).into_stream()).await? > 0
    );
    Ok(())
}

async fn apis_of_the_service(client: &management::Client) -> Result<()> {
    println!("APIs of a service");
    let apis = client.api_client();
    assert!(count(apis.list_by_service(GROUP, SERVICE, SUBSCRIPTION).into_stream()).await? > 5);
    let body = model::<management::models::ApiCreateOrUpdateParameter>(
        json!({"properties": {"displayName": "Rust", "path": "rust", "protocols": ["https"]}}),
    );
    apis.create_or_update(GROUP, SERVICE, "rust", body, SUBSCRIPTION).await?;
    let body = model::<management::models::ApiCreateOrUpdateParameter>(
        json!({"properties": {"format": "openapi+json", "path": "rust-echo", "value": DOCUMENT}}),
    );
    // The crate's poller expects a provisioning state, which the operation of an import does not have.
    apis.create_or_update(GROUP, SERVICE, "rust-echo", body, SUBSCRIPTION).send().await?;
    apis.get(GROUP, SERVICE, "rust-echo", SUBSCRIPTION).await?;
    let body =
        model::<management::models::ApiUpdateContract>(json!({"properties": {"description": "Changed"}}));
    apis.update(GROUP, SERVICE, "rust-echo", body, "*", SUBSCRIPTION).await?;
    let operations = client.api_operation_client();
    assert_eq!(
        count(operations.list_by_api(GROUP, SERVICE, "rust-echo", SUBSCRIPTION).into_stream()).await?,
        1
    );
    operations.get(GROUP, SERVICE, "rust-echo", "echo", SUBSCRIPTION).await?;
    let schemas = client.api_schema_client().list_by_api(GROUP, SERVICE, "rust-echo", SUBSCRIPTION);
    count(schemas.into_stream()).await?;
    let revisions = client.api_revision_client().list_by_service(GROUP, SERVICE, "rust-echo", SUBSCRIPTION);
    assert_eq!(count(revisions.into_stream()).await?, 1);
    apis.delete(GROUP, SERVICE, "rust-echo", "*", SUBSCRIPTION).delete_revisions(true).send().await?;
    apis.delete(GROUP, SERVICE, "rust", "*", SUBSCRIPTION).send().await?;
    Ok(())
}
