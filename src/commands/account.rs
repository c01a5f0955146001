//! `azr account`: the subscriptions that azr's own login and az's know.

mod access_token;

use clap::{Arg, ArgMatches};
use serde_json::{Map, Value};

use super::args;
use super::tree::{Example, Leaf, Node, Outcome, ready};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_output::message;

pub use access_token::local_time;

/// `azr account …`.
pub fn children() -> Vec<Node> {
    vec![
        access_token::command().into(),
        Leaf::run("list", "List the subscriptions", list_options, |session, matches| {
            ready(list(session, matches))
        })
        .table(table)
        .examples(&[Example { what: "List them as a table", line: "azr account list -o table" }])
        .into(),
        Leaf::run(
            "set",
            "Choose the subscription to work in",
            || vec![subscription().required(true)],
            |s, m| ready(set(s, m)),
        )
        .examples(&[Example {
            what: "Choose one by name",
            line: "azr account set --subscription \"Example Sub\"",
        }])
        .into(),
        Leaf::run(
            "show",
            "Show the subscription worked in",
            || vec![subscription()],
            |session, matches| ready(show(session, matches)),
        )
        .examples(&[Example { what: "Read its id", line: "azr account show --query id -o tsv" }])
        .into(),
    ]
}

/// `--subscription` with the further names that az gives it here.
fn subscription() -> Arg {
    args::text("subscription")
        .short('s')
        .visible_alias("name")
        .visible_short_alias('n')
        .value_name("NAME|ID")
        .help("Subscription")
}

fn list_options() -> Vec<Arg> {
    vec![
        args::flag("all").help("Those of other clouds and disabled ones, too"),
        args::flag("refresh").help("Accepted for az's sake; azr login looks again"),
    ]
}

fn list(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    if matches.get_flag("refresh") {
        message::warn("--refresh does nothing here; azr login asks Azure again");
    }
    let all = session.context.subscriptions(matches.get_flag("all"))?;
    Ok(Outcome::value(all.iter().map(azr_core::context::Subscription::list_output).collect()))
}

fn show(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let given = matches.get_one::<String>("subscription").map(String::as_str);
    Ok(Outcome::value(session.context.subscription(given)?.show_output().clone()))
}

fn set(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let given = matches
        .get_one::<String>("subscription")
        .ok_or_else(|| Error::usage("--subscription is required"))?;
    session.context.set_default_subscription(given)?;
    Ok(Outcome::nothing())
}

/// az's table of subscriptions.
#[must_use]
pub fn table(result: &Value) -> Value {
    const COLUMNS: [(&str, &str); 6] = [
        ("Name", "name"),
        ("CloudName", "cloudName"),
        ("SubscriptionId", "id"),
        ("TenantId", "tenantId"),
        ("State", "state"),
        ("IsDefault", "isDefault"),
    ];
    let row = |item: &Value| -> Value {
        let cells: Map<String, Value> =
            COLUMNS.iter().map(|(column, member)| ((*column).to_owned(), item[*member].clone())).collect();
        Value::Object(cells)
    };
    result.as_array().into_iter().flatten().map(row).collect()
}
