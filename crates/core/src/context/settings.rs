//! az's settings: the file `config` in its configuration folder, each replaced by `AZURE_{SECTION}_{KEY}`.
//!
//! Defaults of options may come from a folder of the same name (`.azure`) beside or above the working folder, too:
//! `az config set --local` and `az configure --scope local` write there.

use std::sync::Arc;

use super::Context;
use super::ini::Ini;
use crate::error::{Error, Result};

/// What az understands as true or false.
pub fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Some(true),
        "0" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

impl Context {
    /// A setting, such as `("defaults", "group")`.
    pub fn setting(&self, section: &str, key: &str) -> Result<Option<String>> {
        let variable = format!("AZURE_{}_{}", section.to_ascii_uppercase(), key.to_ascii_uppercase());
        if let Some(value) = self.var(&variable) {
            return Ok(Some(value.to_owned()));
        }
        Ok(self.config()?.get(section, key).filter(|v| !v.is_empty()).map(str::to_owned))
    }

    /// A setting that is true or false; false where it is not set.
    pub fn flag(&self, section: &str, key: &str) -> Result<bool> {
        let Some(text) = self.setting(section, key)? else { return Ok(false) };
        truth(&text).ok_or_else(|| {
            Error::invalid(format!(
                "the setting {section}.{key} is '{text}', which is neither true nor false"
            ))
            .with_hint(format!("az config set {section}.{key}=true, or false"))
        })
    }

    /// The output format where `-o` says nothing.
    pub fn default_output(&self) -> Result<Option<String>> {
        self.setting("core", "output")
    }

    /// The resource group where `-g` says nothing.
    pub fn default_group(&self) -> Result<Option<String>> {
        self.default_of("group")
    }

    /// The location where `-l` says nothing.
    pub fn default_location(&self) -> Result<Option<String>> {
        self.default_of("location")
    }

    /// Whether warnings are left out.
    pub fn only_show_errors(&self) -> Result<bool> {
        self.flag("core", "only_show_errors")
    }

    /// Whether nothing is coloured: az's setting, or `NO_COLOR` with any value.
    pub fn no_color(&self) -> Result<bool> {
        Ok(self.var("NO_COLOR").is_some() || self.flag("core", "no_color")?)
    }

    /// Whether questions are answered with yes.
    pub fn disable_confirm_prompt(&self) -> Result<bool> {
        self.flag("core", "disable_confirm_prompt")
    }

    /// Whether a pipeline runs azr, and nobody watches.
    #[must_use]
    pub fn in_pipeline(&self) -> bool {
        self.is_on("CI") || self.is_on("TF_BUILD")
    }

    /// The default of an option, such as `group`.
    pub fn default_of(&self, option: &str) -> Result<Option<String>> {
        let is_set = self.var(&format!("AZURE_DEFAULTS_{}", option.to_ascii_uppercase())).is_some();
        for file in self.local_configs().iter().filter(|_| !is_set) {
            if let Some(value) = Ini::read(file)?.get("defaults", option).filter(|v| !v.is_empty()) {
                return Ok(Some(value.to_owned()));
            }
        }
        self.setting("defaults", option)
    }

    fn config(&self) -> Result<&Ini> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let read = Arc::new(Ini::read_any(self.config_dir().map(|dir| dir.join("config")))?);
        Ok(self.config.get_or_init(|| read))
    }
}

#[cfg(test)]
mod tests {
    use crate::context::{Context, Environment, Terminal};

    #[test]
    fn a_variable_replaces_the_file() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".azure")).unwrap();
        let file =
            "[core]\noutput = table\nno_color = on\nonly_show_errors = maybe\n[defaults]\ngroup = rg\n";
        std::fs::write(home.path().join(".azure/config"), file).unwrap();
        let context = Context::new(
            Environment::made_up(home.path(), [("AZURE_DEFAULTS_GROUP", "other"), ("CI", "true")]),
            Terminal::default(),
        );
        assert_eq!(context.default_output().unwrap().as_deref(), Some("table"));
        assert_eq!(context.default_group().unwrap().as_deref(), Some("other"));
        assert_eq!(context.default_location().unwrap(), None);
        let below = home.path().join("project/src");
        std::fs::create_dir_all(home.path().join("project/.azure")).unwrap();
        std::fs::create_dir(&below).unwrap();
        std::fs::write(home.path().join("project/.azure/config"), "[defaults]\ngroup = local\n").unwrap();
        let inside =
            Context::new(Environment::made_up(home.path(), []).in_folder(below), Terminal::default());
        assert_eq!(inside.default_group().unwrap().as_deref(), Some("local"));
        assert!(context.no_color().unwrap());
        assert!(!context.disable_confirm_prompt().unwrap());
        assert!(context.in_pipeline());
        let error = context.only_show_errors().unwrap_err().to_string();
        assert!(error.contains("core.only_show_errors") && error.contains("maybe"), "{error}");
    }
}
