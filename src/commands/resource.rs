//! What a resource's file says of it: the options that name it, its body's options, its shape.

use azr_arm::schema::{Absent, Kind, Schema, member};
use azr_core::error::{Error, Result};
use azr_core::resource::ResourceType;

use azr_arm::edit::Dialect;

/// An option that gives one name in a resource's path.
#[derive(Debug, PartialEq, Eq)]
pub struct NameArg {
    /// The key of its value in clap's matches; one per meaning, so that aliases share it.
    pub key: &'static str,
    /// Long names, today's first.
    pub long: &'static [&'static str],
    /// Short names, today's first.
    pub short: &'static [char],
    /// Older names that still work, left out of help.
    pub older: &'static [&'static str],
    /// Older short names.
    pub older_short: &'static [char],
    /// The sentence in help.
    pub help: &'static str,
    /// The longest value that az sends.
    pub max: usize,
    /// Which characters azr sends.
    pub charset: Charset,
    /// Where az wants no such option and makes a name of its own.
    pub generated: bool,
}

/// Which characters a name may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// Letters, digits and hyphens (API Center).
    Center,
    /// Anything but `*#&+:<>?/` and control characters (API Management).
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

    fn words(self) -> &'static str {
        match self {
            Self::Center => "letters, digits and hyphens",
            Self::Apim => "anything but * # & + : < > ? / \\ %",
            Self::Group => "letters, digits, - _ . and parentheses",
        }
    }
}

impl NameArg {
    /// Checks a value before it becomes part of a path.
    ///
    /// az checks the length only and lets the service refuse the rest with an opaque 400.
    pub fn check(&self, value: &str) -> Result<()> {
        let option = format!("--{}", self.long[0]);
        if value.is_empty() {
            return Err(Error::invalid(format!("{option}: the name is empty")));
        }
        if value.chars().count() > self.max {
            return Err(Error::invalid(format!(
                "{option}: '{value}' has {} characters, at most {} are allowed",
                value.chars().count(),
                self.max
            )));
        }
        if let Some(c) = value.chars().find(|c| !self.charset.allows(*c)) {
            return Err(Error::invalid(format!("{option}: '{value}' holds {c:?}"))
                .with_hint(format!("A name here holds {}.", self.charset.words())));
        }
        if value == "." || value == ".." {
            return Err(Error::invalid(format!("{option}: '{value}' is not a name")));
        }
        Ok(())
    }
}

/// One segment of a resource's path after its namespace.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// The value of an option.
    Name(&'static NameArg),
    /// Always the same, such as the workspace `default`.
    Fixed(&'static str),
}

/// How the words after an option become a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As the shape says: text, choice, number, or az's shorthand for objects and lists.
    Shape,
    /// Plain text that is never read from a file by shorthand rules.
    Plain,
    /// A region, by its short or its display name.
    Region,
    /// true or false; the bare option means true.
    Flag,
    /// Several plain words.
    Words,
    /// `key[=value]` words to an object (az's `--tags`).
    Tags,
    /// `key[=value]` words of which only the keys count.
    Keys,
}

/// An option that gives a member of the body.
#[derive(Debug, Clone, Copy)]
pub struct BodyArg {
    /// Its long name.
    pub long: &'static str,
    /// Further long names.
    pub also: &'static [&'static str],
    /// Its short name.
    pub short: Option<char>,
    /// Where in the shown form its value goes, with dots between members; empty for nowhere (a hook reads it).
    pub at: &'static str,
    /// The type, where the shape does not say it.
    pub kind: Option<Kind>,
    /// How words become a value.
    pub how: How,
    /// Whether create insists on it.
    pub required: bool,
    /// Whether update takes it, too.
    pub on: On,
    /// Shortest and longest text, in characters.
    pub length: (usize, usize),
    /// The sentence in help.
    pub help: &'static str,
}

/// Which verbs take an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// create and update.
    Both,
    /// create only.
    Create,
    /// update only.
    Update,
}

/// An option whose value goes to the member of its camel-cased name.
#[must_use]
pub const fn arg(long: &'static str, at: &'static str, help: &'static str) -> BodyArg {
    BodyArg {
        long,
        also: &[],
        short: None,
        at,
        kind: None,
        how: How::Shape,
        required: false,
        on: On::Both,
        length: (0, usize::MAX),
        help,
    }
}

impl BodyArg {
    /// The same, insisted on by create.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same with bounds on the length of its text.
    #[must_use]
    pub const fn length(mut self, min: usize, max: usize) -> Self {
        self.length = (min, max);
        self
    }

    /// The same with other rules for its words.
    #[must_use]
    pub const fn how(mut self, how: How) -> Self {
        self.how = how;
        self
    }

    /// The same with a type of its own.
    #[must_use]
    pub const fn kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// The same for some verbs only.
    #[must_use]
    pub const fn on(mut self, on: On) -> Self {
        self.on = on;
        self
    }

    /// The same with a short name.
    #[must_use]
    pub const fn short(mut self, short: char) -> Self {
        self.short = Some(short);
        self
    }

    /// The same with further long names.
    #[must_use]
    pub const fn also(mut self, names: &'static [&'static str]) -> Self {
        self.also = names;
        self
    }
}

/// A type of resource as the command line sees it.
#[derive(Debug)]
pub struct Resource {
    /// What one is called in a sentence: "version of an API".
    pub noun: &'static str,
    /// And several: "versions of an API".
    pub nouns: &'static str,
    /// Its type, path and API version.
    pub kind: &'static ResourceType,
    /// One part for each of the type's segments.
    pub parts: &'static [Part],
    /// Its shape.
    pub schema: &'static Schema,
    /// The options of its body.
    pub args: &'static [BodyArg],
}

impl Resource {
    /// The dialect of its generic update, which goes with its printed form.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.schema.absent {
            Absent::Omit => Dialect::Aaz,
            Absent::Null => Dialect::Sdk,
        }
    }

    /// The type of the member that an option gives.
    #[must_use]
    pub fn kind_of(&self, arg: &BodyArg) -> Kind {
        if let Some(kind) = arg.kind {
            return kind;
        }
        let mut fields = self.schema.fields;
        let mut kind = Kind::Any;
        for name in arg.at.split('.') {
            let Some(found) = member(fields, name) else { return Kind::Any };
            kind = found.kind;
            fields = if let Kind::Object(inner) = kind { inner } else { &[] };
        }
        kind
    }

    /// The options that name it, outermost first.
    pub fn names(&self) -> impl Iterator<Item = &'static NameArg> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(*name),
            Part::Fixed(_) => None,
        })
    }
}
