//! `azr group`: resource groups.

use super::args;
use super::tree::{Example, Leaf, Node};
use azr_arm::plan::{Action, Job, Target};
use azr_arm::schema::{Absent, Kind, Schema, field, text};
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
    let options = || {
        vec![
            args::text("resource-group")
                .long("name")
                .short('n')
                .visible_alias("resource-group")
                .visible_short_alias('g')
                .value_name("NAME")
                .required(true)
                .help("Resource group"),
        ]
    };
    vec![
        Leaf::plan("show", "Show a resource group", options, |session, matches| {
            let scope = session.group_scope(args::resource_group_value(matches))?;
            let (subscription, group) =
                (scope.subscription().unwrap_or_default(), scope.group().unwrap_or_default());
            let path = format!("/subscriptions/{subscription}/resourcegroups/{group}");
            Ok(Job::new(Target::new(path, GROUPS_VERSION), Action::Get, Some(&SHAPE)).into())
        })
        .examples(&[Example {
            summary: "Read its region",
            command: "azr group show -n myResourceGroup --query location -o tsv",
        }])
        .into(),
    ]
}
