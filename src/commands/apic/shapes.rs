//! Parts of the shapes that several resources of API Center share.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command};

use crate::commands::args;
use azr_arm::schema::{Absent, Field, Kind, Schema, field, text};
use azr_catalog::api_type::{is_kind, is_known_kind};
use azr_output::message;

/// The kinds of API: those of az, and `mcp`.
pub(super) const KINDS: &[&str] = &["graphql", "grpc", "mcp", "rest", "soap", "webhook", "websocket"];
/// The lifecycle stages of a version.
pub(super) const STAGES: &[&str] =
    &["deprecated", "design", "development", "preview", "production", "retired", "testing"];

/// An option for a lifecycle stage, whose value is in lower case.
pub(super) fn stage_arg(long: &'static str) -> Arg {
    let parser = PossibleValuesParser::new(STAGES).map(|stage| stage.to_ascii_lowercase());
    args::text(long).value_parser(parser).ignore_case(true)
}

/// `--kind`: the kind of an API, whatever the case of its letters; also one that azr does not know.
pub(super) fn kind_arg() -> Arg {
    args::text("kind").value_parser(KindParser)
}

/// The value of [`kind_arg`], in lower case; warns about a kind that azr does not know.
pub(super) fn kind_value(matches: &ArgMatches) -> Option<String> {
    let kind = matches.get_one::<String>("kind")?;
    warn_about_unknown_kind(kind);
    Some(kind.clone())
}

/// Warns about a kind that azr does not know, which is passed on because API Center may.
pub(super) fn warn_about_unknown_kind(kind: &str) {
    if !is_known_kind(kind) {
        message::warn(&format!(
            "--kind: azr does not know the kind '{kind}'; the known ones are {}.",
            KINDS.join(", ")
        ));
    }
}

/// Parses a kind, known or not, and suggests the known ones.
#[derive(Debug, Clone)]
struct KindParser;

impl TypedValueParser for KindParser {
    type Value = String;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        let kind = value.to_str().filter(|kind| is_kind(kind)).map(str::to_ascii_lowercase);
        kind.ok_or_else(|| {
            let text = format!("--kind: '{}' is not a kind of API\n", value.to_string_lossy());
            clap::Error::raw(ErrorKind::ValueValidation, text).with_cmd(command)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(KINDS.iter().map(PossibleValue::new)))
    }
}

/// The member `systemData`.
pub(super) const SYSTEM_DATA: Field = Field {
    read_only: true,
    ..field(
        "systemData",
        Kind::Object(&[
            text("createdAt"),
            text("createdBy"),
            text("createdByType"),
            text("lastModifiedAt"),
            text("lastModifiedBy"),
            text("lastModifiedByType"),
        ]),
    )
};

/// The member `id`.
pub(super) const ID: Field = Field { read_only: true, ..text("id") };
/// The member `name`.
pub(super) const NAME: Field = Field { read_only: true, ..text("name") };
/// The member `type`.
pub(super) const TYPE: Field = Field { read_only: true, ..text("type") };

/// A shape that omits absent members, like az's generated commands.
#[must_use]
pub(super) const fn shape(fields: &'static [Field]) -> Schema {
    Schema { fields, absent: Absent::Omit }
}

/// A managed identity, in ARM's common form.
pub(super) const IDENTITY: &[Field] = &[
    field("type", Kind::Choice(&["None", "SystemAssigned", "SystemAssigned,UserAssigned", "UserAssigned"]))
        .required(),
    field(
        "userAssignedIdentities",
        Kind::Map(&Kind::Object(&[
            Field { read_only: true, ..text("clientId") },
            Field { read_only: true, ..text("principalId") },
        ])),
    ),
    Field { read_only: true, ..text("principalId") },
    Field { read_only: true, ..text("tenantId") },
];
