//! The output formats of `-o`.

use std::str::FromStr;

use azr_core::error::Error;

/// An output format: those of az, and `wide`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Indented JSON with sorted keys.
    #[default]
    Json,
    /// JSON, colored on a terminal.
    Jsonc,
    /// YAML with sorted keys.
    Yaml,
    /// YAML, colored on a terminal.
    Yamlc,
    /// A table with headers.
    Table,
    /// A table with more columns if the command has one, else the same as `table`. az does not have this format.
    Wide,
    /// Tab-separated values.
    Tsv,
    /// No output.
    None,
}

impl Format {
    /// All formats, in az's order, then `wide`.
    pub const ALL: [Self; 8] =
        [Self::Json, Self::Jsonc, Self::Yaml, Self::Yamlc, Self::Table, Self::Tsv, Self::None, Self::Wide];

    /// The names of all formats, for help and completion.
    pub const NAMES: [&str; 8] = ["json", "jsonc", "yaml", "yamlc", "table", "tsv", "none", "wide"];

    /// The name of the format, as given to `-o`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Jsonc => "jsonc",
            Self::Yaml => "yaml",
            Self::Yamlc => "yamlc",
            Self::Table => "table",
            Self::Wide => "wide",
            Self::Tsv => "tsv",
            Self::None => "none",
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(text)).ok_or_else(|| {
            Error::usage(format!("--output: '{text}' is not one of {}", Self::NAMES.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_matched_ignoring_case() {
        for (format, name) in Format::ALL.into_iter().zip(Format::NAMES) {
            assert_eq!(format.name(), name);
            assert_eq!(name.to_uppercase().parse::<Format>().unwrap(), format);
        }
    }

    #[test]
    fn an_unknown_name_is_a_usage_error_that_lists_the_choices() {
        let error = "xml".parse::<Format>().unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert_eq!(
            error.to_string(),
            "--output: 'xml' is not one of json, jsonc, yaml, yamlc, table, tsv, none, wide"
        );
    }
}
