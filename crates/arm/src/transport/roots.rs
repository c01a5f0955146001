//! Root certificates that the user trusts in addition to those of the system.

use std::fmt;
use std::path::PathBuf;

use azr_core::context::Context;
use azr_core::error::{Error, Result};

/// The variables that name a file with root certificates. The Python libraries that az uses read the second one.
pub const ROOT_VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"];

/// The files with additional root certificates.
#[derive(Debug)]
pub(super) struct RootFiles(Vec<RootFile>);

#[derive(Debug)]
struct RootFile {
    variable: &'static str,
    path: PathBuf,
}

impl RootFiles {
    /// The files that the variables name; nothing is read.
    pub(super) fn from_context(context: &Context) -> Self {
        let file = |variable| Some(RootFile { variable, path: PathBuf::from(context.var(variable)?) });
        Self(ROOT_VARIABLES.into_iter().filter_map(file).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the certificates of all files.
    pub(super) fn load(&self) -> Result<Vec<reqwest::Certificate>> {
        let mut certificates = Vec::new();
        for file in &self.0 {
            certificates.append(&mut file.load()?);
        }
        Ok(certificates)
    }
}

/// The variables with their files, for a message.
impl fmt::Display for RootFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, RootFile { variable, path }) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{variable}={}", path.display())?;
        }
        Ok(())
    }
}

impl RootFile {
    fn load(&self) -> Result<Vec<reqwest::Certificate>> {
        let Self { variable, path } = self;
        let hint = format!(
            "{variable} must name a file with PEM certificates; unset it to trust only the system's."
        );
        let pem = std::fs::read(path).map_err(|e| {
            Error::io(format!("{variable}: cannot read {}", path.display()), e).with_hint(&hint)
        })?;
        match reqwest::Certificate::from_pem_bundle(&pem) {
            Ok(certificates) if !certificates.is_empty() => Ok(certificates),
            Ok(_) | Err(_) => {
                let message = format!("{variable}: {} has no PEM certificates", path.display());
                Err(Error::invalid(message).with_hint(hint))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::context::{Environment, Terminal};

    fn root_files(variable: &str, path: &str) -> RootFiles {
        let environment = Environment::for_test("/nowhere", [(variable, path)]);
        RootFiles::from_context(&Context::new(environment, Terminal::default()))
    }

    #[test]
    fn every_error_names_the_variable_and_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roots.pem");
        let text = path.display().to_string();
        for variable in ROOT_VARIABLES {
            let files = root_files(variable, &text);
            assert!(!files.is_empty());
            assert_eq!(files.to_string(), format!("{variable}={text}"));
            let contents = [
                None,
                Some(""),
                Some("no certificate"),
                Some("-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----\n"),
            ];
            for content in contents {
                if let Some(content) = content {
                    std::fs::write(&path, content).unwrap();
                }
                let error = files.load().unwrap_err();
                let message = error.to_string();
                assert!(
                    message.starts_with(&format!("{variable}: ")) && message.contains(&text),
                    "{message}"
                );
                assert!(error.hint().is_some_and(|hint| hint.contains(variable)), "{error:?}");
            }
            std::fs::remove_file(&path).unwrap();
        }
        assert!(root_files("OTHER", &text).is_empty());
    }
}
