//! `azr role definition list`.

use clap::Args;
use serde_json::{Value, json};

use super::assignment::lookup::{definitions, is_guid};
use crate::commands::args::{ResourceGroupArg, parse_bool};
use crate::commands::tree::{Example, Leaf, Node, Outcome};
use crate::session::Session;
use azr_arm::pager;
use azr_arm::schema::{Absent, Field, Kind, Schema, field, flattened, text};
use azr_core::error::Result;

const TEXTS: Kind = Kind::List(&Kind::Text);
const PERMISSION: &[Field] = &[
    field("actions", TEXTS),
    text("condition"),
    text("conditionVersion"),
    field("dataActions", TEXTS),
    field("notActions", TEXTS),
    field("notDataActions", TEXTS),
];

static SHAPE: Schema = Schema {
    fields: &[
        text("id").read_only(),
        text("name").read_only(),
        text("type").read_only(),
        flattened(
            "properties",
            &[
                text("roleName"),
                text("description"),
                Field { wire: "type", ..text("roleType") },
                field("permissions", Kind::List(&Kind::Object(PERMISSION))),
                field("assignableScopes", TEXTS),
                field("createdOn", Kind::Time).read_only(),
                field("updatedOn", Kind::Time).read_only(),
                text("createdBy").read_only(),
                text("updatedBy").read_only(),
            ],
        ),
    ],
    absent: Absent::Null,
};

/// `azr role definition …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        Leaf::run("list", "List role definitions", list)
            .table(table)
            .examples(&[Example {
                summary: "Show what a role allows",
                command: "azr role definition list -n \"API Management Service Reader Role\" --query [].permissions",
            }])
            .into(),
    ]
}

#[derive(Args)]
struct ListOptions {
    #[arg(long, short = 'n', value_name = "NAME|GUID", help = "Name or GUID of the role")]
    name: Option<String>,
    #[command(flatten)]
    group: ResourceGroupArg,
    #[arg(
        long,
        value_name = "ID",
        help = "Scope that the roles can be assigned at [default: the subscription]"
    )]
    scope: Option<String>,
    #[arg(
        long,
        num_args = 0..=1,
        default_missing_value = "true",
        value_name = "true|false",
        value_parser = parse_bool,
        help = "List only custom roles"
    )]
    custom_role_only: Option<bool>,
}

async fn list(session: &Session, options: ListOptions) -> Result<Outcome> {
    let scope = match &options.scope {
        Some(scope) => scope.clone(),
        None => session.group_or_subscription_scope(options.group.resource_group.as_deref())?.to_string(),
    };
    let mut target = definitions(&scope);
    if let Some(name) = options.name.as_deref().filter(|name| !is_guid(name)) {
        target = target.query("$filter", format!("roleName eq '{}'", name.replace('\'', "''")));
    }
    let mut roles = pager::list(session.client()?, &target, None, None).await?.items;
    roles.retain(|role| {
        let properties = &role["properties"];
        let is_named = options
            .name
            .as_deref()
            .is_none_or(|name| role["name"] == name || properties["roleName"].as_str() == Some(name));
        is_named && (options.custom_role_only != Some(true) || properties["type"] == "CustomRole")
    });
    Ok(Outcome::value(roles.iter().map(|role| SHAPE.show(role)).collect()))
}

/// az's table of role definitions.
fn table(result: &Value) -> Value {
    let row = |role: &Value| json!({"Name": role["roleName"], "Type": role["type"], "Description": role["description"]});
    result.as_array().into_iter().flatten().map(row).collect()
}
