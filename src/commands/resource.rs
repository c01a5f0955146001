//! The declaration of a resource for the command line: the options that name it, the options of its body, its schema.

use azr_arm::edit::Dialect;
use azr_arm::schema::{Absent, Kind, Schema, member};
use azr_core::error::{Error, Result};
use azr_core::resource::ResourceType;

/// An option that gives one name in a resource's path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NameArg {
    /// The id of the option in clap; the same in every command where the option means the same.
    pub key: &'static str,
    /// The long names, the preferred one first.
    pub long: &'static [&'static str],
    /// The short names, the preferred one first.
    pub short: &'static [char],
    /// Older long names that still work and are not shown in help.
    pub hidden_aliases: &'static [&'static str],
    /// Older short names that still work and are not shown in help.
    pub hidden_short_aliases: &'static [char],
    /// The help text.
    pub help: &'static str,
    /// The maximum length, in characters.
    pub max_length: usize,
    /// The characters that azr accepts in the name.
    pub charset: Charset,
    /// Whether a name is generated when the option is omitted.
    pub generated: bool,
}

/// The characters that a name may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    /// Letters, digits and hyphens (API Center).
    Center,
    /// Anything but `*#&+:<>?/\%` and control characters (API Management).
    Apim,
    /// Letters, digits, `-`, `_`, `.` and parentheses (resource groups, identities).
    Group,
}

impl Charset {
    fn allows(self, c: char) -> bool {
        match self {
            Self::Center => c.is_ascii_alphanumeric() || c == '-',
            Self::Apim => !c.is_control() && !"*#&+:<>?/\\%".contains(c),
            Self::Group => c.is_alphanumeric() || "-_.()".contains(c),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Center => "letters, digits and hyphens",
            Self::Apim => "any characters except * # & + : < > ? / \\ %",
            Self::Group => "letters, digits, - _ . and parentheses",
        }
    }
}

impl NameArg {
    /// Checks a value before it becomes part of a path.
    ///
    /// az checks only the length, so that the service answers other mistakes with a 400 that does not explain them.
    pub(crate) fn check(&self, value: &str) -> Result<()> {
        let option = format!("--{}", self.long[0]);
        if value.is_empty() {
            return Err(Error::invalid(format!("{option}: the name is empty")));
        }
        let length = value.chars().count();
        if length > self.max_length {
            return Err(Error::invalid(format!(
                "{option}: '{value}' has {length} characters; the maximum is {}",
                self.max_length
            )));
        }
        if let Some(c) = value.chars().find(|c| !self.charset.allows(*c)) {
            return Err(Error::invalid(format!("{option}: '{value}' contains {c:?}"))
                .with_hint(format!("The name may contain {}.", self.charset.description())));
        }
        if value == "." || value == ".." {
            return Err(Error::invalid(format!("{option}: '{value}' is not a valid name")));
        }
        Ok(())
    }
}

/// One segment of a resource's path after the provider namespace.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Segment {
    /// The value of an option.
    Name(&'static NameArg),
    /// A constant, such as the workspace `default`.
    Fixed(&'static str),
}

/// How the words of an option are parsed into a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueSyntax {
    /// By the schema: text, choice, number, or az's shorthand syntax for objects and lists.
    Schema,
    /// Plain text, without shorthand syntax.
    Text,
    /// A region, by its name or its display name.
    Region,
    /// true or false; the option without a value means true.
    Bool,
    /// A list of plain words.
    Words,
    /// `KEY[=VALUE]` words that make an object (az's `--tags`).
    Tags,
    /// `KEY[=VALUE]` words of which only the keys are used.
    Keys,
}

/// An option that sets a member of the request body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyArg {
    /// The long name.
    pub long: &'static str,
    /// Further long names.
    pub aliases: &'static [&'static str],
    /// The short name.
    pub short: Option<char>,
    /// The member that the option sets, with dots between levels; empty if a hook reads the option instead.
    pub json_path: &'static str,
    /// The type of the value, if it is not the one in the schema.
    pub kind: Option<Kind>,
    /// How the words are parsed.
    pub syntax: ValueSyntax,
    /// Whether create requires the option.
    pub required: bool,
    /// Whether az refuses null in an update, because the service requires the member.
    pub not_null: bool,
    /// The only verb that has the option; None means both.
    pub only_for: Option<WriteVerb>,
    /// The minimum and maximum length of the text, in characters.
    pub length: (usize, usize),
    /// The help text.
    pub help: &'static str,
}

/// A verb with a request body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteVerb {
    Create,
    Update,
}

/// An option of create and update that sets the member at `json_path` as the schema says.
#[must_use]
pub(crate) const fn arg(long: &'static str, json_path: &'static str, help: &'static str) -> BodyArg {
    BodyArg {
        long,
        aliases: &[],
        short: None,
        json_path,
        kind: None,
        syntax: ValueSyntax::Schema,
        required: false,
        not_null: false,
        only_for: None,
        length: (0, usize::MAX),
        help,
    }
}

impl BodyArg {
    /// Makes create require the option.
    #[must_use]
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Makes an update refuse null.
    #[must_use]
    pub(crate) const fn not_null(mut self) -> Self {
        self.not_null = true;
        self
    }

    /// Limits the length of the text.
    #[must_use]
    pub(crate) const fn length(mut self, min: usize, max: usize) -> Self {
        self.length = (min, max);
        self
    }

    /// Sets how the words are parsed.
    #[must_use]
    pub(crate) const fn syntax(mut self, syntax: ValueSyntax) -> Self {
        self.syntax = syntax;
        self
    }

    /// Sets the type of the value.
    #[must_use]
    pub(crate) const fn kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Restricts the option to one verb.
    #[must_use]
    pub(crate) const fn only_for(mut self, verb: WriteVerb) -> Self {
        self.only_for = Some(verb);
        self
    }

    /// Adds a short name.
    #[must_use]
    pub(crate) const fn short(mut self, short: char) -> Self {
        self.short = Some(short);
        self
    }

    /// Adds further long names.
    #[must_use]
    pub(crate) const fn aliases(mut self, names: &'static [&'static str]) -> Self {
        self.aliases = names;
        self
    }
}

/// A type of resource as the command line declares it.
#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "a resource type is a term of Azure")]
pub(crate) struct Resource {
    /// What a sentence calls one, such as "version of an API".
    pub noun: &'static str,
    /// What a sentence calls several, such as "versions of an API".
    pub plural: &'static str,
    /// The resource type in ARM: namespace, types and API version.
    pub resource_type: &'static ResourceType,
    /// The path after the namespace: one segment for each of the resource type's types.
    pub segments: &'static [Segment],
    /// The schema of the body.
    pub schema: &'static Schema,
    /// The options of the body.
    pub args: &'static [BodyArg],
}

impl Resource {
    /// The dialect of `--set`, `--add` and `--remove`, which depends on how the resource is printed.
    #[must_use]
    pub(crate) fn dialect(&self) -> Dialect {
        match self.schema.absent {
            Absent::Omit => Dialect::Aaz,
            Absent::Null => Dialect::Sdk,
        }
    }

    /// The type of the member that an option sets.
    #[must_use]
    pub(crate) fn kind_of(&self, arg: &BodyArg) -> Kind {
        if let Some(kind) = arg.kind {
            return kind;
        }
        let mut fields = self.schema.fields;
        let mut kind = Kind::Any;
        for name in arg.json_path.split('.') {
            let Some(field) = member(fields, name) else { return Kind::Any };
            kind = field.kind;
            fields = if let Kind::Object(inner) = kind { inner } else { &[] };
        }
        kind
    }

    /// The options that name the resource, outermost first.
    pub(crate) fn name_args(&self) -> impl Iterator<Item = &'static NameArg> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Name(name) => Some(*name),
            Segment::Fixed(_) => None,
        })
    }
}
