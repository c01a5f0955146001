//! az's settings: the file `config` in its configuration folder; a variable `AZURE_{SECTION}_{KEY}` takes precedence.
//!
//! Defaults of options may also come from a folder of the same name (`.azure`) in the working folder or above it, where
//! `az config set --local` and `az configure --scope local` write.

use std::sync::Arc;

use super::Context;
use super::ini::Ini;
use crate::error::{Error, Result};

/// Parses a boolean as az does in settings: `1`, `yes`, `true`, `on` and their opposites, in any case.
pub(crate) fn parse_setting_bool(text: &str) -> Option<bool> {
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

    /// A boolean setting; `false` if it is not set.
    pub(crate) fn bool_setting(&self, section: &str, key: &str) -> Result<bool> {
        let Some(text) = self.setting(section, key)? else { return Ok(false) };
        parse_setting_bool(&text).ok_or_else(|| {
            Error::invalid(format!("setting {section}.{key}: '{text}' is not a boolean"))
                .with_hint(format!("Run az config set {section}.{key}=true, or =false."))
        })
    }

    /// The default of `-o`.
    pub fn default_output(&self) -> Result<Option<String>> {
        self.setting("core", "output")
    }

    /// The default of `-g`.
    pub fn default_group(&self) -> Result<Option<String>> {
        self.option_default("group")
    }

    /// The default of `-l`.
    pub fn default_location(&self) -> Result<Option<String>> {
        self.option_default("location")
    }

    /// Whether to suppress warnings.
    pub fn only_show_errors(&self) -> Result<bool> {
        self.bool_setting("core", "only_show_errors")
    }

    /// Whether to print without colors: az's setting, or `NO_COLOR` with any value.
    pub fn no_color(&self) -> Result<bool> {
        Ok(self.var("NO_COLOR").is_some() || self.bool_setting("core", "no_color")?)
    }

    /// Whether to skip confirmation prompts.
    pub fn disable_confirm_prompt(&self) -> Result<bool> {
        self.bool_setting("core", "disable_confirm_prompt")
    }

    /// The default of an option, such as `group`.
    pub fn option_default(&self, option: &str) -> Result<Option<String>> {
        let has_variable = self.var(&format!("AZURE_DEFAULTS_{}", option.to_ascii_uppercase())).is_some();
        for file in self.local_configs().iter().filter(|_| !has_variable) {
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
        let config = Arc::new(Ini::read_optional(self.config_dir().map(|dir| dir.join("config")))?);
        Ok(self.config.get_or_init(|| config))
    }
}

#[cfg(test)]
mod tests {
    use crate::context::{Context, Environment, Terminal};

    #[test]
    fn a_variable_takes_precedence_over_the_file() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".azure")).unwrap();
        let file =
            "[core]\noutput = table\nno_color = on\nonly_show_errors = maybe\n[defaults]\ngroup = rg\n";
        std::fs::write(home.path().join(".azure/config"), file).unwrap();
        let context = Context::new(
            Environment::for_test(home.path(), [("AZURE_DEFAULTS_GROUP", "other"), ("CI", "true")]),
            Terminal::default(),
        );
        assert_eq!(context.default_output().unwrap().as_deref(), Some("table"));
        assert_eq!(context.default_group().unwrap().as_deref(), Some("other"));
        assert_eq!(context.default_location().unwrap(), None);
        let working_dir = home.path().join("project/src");
        std::fs::create_dir_all(home.path().join("project/.azure")).unwrap();
        std::fs::create_dir(&working_dir).unwrap();
        std::fs::write(home.path().join("project/.azure/config"), "[defaults]\ngroup = local\n").unwrap();
        let context_in_project = Context::new(
            Environment::for_test(home.path(), []).with_working_dir(working_dir),
            Terminal::default(),
        );
        assert_eq!(context_in_project.default_group().unwrap().as_deref(), Some("local"));
        assert!(context.no_color().unwrap());
        assert!(!context.disable_confirm_prompt().unwrap());
        let error = context.only_show_errors().unwrap_err().to_string();
        assert!(error.contains("core.only_show_errors") && error.contains("maybe"), "{error}");
    }
}
