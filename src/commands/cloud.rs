//! `azr cloud`: the clouds of Azure, as az knows them.

use clap::{Arg, ArgMatches};
use serde_json::{Value, json};

use super::args;
use super::tree::{Example, Leaf, Node, Outcome, ready};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_output::message;

/// `azr cloud …`.
pub fn children() -> Vec<Node> {
    vec![
        Leaf::run("list", "List the clouds", Vec::new, |session, _| ready(list(session)))
            .table(table)
            .examples(&[Example { what: "See which is used", line: "azr cloud list -o table" }])
            .into(),
        Leaf::run("set", "Choose the cloud to talk to", set_options, |session, matches| {
            ready(set(session, matches))
        })
        .details("The choice is az's own: it counts for az too. AZURE_CLOUD_NAME goes before it.")
        .examples(&[Example {
            what: "Work in Azure for the US government",
            line: "azr cloud set --name AzureUSGovernment",
        }])
        .into(),
        Leaf::run("show", "Show a cloud", || vec![name()], |session, matches| ready(show(session, matches)))
            .table(table)
            .examples(&[Example {
                what: "Show the one in use: where its Resource Manager is",
                line: "azr cloud show --query endpoints.resourceManager -o tsv",
            }])
            .into(),
    ]
}

fn name() -> Arg {
    args::text("name").short('n').value_name("CLOUD").help("Name of the cloud [default: the one in use]")
}

fn set_options() -> Vec<Arg> {
    vec![
        args::text("name").short('n').value_name("CLOUD").required(true).help("Name of the cloud"),
        args::choice("profile", ["latest"]).help("Accepted for az's sake: there is one"),
    ]
}

fn list(session: &Session) -> Result<Outcome> {
    Ok(Outcome::value(session.context.clouds()?.into()))
}

fn show(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let clouds = session.context.clouds()?;
    let is_wanted = |cloud: &&Value| match matches.get_one::<String>("name") {
        Some(name) => cloud["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)),
        None => cloud["isActive"] == json!(true),
    };
    let found = clouds.iter().find(is_wanted).cloned();
    let name = matches.get_one::<String>("name").map_or("in use", String::as_str);
    found.map(Outcome::value).ok_or_else(|| {
        Error::no_match(format!("The cloud '{name}' is not registered."))
            .with_hint("azr cloud list shows those that are.")
    })
}

fn set(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let wanted = matches.get_one::<String>("name").ok_or_else(|| Error::usage("--name is required"))?;
    if session.context.cloud().is_ok_and(|active| active.name == *wanted) {
        return Ok(Outcome::nothing());
    }
    let name = session.context.set_cloud(wanted)?;
    message::warn(&format!("Switched active cloud to '{name}'."));
    if let Some(variable) = session.context.var("AZURE_CLOUD_NAME").filter(|v| *v != name) {
        message::warn(&format!("AZURE_CLOUD_NAME is '{variable}', which still goes before it."));
    }
    Ok(Outcome::nothing())
}

/// az's table of clouds.
fn table(result: &Value) -> Value {
    let row = |cloud: &Value| json!({"IsActive": cloud["isActive"], "Name": cloud["name"], "Profile": cloud["profile"]});
    match result {
        Value::Array(clouds) => clouds.iter().map(row).collect(),
        cloud => row(cloud),
    }
}
