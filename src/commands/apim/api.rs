//! `azr apim api`.

use clap::{ArgMatches, Args};
use serde_json::{Value, json};

use super::api_resource::API;
use super::api_shape::API as SHAPE;
use super::subscription_key::subscription_key_edits;
use super::top_skip::PageOptions;
use super::workspace::{READ, WorkspaceOption};
use super::{api_wide, export, import, operation, release, revision, schema, versionset};
use crate::commands::resource::{Resource, Segment};
use crate::commands::tree::{Example, Node, group, read_options};
use crate::commands::verbs::{self, SDK, VerbConfig};
use crate::commands::{args, names};
use azr_arm::edit::{Edit, PathSegment};
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::resource::APIM_API;

fn path_of(name: &str) -> Vec<PathSegment> {
    vec![PathSegment::Key(name.to_owned())]
}

fn create_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let text = |long| args::text_value(matches, long);
    let mut edits = subscription_key_edits(matches)?;
    let methods = args::last_occurrence(matches, "bearer-token-sending-methods");
    let authentication = match (text("authorization-server-id"), text("open-id-provider-id"), methods) {
        (Some(server), _, _) => {
            Some(json!({"oAuth2": {"authorizationServerId": server, "scope": text("authorization-scope")}}))
        }
        (None, Some(provider), Some(methods)) => {
            Some(json!({"openid": {"openidProviderId": provider, "bearerTokenSendingMethods": methods}}))
        }
        _ => None,
    };
    if let Some(value) = authentication {
        edits.push(Edit::Set { path: path_of("authenticationSettings"), value });
    }
    let url = text("service-url").unwrap_or_default().to_ascii_lowercase();
    let is_websocket = url.starts_with("ws://") || url.starts_with("wss://");
    let (protocol, kind) = if is_websocket { ("wss", "websocket") } else { ("https", "http") };
    edits.push(Edit::Default { path: path_of("protocols"), value: json!([protocol]) });
    edits.push(Edit::Default { path: path_of("apiType"), value: kind.into() });
    edits.push(Edit::Default { path: path_of("subscriptionRequired"), value: Value::Bool(false) });
    Ok(edits)
}

/// The options of `list`, besides those that name the service.
#[derive(Args)]
struct ListOptions {
    #[arg(long, value_name = "NAME", help = "Only APIs with this display name")]
    filter_display_name: Option<String>,
    #[command(flatten)]
    page: PageOptions,
    #[command(flatten)]
    workspace: WorkspaceOption,
}

fn apply_filter(matches: &ArgMatches, target: Target) -> Result<Target> {
    let options: ListOptions = read_options(matches)?;
    let target = match &options.filter_display_name {
        Some(name) => {
            target.query("$filter", format!("properties/displayName eq '{}'", name.replace('\'', "''")))
        }
        None => target,
    };
    options.workspace.apply(options.page.apply(target))
}

/// The options of `delete`, besides those that name the API.
#[derive(Args)]
struct DeleteOptions {
    #[arg(long, value_name = "true|false", value_parser = args::parse_bool, help = "Delete all revisions of the API")]
    delete_revisions: Option<bool>,
}

fn apply_delete_revisions(matches: &ArgMatches, target: Target) -> Result<Target> {
    let options: DeleteOptions = read_options(matches)?;
    let all = options.delete_revisions.unwrap_or(false);
    Ok(target.query("deleteRevisions", all.to_string()))
}

const CREATE: VerbConfig = VerbConfig { has_no_wait: true, extra_edits: create_edits, ..SDK };
const UPDATE: VerbConfig =
    VerbConfig { has_no_wait: true, extra_edits: subscription_key_edits, default_if_match: Some(""), ..SDK };
const DELETE: VerbConfig = VerbConfig {
    has_no_wait: true,
    default_if_match: Some("*"),
    extra_args: args::derived::<DeleteOptions>,
    customize_target: apply_delete_revisions,
    ..SDK
};
const LIST: VerbConfig =
    VerbConfig { extra_args: args::derived::<ListOptions>, customize_target: apply_filter, ..SDK };

/// `azr apim api …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&API, CREATE)
            .examples(&[Example { summary: "Create an API by hand", command: "azr apim api create -g myResourceGroup --service-name myAPIManagement --api-id notes --display-name Notes --path notes --service-url https://notes.example.com" }])
            .into(),
        verbs::delete(&API, DELETE)
            .examples(&[Example { summary: "Delete an API and its revisions", command: "azr apim api delete -g myResourceGroup --service-name myAPIManagement --api-id notes --delete-revisions true --yes" }])
            .into(),
        export::command()
            .examples(&[Example { summary: "Export to a file in a folder", command: "azr apim api export -g myResourceGroup --service-name myAPIManagement --api-id my-api --export-format OpenApiJsonFile --file-path ." }, Example { summary: "Export to a link that expires after five minutes", command: "azr apim api export -g myResourceGroup --service-name myAPIManagement --api-id my-api --export-format OpenApiJsonUrl --query properties.value.link -o tsv" }, Example { summary: "Export all definitions into a folder", command: "azr apim api export -g myResourceGroup --service-name myAPIManagement --api-id '*' --export-format OpenApiYamlFile --file-path definitions --file-name '{api}-{version}.{ext}'" }])
            .into(),
        import::command()
            .examples(&[Example { summary: "Import a document", command: "azr apim api import -g myResourceGroup --service-name myAPIManagement --path notes --api-id notes --specification-format OpenApi --specification-path notes.yaml" }])
            .into(),
        verbs::list(&API, LIST)
            .wide(api_wide::rows)
            .examples(&[Example { summary: "List the APIs with path, version set and revision", command: "azr apim api list -g myResourceGroup --service-name myAPIManagement -o wide" }, Example { summary: "List the APIs", command: "azr apim api list -g myResourceGroup --service-name myAPIManagement --query '[].{id:name,title:displayName}' -o table" }])
            .into(),
        verbs::show(&API, READ)
            .examples(&[Example { summary: "Show an API", command: "azr apim api show -g myResourceGroup --service-name myAPIManagement --api-id my-api" }])
            .into(),
        verbs::update(&API, UPDATE)
            .examples(&[Example { summary: "Change the description", command: "azr apim api update -g myResourceGroup --service-name myAPIManagement --api-id my-api --description \"What it is for\"" }])
            .into(),
        verbs::wait(&WAIT_API)
            .examples(&[Example { summary: "Wait until the API exists", command: "azr apim api wait -g myResourceGroup --name myAPIManagement --api-id my-api --exists" }])
            .into(),
        group("operation", "Operations of an API", operation::children),
        group("release", "Releases of an API", release::children),
        group("revision", "Revisions of an API", revision::children),
        group("schema", "Schemas of an API", schema::children),
        group("versionset", "Version sets", versionset::children),
    ]
}

/// The API as named in `wait`, where az takes the name of the service in `--name`.
static WAIT_API: Resource = Resource {
    noun: API.noun,
    plural: API.plural,
    resource_type: &APIM_API,
    segments: &[Segment::Name(&names::APIM_ITSELF), Segment::Name(&names::APIM_API)],
    schema: &SHAPE,
    args: &[],
};
