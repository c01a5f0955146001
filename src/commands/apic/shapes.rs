//! Parts of the shapes that several resources of API Center share.

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Arg, ArgMatches};

use crate::commands::args;
use azr_arm::schema::{Absent, Field, Kind, Schema, field, text};

/// The kinds of API.
pub(super) const KINDS: &[&str] = &["graphql", "grpc", "rest", "soap", "webhook", "websocket"];
/// The lifecycle stages of a version.
pub(super) const STAGES: &[&str] =
    &["deprecated", "design", "development", "preview", "production", "retired", "testing"];

/// An option for a lifecycle stage, whose value is in lower case.
pub(super) fn stage_arg(long: &'static str) -> Arg {
    let parser = PossibleValuesParser::new(STAGES).map(|stage| stage.to_ascii_lowercase());
    args::text(long).value_parser(parser).ignore_case(true)
}

/// `--kind`: the kind of an API, whatever the case of its letters.
pub(super) fn kind_arg() -> Arg {
    let parser = PossibleValuesParser::new(KINDS).map(|kind| kind.to_ascii_lowercase());
    args::text("kind").value_parser(parser).ignore_case(true)
}

/// The value of [`kind_arg`].
pub(super) fn kind_value(matches: &ArgMatches) -> Option<&'static str> {
    let value = matches.get_one::<String>("kind")?;
    KINDS.iter().copied().find(|kind| kind == value)
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
