//! The labels of messages, or in a pipeline the commands that mark them.

use super::stderr::{without_secrets, write_stderr};
use crate::color::{self, Color};
use crate::escape;
use crate::pipeline::{Pipeline, Severity};
use crate::verbosity::{Verbosity, verbosity};

/// What a message starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Error,
    Warning,
    Note,
    Info,
    Debug,
    None,
}

impl Label {
    /// Prints a message with the label, if the verbosity includes it.
    pub(super) fn print(self, text: &str) {
        let minimum = match self {
            Self::Error => Verbosity::OnlyErrors,
            Self::Warning | Self::Note | Self::None => Verbosity::Normal,
            Self::Info => Verbosity::Verbose,
            Self::Debug => Verbosity::Debug,
        };
        if verbosity() >= minimum {
            write_stderr(&self.format(text, None));
        }
    }

    /// The lines of a message and its hint.
    pub(super) fn format(self, text: &str, hint: Option<&str>) -> String {
        self.format_for(Pipeline::current(), color::stderr_is_colored(), text, hint)
    }

    fn format_for(self, pipeline: Pipeline, is_colored: bool, text: &str, hint: Option<&str>) -> String {
        let text = escape::message(text);
        let hint = hint.map(escape::message);
        if let Some(severity) = self.severity()
            && pipeline.issue(severity, "").is_some()
        {
            let hint = hint.map_or(String::new(), |hint| format!("\nHint: {hint}"));
            // The escapes of the command could hide a secret from what hides secrets.
            let text = format!("{text}{hint}");
            let text = without_secrets(&text);
            return format!("{}\n", pipeline.issue(severity, &text).unwrap_or_default());
        }
        let mut output = String::new();
        let (label, color) = self.text();
        color::push_colored(&mut output, is_colored && !label.is_empty(), color, label);
        output.push_str(&text);
        output.push('\n');
        if let Some(hint) = hint {
            color::push_colored(&mut output, is_colored, Color::Hint, "Hint: ");
            output.push_str(&hint);
            output.push('\n');
        }
        output
    }

    fn text(self) -> (&'static str, Color) {
        match self {
            Self::Error => ("ERROR: ", Color::Error),
            Self::Warning => ("WARNING: ", Color::Warning),
            Self::Note => ("NOTE: ", Color::Hint),
            Self::Info => ("INFO: ", Color::Hint),
            Self::Debug => ("DEBUG: ", Color::Hint),
            Self::None => ("", Color::Hint),
        }
    }

    fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            _ => None,
        }
    }
}

/// Writes a command of azr to the log of the pipeline, if there is one.
pub(crate) fn write_command(command: Option<String>) {
    if let Some(command) = command {
        write_stderr(&format!("{command}\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::error::{Error, ServiceError};

    fn format(error: &Error, is_colored: bool) -> String {
        Label::Error.format_for(Pipeline::None, is_colored, &error.described(), error.hint())
    }

    #[test]
    fn a_service_error_names_its_code_and_request() {
        let error = Error::from(ServiceError {
            status: 409,
            code: "Conflict".into(),
            message: "The API is in use.".into(),
            request_id: Some("r-1".into()),
            request: "DELETE /x".into(),
        });
        assert_eq!(format(&error, false), "ERROR: The API is in use. (Conflict, request id r-1)\n");
    }

    #[test]
    fn an_error_of_a_service_cannot_control_the_terminal_or_a_pipeline() {
        let error = Error::from(ServiceError {
            status: 400,
            code: "C\x1b[2J".into(),
            message: "::error::m\n##vso[task.x]\nERROR: forged\u{202e}".into(),
            request_id: Some("r\x07".into()),
            request: "PUT /x".into(),
        })
        .with_hint("a\n::b");
        assert_eq!(
            format(&error, false),
            "ERROR: \\u{3a}:error::m\n  \\u{23}#vso[task.x]\n  ERROR: forged\\u{202e} (C\\u{1b}[2J, request id r\\u{7})\n\
             Hint: a\n  \\u{3a}:b\n"
        );
    }

    #[test]
    fn the_hint_is_on_a_separate_line() {
        let error = Error::usage("--title is missing").with_hint("Add --title.");
        assert_eq!(format(&error, false), "ERROR: --title is missing\nHint: Add --title.\n");
        assert_eq!(
            format(&error, true),
            "\x1b[31mERROR: \x1b[39m--title is missing\n\x1b[36mHint: \x1b[39mAdd --title.\n"
        );
    }

    #[test]
    fn errors_are_commands_of_the_pipeline_and_texts_are_not() {
        let text = "::error::a\n##vso[task.x]b 5 %";
        let format = |pipeline| Label::Error.format_for(pipeline, false, text, Some("Fix it."));
        assert_eq!(
            format(Pipeline::GitHub),
            "::error::\\u{3a}:error::a%0A  \\u{23}#vso[task.x]b 5 %25%0AHint: Fix it.\n"
        );
        assert_eq!(
            format(Pipeline::AzurePipelines),
            "##vso[task.logissue type=error]\\u{3a}:error::a%0A  \\u{23}#vso[task.x]b 5 %AZP25%0AHint: Fix it.\n"
        );
        let note = Label::Note.format_for(Pipeline::GitHub, false, "a", None);
        assert_eq!(note, "NOTE: a\n", "only errors and warnings are commands");
    }
}
