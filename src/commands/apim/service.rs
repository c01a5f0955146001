//! `azr apim create|show|list|update|delete|…`: API Management services themselves.

use clap::{Arg, ArgMatches, Args};
use serde_json::{Map, Value, json};

use super::service_shape::SERVICE as SHAPE;
use super::shapes::shape;
use crate::commands::args::{self, NoWaitArg};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, ValueSyntax, WriteVerb, arg};
use crate::commands::tree::{Example, Leaf, Node, read_options};
use crate::commands::verbs::{self, SDK, VerbConfig};
use crate::session::Session;
use azr_arm::edit::{Edit, PathSegment};
use azr_arm::plan::{Action, Job, Target};
use azr_arm::schema::{Kind, Schema, field, text};
use azr_core::error::Result;
use azr_core::resource::{APIM as VERSION, APIM_SERVICE};

const SKUS: &[&str] = &["Basic", "Consumption", "Developer", "Isolated", "Premium", "Standard"];
const NETWORKS: &[&str] = &["External", "Internal", "None"];

static AVAILABILITY: Schema =
    shape(&[field("nameAvailable", Kind::Bool).read_only(), text("message").read_only(), text("reason")]);

/// An API Management service.
pub(super) static SERVICE: Resource = Resource {
    noun: "API Management service",
    plural: "API Management services of a resource group, or of the subscription",
    resource_type: &APIM_SERVICE,
    segments: &[Segment::Name(&names::APIM_ITSELF)],
    schema: &SHAPE,
    args: &[
        arg("publisher-email", "publisherEmail", "Sender address of notifications").required(),
        arg("publisher-name", "publisherName", "Organization that publishes the APIs").required(),
        arg("location", "location", "Region [default: the region of the resource group]")
            .syntax(ValueSyntax::Region)
            .short('l')
            .only_for(WriteVerb::Create),
        arg("sku-name", "sku.name", "Tier [default: Developer]").kind(Kind::Choice(SKUS)),
        arg("sku-capacity", "sku.capacity", "Units [default: 1]"),
        arg("virtual-network", "virtualNetworkType", "Type of virtual network [default: None]")
            .short('v')
            .kind(Kind::Choice(NETWORKS)),
        arg("enable-managed-identity", "", "Whether to assign a system-assigned identity")
            .syntax(ValueSyntax::Bool),
        arg("public-network-access", "", "Whether the service is reachable from the internet")
            .syntax(ValueSyntax::Bool),
        arg("disable-gateway", "disableGateway", "Whether to disable the gateway in the primary region")
            .syntax(ValueSyntax::Bool),
        arg(
            "enable-client-certificate",
            "enableClientCertificate",
            "Whether clients must present a certificate (Consumption tier)",
        )
        .syntax(ValueSyntax::Bool),
        arg("tags", "tags", "Tags: KEY=VALUE…").syntax(ValueSyntax::Tags),
    ],
};

fn path_of(name: &str) -> Vec<PathSegment> {
    name.split('.').map(|part| PathSegment::Key(part.to_owned())).collect()
}

/// The edits of `create`; az sends `True` or `False` for public network access here, unlike in `update`.
fn create_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    if let Some(is_public) = args::bool_value(matches, "public-network-access")? {
        let value = if is_public { "True" } else { "False" };
        edits.push(Edit::Set { path: path_of("publicNetworkAccess"), value: value.into() });
    }
    if args::bool_value(matches, "enable-managed-identity")? == Some(true) {
        edits.push(Edit::Set { path: path_of("identity"), value: json!({"type": "SystemAssigned"}) });
    }
    Ok(edits)
}

/// Fills in az's defaults for a new service.
fn fill_defaults(_: &Session, _: &ArgMatches, shown: &mut Value) -> Result<()> {
    let Value::Object(service) = shown else { return Ok(()) };
    let email = service.get("publisherEmail").cloned().unwrap_or(Value::Null);
    let sku = service.entry("sku").or_insert_with(|| json!({}));
    if let Value::Object(sku) = sku {
        sku.entry("name").or_insert_with(|| "Developer".into());
        sku.entry("capacity").or_insert_with(|| 1.into());
        if sku["name"] == "Consumption" {
            sku.insert("capacity".to_owned(), 0.into());
        }
    }
    service.insert("notificationSenderEmail".to_owned(), email);
    service.entry("virtualNetworkType").or_insert_with(|| "None".into());
    service.insert("restore".to_owned(), false.into());
    Ok(())
}

/// The edits of `update`; az keeps the identity only with `--enable-managed-identity`.
fn update_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    if let Some(is_public) = args::bool_value(matches, "public-network-access")? {
        let value = if is_public { "Enabled" } else { "Disabled" };
        edits.push(Edit::Set { path: path_of("publicNetworkAccess"), value: value.into() });
    }
    edits.push(match args::bool_value(matches, "enable-managed-identity")? {
        Some(true) => Edit::Default { path: path_of("identity"), value: json!({"type": "SystemAssigned"}) },
        _ => Edit::Set { path: path_of("identity"), value: Value::Null },
    });
    Ok(edits)
}

const CREATE: VerbConfig = VerbConfig {
    location_from_group: true,
    has_no_wait: true,
    extra_edits: create_edits,
    defaults: fill_defaults,
    ..SDK
};
const UPDATE: VerbConfig = VerbConfig { has_no_wait: true, extra_edits: update_edits, ..SDK };
const DELETE: VerbConfig = VerbConfig { has_no_wait: true, ..SDK };

/// The services as az's table shows them.
fn table(result: &Value) -> Value {
    let rows = result.as_array().cloned().unwrap_or_else(|| vec![result.clone()]);
    rows.iter().map(row).collect()
}

fn row(service: &Value) -> Value {
    let text = |value: &Value| match value {
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Number(number) if number.as_i64() != Some(0) => number.to_string(),
        _ => " ".to_owned(),
    };
    let addresses = |value: &Value| match value.as_array() {
        Some(list) if !list.is_empty() => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        _ => " ".to_owned(),
    };
    let state = text(&service["provisioningState"]);
    let status = match state.to_ascii_lowercase().as_str() {
        "activating" | "created" => "Activating",
        "failed" => "Error",
        "stopped" => "Stopped",
        "succeeded" => "Online",
        "updating" => "Updating",
        _ => &state,
    };
    let columns = [
        ("NAME", text(&service["name"])),
        ("RESOURCE GROUP", text(&service["resourceGroup"])),
        ("LOCATION", text(&service["location"])),
        ("GATEWAY ADDR", text(&service["gatewayUrl"])),
        ("PUBLIC IP", addresses(&service["publicIpAddresses"])),
        ("PRIVATE IP", addresses(&service["privateIpAddresses"])),
        ("STATUS", status.to_owned()),
        ("TIER", text(&service["sku"]["name"])),
        ("UNITS", text(&service["sku"]["capacity"])),
    ];
    let row: Map<String, Value> =
        columns.into_iter().map(|(n, v)| (n.to_owned(), Value::String(v))).collect();
    Value::Object(row)
}

/// The target of an action on the service.
fn action_target(session: &Session, matches: &ArgMatches, action: &str) -> Result<Target> {
    Ok(Target::new(verbs::resource_id(session, &SERVICE, matches)?.as_str(), VERSION).join(action))
}

/// A request for an action, with `--no-wait`.
fn action_job(no_wait: NoWaitArg, target: Target, body: Value, location_from_group: Option<String>) -> Job {
    let mut job = Job::new(target, Action::Post { body: Some(body), location_from_group }, Some(&SHAPE));
    job.no_wait = no_wait.is_set();
    job
}

fn check_name() -> Leaf {
    Leaf::plan(
        "check-name",
        "Check whether a name is available for a service",
        || vec![args::name(&names::APIM_ITSELF).required(true)],
        |session, matches| {
            let scope = session.subscription_scope()?;
            let target = Target::new(
                format!("{scope}/providers/Microsoft.ApiManagement/checkNameAvailability"),
                VERSION,
            );
            let name = args::text_value(matches, names::APIM_ITSELF.key);
            let action = Action::Post { body: Some(json!({"name": name})), location_from_group: None };
            Ok(Job::new(target, action, Some(&AVAILABILITY)).into())
        },
    )
}

/// The options of `apply-network-updates`, besides those that name the service.
#[derive(Args)]
struct NetworkOptions {
    #[arg(
        long,
        short = 'l',
        value_name = "REGION",
        help = "Region [default: the region of the resource group]"
    )]
    location: Option<String>,
    #[command(flatten)]
    no_wait: NoWaitArg,
}

fn apply_network_updates() -> Leaf {
    Leaf::plan(
        "apply-network-updates",
        "Apply changed network settings to a service in a virtual network",
        || {
            let mut all = verbs::name_args(&SERVICE, false);
            all.extend(args::derived::<NetworkOptions>());
            all
        },
        |session, matches| {
            let options: NetworkOptions = read_options(matches)?;
            let mut body = json!({});
            if let Some(location) = &options.location {
                body["location"] = Value::String(args::region_name(location));
            }
            let location_from_group = session.add_location(args::resource_group_value(matches), &mut body)?;
            let target = action_target(session, matches, "applynetworkconfigurationupdates")?;
            Ok(action_job(options.no_wait, target, body, location_from_group).into())
        },
    )
}

/// The options of `backup` and `restore`, besides those that name the service.
#[derive(Args)]
struct StorageOptions {
    #[arg(long, help = "Name of the backup")]
    backup_name: String,
    #[arg(long, help = "Storage account")]
    storage_account_name: String,
    #[arg(long, visible_alias = "container-name", help = "Container of the storage account")]
    storage_account_container: String,
    #[arg(long, help = "Access key of the storage account")]
    storage_account_key: String,
    #[command(flatten)]
    no_wait: NoWaitArg,
}

fn storage_args() -> Vec<Arg> {
    let mut all = verbs::name_args(&SERVICE, false);
    all.extend(args::derived::<StorageOptions>());
    all
}

/// `backup` or `restore`, which use a storage account.
fn storage_command(name: &'static str, about: &'static str) -> Leaf {
    Leaf::plan(name, about, storage_args, move |session, matches| {
        let options: StorageOptions = read_options(matches)?;
        let body = json!({
            "storageAccount": options.storage_account_name,
            "containerName": options.storage_account_container,
            "backupName": options.backup_name,
            "accessType": "AccessKey",
            "accessKey": options.storage_account_key,
        });
        Ok(action_job(options.no_wait, action_target(session, matches, name)?, body, None).into())
    })
}

/// The commands for services.
pub(super) fn commands() -> Vec<Node> {
    vec![
        apply_network_updates()
            .examples(&[Example { summary: "Apply changed network settings", command: "azr apim apply-network-updates -g myResourceGroup -n myAPIManagement" }])
            .into(),
        storage_command("backup", "Back up a service to a storage account")
            .examples(&[Example { summary: "Back up", command: "azr apim backup -g myResourceGroup -n myAPIManagement --backup-name b1 --storage-account-name store --container-name backups --storage-account-key KEY" }])
            .into(),
        check_name()
            .examples(&[Example { summary: "Check a name", command: "azr apim check-name -n newAPIManagement" }])
            .into(),
        verbs::create(&SERVICE, CREATE).table(table)
            .examples(&[Example { summary: "Create a service without waiting for it", command: "azr apim create -g myResourceGroup -n newAPIManagement --publisher-name Contoso --publisher-email admin@example.com --no-wait" }])
            .into(),
        verbs::delete(&SERVICE, DELETE)
            .examples(&[Example { summary: "Delete a service", command: "azr apim delete -g myResourceGroup -n newAPIManagement --yes" }])
            .into(),
        verbs::list(&SERVICE, SDK).table(table)
            .examples(&[Example { summary: "List the services of the subscription as a table", command: "azr apim list -o table" }])
            .into(),
        storage_command("restore", "Restore a service from a storage account")
            .examples(&[Example { summary: "Restore", command: "azr apim restore -g myResourceGroup -n myAPIManagement --backup-name b1 --storage-account-name store --container-name backups --storage-account-key KEY" }])
            .into(),
        verbs::show(&SERVICE, SDK).table(table)
            .examples(&[Example { summary: "Read the resource id of a service", command: "azr apim show -g myResourceGroup -n myAPIManagement --query id -o tsv" }])
            .into(),
        verbs::update(&SERVICE, UPDATE)
            .examples(&[Example { summary: "Assign a system-assigned identity", command: "azr apim update -g myResourceGroup -n myAPIManagement --enable-managed-identity true" }])
            .into(),
        verbs::wait(&SERVICE)
            .examples(&[Example { summary: "Wait until a service is provisioned", command: "azr apim wait -g myResourceGroup -n newAPIManagement --created" }])
            .into(),
    ]
}
