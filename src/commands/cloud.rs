//! `azr cloud`: the Azure clouds in az's configuration.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::tree::{Example, Leaf, Node, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_output::message;

/// `azr cloud …`.
pub(crate) fn children() -> Vec<Node> {
    vec![
        Leaf::run_sync("list", "List the clouds", list)
            .table(table)
            .examples(&[Example {
                summary: "Show which cloud is active",
                command: "azr cloud list -o table",
            }])
            .into(),
        Leaf::run_sync("set", "Set the active cloud", set)
            .details("az uses the same setting. The variable AZURE_CLOUD_NAME takes precedence over it.")
            .examples(&[Example {
                summary: "Work in Azure for the US government",
                command: "azr cloud set --name AzureUSGovernment",
            }])
            .into(),
        Leaf::run_sync("show", "Show a cloud", show)
            .table(table)
            .examples(&[Example {
                summary: "Print the Resource Manager endpoint of the active cloud",
                command: "azr cloud show --query endpoints.resourceManager -o tsv",
            }])
            .into(),
    ]
}

#[derive(Args)]
struct ListOptions {}

fn list(session: &Session, _: &ListOptions) -> Result<Outcome> {
    Ok(Outcome::value(session.context.clouds()?.into()))
}

#[derive(Args)]
struct ShowOptions {
    #[arg(long, short = 'n', value_name = "CLOUD", help = "Name of the cloud [default: the active one]")]
    name: Option<String>,
}

fn show(session: &Session, options: &ShowOptions) -> Result<Outcome> {
    let clouds = session.context.clouds()?;
    let is_selected = |cloud: &Value| match &options.name {
        Some(name) => cloud["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)),
        None => cloud["isActive"] == json!(true),
    };
    let cloud = clouds.into_iter().find(is_selected);
    cloud.map(Outcome::value).ok_or_else(|| {
        let message = match &options.name {
            Some(name) => format!("The cloud '{name}' is not registered."),
            None => "The active cloud is not registered.".to_owned(),
        };
        Error::no_match(message).with_hint("azr cloud list shows the registered clouds.")
    })
}

#[derive(Args)]
struct SetOptions {
    #[arg(long, short = 'n', value_name = "CLOUD", help = "Name of the cloud")]
    name: String,
    #[arg(long, ignore_case = true, help = "Ignored; accepted for az compatibility")]
    profile: Option<Profile>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Profile {
    Latest,
}

fn set(session: &Session, options: &SetOptions) -> Result<Outcome> {
    let SetOptions { name, profile: _ } = options;
    if session.context.cloud().is_ok_and(|active| active.name == *name) {
        return Ok(Outcome::empty());
    }
    let name = session.context.set_cloud(name)?;
    message::warn(&format!("Switched active cloud to '{name}'."));
    if let Some(variable) = session.context.var("AZURE_CLOUD_NAME").filter(|v| *v != name) {
        message::warn(&format!("AZURE_CLOUD_NAME is '{variable}' and takes precedence."));
    }
    Ok(Outcome::empty())
}

/// az's table of clouds.
fn table(result: &Value) -> Value {
    let row = |cloud: &Value| json!({"IsActive": cloud["isActive"], "Name": cloud["name"], "Profile": cloud["profile"]});
    match result {
        Value::Array(clouds) => clouds.iter().map(row).collect(),
        cloud => row(cloud),
    }
}
