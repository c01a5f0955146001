//! `azr account`: the subscriptions of azr's logins and of az's.

mod access_token;
mod local_time;
mod subscription_option;

use clap::Args;
use serde_json::{Map, Value};

use super::list_view;
use super::tree::{Example, Leaf, Node, Outcome, TerminalView};
use crate::session::Session;
use azr_core::context::Subscription;
use azr_core::error::Result;
use azr_output::message;
use subscription_option::with_az_names;

/// `azr account …`.
pub(crate) fn children() -> Vec<Node> {
    vec![
        access_token::command().into(),
        Leaf::run_sync("list", "List the subscriptions", list)
            .table(table)
            .examples(&[Example { summary: "List them as a table", command: "azr account list -o table" }])
            .into(),
        Leaf::run_sync("set", "Set the default subscription", set)
            .examples(&[Example {
                summary: "Choose one by name",
                command: "azr account set --subscription \"Example Sub\"",
            }])
            .into(),
        Leaf::run_sync("show", "Show the current subscription", show)
            .examples(&[Example { summary: "Print its id", command: "azr account show --query id -o tsv" }])
            .into(),
    ]
}

#[derive(Args)]
struct ListOptions {
    #[arg(long, help = "Include the subscriptions of other clouds, and disabled ones")]
    all: bool,
    #[arg(long, help = "Ignored; accepted for az compatibility (azr login updates the list)")]
    refresh: bool,
}

fn list(session: &Session, options: &ListOptions) -> Result<Outcome> {
    if options.refresh {
        message::warn("--refresh has no effect; use azr login to update the list");
    }
    let all = session.context.subscriptions(options.all)?;
    if all.is_empty() {
        message::warn("Nobody is signed in. Run azr login, or az login.");
    }
    let value: Value = all.iter().map(Subscription::list_output).collect();
    Ok(Outcome { view: Some(view(&value)), ..Outcome::value(value) })
}

#[derive(Args)]
#[command(mut_arg("subscription", with_az_names))]
struct ShowOptions {
    #[arg(long, help = "Subscription [default: the current one]")]
    subscription: Option<String>,
}

fn show(session: &Session, options: &ShowOptions) -> Result<Outcome> {
    let subscription = session.context.subscription(options.subscription.as_deref())?;
    Ok(Outcome::value(subscription.show_output().clone()))
}

#[derive(Args)]
#[command(mut_arg("subscription", with_az_names))]
struct SetOptions {
    #[arg(long, help = "Subscription")]
    subscription: String,
}

fn set(session: &Session, options: &SetOptions) -> Result<Outcome> {
    session.context.set_default_subscription(&options.subscription)?;
    Ok(Outcome::empty())
}

/// What a terminal shows of subscriptions.
pub(crate) fn view(subscriptions: &Value) -> TerminalView {
    TerminalView::List(list_view::rows_table(&table(subscriptions)))
}

/// az's table of subscriptions.
#[must_use]
pub(crate) fn table(result: &Value) -> Value {
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
