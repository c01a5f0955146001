//! `azr group`: resource groups.

use clap::{Arg, ArgMatches, Args};
use http::Method;
use serde_json::{Value, json};

use super::args;
use super::tree::{Example, Leaf, Node, Outcome};
use crate::session::Session;
use azr_arm::plan::{Action, Job, Plan, Target};
use azr_arm::schema::{Absent, Kind, Schema, field, text};
use azr_core::error::Result;
use azr_core::resource::GROUPS_VERSION;

static SHAPE: Schema = Schema {
    fields: &[
        text("id").read_only(),
        text("name").read_only(),
        text("type").read_only(),
        field("properties", Kind::Object(&[text("provisioningState").read_only()])),
        text("location"),
        text("managedBy"),
        field("tags", Kind::Map(&Kind::Text)),
    ],
    absent: Absent::Null,
};

/// `azr group …`.
#[must_use]
pub(crate) fn children() -> Vec<Node> {
    vec![
        Leaf::run("exists", "Check whether a resource group exists", exists)
            .examples(&[Example {
                summary: "Print true or false",
                command: "azr group exists -n myResourceGroup",
            }])
            .into(),
        Leaf::plan("list", "List the resource groups of the subscription", list_options, list)
            .table(table)
            .examples(&[Example { summary: "List them as a table", command: "azr group list -o table" }])
            .into(),
        Leaf::plan("show", "Show a resource group", args::derived::<GroupOptions>, show)
            .examples(&[Example {
                summary: "Print its region",
                command: "azr group show -n myResourceGroup --query location -o tsv",
            }])
            .into(),
    ]
}

#[derive(Args)]
struct GroupOptions {
    #[arg(
        id = "resource-group",
        long = "name",
        short = 'n',
        visible_alias = "resource-group",
        visible_short_alias = 'g',
        value_name = "NAME",
        required = true,
        help = "Resource group"
    )]
    name: Option<String>,
}

/// The resource group, at the path that az uses.
fn target(session: &Session, name: Option<&str>) -> Result<Target> {
    let scope = session.group_scope(name)?;
    let (subscription, group) = (scope.subscription().unwrap_or_default(), scope.group().unwrap_or_default());
    Ok(Target::new(format!("/subscriptions/{subscription}/resourcegroups/{group}"), GROUPS_VERSION))
}

fn show(session: &Session, matches: &ArgMatches) -> Result<Plan> {
    let target = target(session, args::resource_group_value(matches))?;
    Ok(Job::new(target, Action::Get, Some(&SHAPE)).into())
}

async fn exists(session: &Session, options: GroupOptions) -> Result<Outcome> {
    let target = target(session, options.name.as_deref())?;
    let exists = match session.client()?.send(Method::HEAD, &target, None).await {
        Ok(_) => true,
        Err(error) if error.is_not_found() => false,
        Err(error) => return Err(error),
    };
    Ok(Outcome::value(Value::Bool(exists)))
}

fn list_options() -> Vec<Arg> {
    vec![args::text("tag").value_name("KEY[=VALUE]").help("Tag that the resource groups must have")]
}

fn list(session: &Session, matches: &ArgMatches) -> Result<Plan> {
    let path = format!("{}/resourcegroups", session.subscription_scope()?);
    let mut target = Target::new(path, GROUPS_VERSION);
    if let Some(tag) = args::text_value(matches, "tag") {
        let (key, value) = tag.split_once('=').map_or((tag, None), |(key, value)| (key, Some(value)));
        let quote = |text: &str| text.replace('\'', "''");
        let filter = match value {
            Some(value) => format!("tagname eq '{}' and tagvalue eq '{}'", quote(key), quote(value)),
            None => format!("tagname eq '{}'", quote(key)),
        };
        target = target.query("$filter", filter);
    }
    let action = Action::List { max_items: None, next_token: None };
    Ok(Job::new(target, action, Some(&SHAPE)).into())
}

/// az's table of resource groups.
fn table(result: &Value) -> Value {
    let row = |group: &Value| {
        json!({
            "Name": group["name"],
            "Location": group["location"],
            "Status": group["properties"]["provisioningState"],
        })
    };
    result.as_array().into_iter().flatten().map(row).collect()
}
