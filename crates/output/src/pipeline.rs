//! The commands of CI systems that mark errors, warnings and groups in a log.
//!
//! Only azr writes them: [`crate::escape`] keeps texts of others from starting one.

use std::sync::atomic::{AtomicU8, Ordering};

/// The CI system that runs azr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Pipeline {
    /// None.
    None,
    /// One without commands in its log.
    Other,
    /// GitHub Actions.
    GitHub,
    /// Azure Pipelines.
    AzurePipelines,
}

const ALL: [Pipeline; 4] = [Pipeline::None, Pipeline::Other, Pipeline::GitHub, Pipeline::AzurePipelines];

static CURRENT: AtomicU8 = AtomicU8::new(Pipeline::None as u8);

/// How serious a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Something failed.
    Error,
    /// Something deserves a look.
    Warning,
}

impl Pipeline {
    /// The CI system by the variables that it sets.
    pub fn detect(is_enabled: impl Fn(&str) -> bool) -> Self {
        if is_enabled("GITHUB_ACTIONS") {
            Self::GitHub
        } else if is_enabled("TF_BUILD") {
            Self::AzurePipelines
        } else if is_enabled("CI") {
            Self::Other
        } else {
            Self::None
        }
    }

    /// Makes it the CI system of the process.
    pub fn install(self) {
        CURRENT.store(self as u8, Ordering::Relaxed);
    }

    /// The CI system of the process.
    pub(crate) fn current() -> Self {
        ALL[usize::from(CURRENT.load(Ordering::Relaxed))]
    }

    /// The command for a message; None if the CI system has none.
    pub(crate) fn issue(self, severity: Severity, text: &str) -> Option<String> {
        let word = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        match self {
            Self::None | Self::Other => None,
            Self::GitHub => Some(format!("::{word}::{}", escape_github(text))),
            Self::AzurePipelines => Some(format!("##vso[task.logissue type={word}]{}", escape_azure(text))),
        }
    }

    /// The command that starts a group of lines.
    pub(crate) fn group_start(self, title: &str) -> Option<String> {
        match self {
            Self::None | Self::Other => None,
            Self::GitHub => Some(format!("::group::{}", escape_github(title))),
            Self::AzurePipelines => Some(format!("##[group]{}", escape_azure(title))),
        }
    }

    /// The command that ends a group of lines.
    pub(crate) fn group_end(self) -> Option<String> {
        match self {
            Self::None | Self::Other => None,
            Self::GitHub => Some("::endgroup::".to_owned()),
            Self::AzurePipelines => Some("##[endgroup]".to_owned()),
        }
    }

    /// The command that shows the progress of the step.
    pub(crate) fn progress(self, percent: usize, text: &str) -> Option<String> {
        match self {
            Self::AzurePipelines => {
                Some(format!("##vso[task.setprogress value={percent};]{}", escape_azure(text)))
            }
            _ => None,
        }
    }
}

/// Escapes the text of a command of GitHub Actions.
fn escape_github(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the text of a command of Azure Pipelines, which writes `%` in its own way.
fn escape_azure(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_is_known_by_its_variables() {
        for (variables, pipeline) in [
            (&[][..], Pipeline::None),
            (&["CI"], Pipeline::Other),
            (&["CI", "GITHUB_ACTIONS"], Pipeline::GitHub),
            (&["TF_BUILD"], Pipeline::AzurePipelines),
        ] {
            assert_eq!(Pipeline::detect(|name| variables.contains(&name)), pipeline);
        }
    }

    #[test]
    fn the_text_of_a_command_is_one_line() {
        let text = "100 %\nHint: ::x";
        let issue = |pipeline: Pipeline| pipeline.issue(Severity::Error, text);
        assert_eq!(issue(Pipeline::GitHub).as_deref(), Some("::error::100 %25%0AHint: ::x"));
        assert_eq!(
            issue(Pipeline::AzurePipelines).as_deref(),
            Some("##vso[task.logissue type=error]100 %AZP25%0AHint: ::x")
        );
        assert_eq!(issue(Pipeline::Other), None);
        assert_eq!(Pipeline::GitHub.group_start("a\r\nb").as_deref(), Some("::group::a%0D%0Ab"));
        assert_eq!(
            Pipeline::AzurePipelines.progress(13, "Importing").as_deref(),
            Some("##vso[task.setprogress value=13;]Importing")
        );
    }
}
