//! Which names a file cannot have on some system.

/// Characters that some file system refuses or gives a meaning.
pub const RESERVED_CHARACTERS: &str = "/\\:*?\"<>|";

/// Device names on Windows, with any extension; [`is_device`] knows those with a number, too.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Digits in the names of ports; Windows accepts superscripts.
const PORT_DIGITS: &str = "0123456789¹²³";

/// Whether Windows would open a device instead of a file of this name.
#[must_use]
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem.as_str())
        || port.is_some_and(|number| {
            number.chars().count() == 1 && number.starts_with(|c| PORT_DIGITS.contains(c))
        })
}

/// Whether Windows takes a name for a file and keeps it as it is.
#[must_use]
pub fn is_valid_on_windows(name: &str) -> bool {
    let is_refused = |c: char| RESERVED_CHARACTERS.contains(c) || c.is_control();
    !name.is_empty() && !name.ends_with(['.', ' ']) && !name.contains(is_refused) && !is_device(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_devices_and_names_that_windows_changes_are_not_valid_there() {
        for name in [
            "con",
            "CON",
            "nul.json",
            "com1.yaml",
            "COM¹",
            "lpt³.x.y",
            "CONIN$",
            "conout$",
            "aux .txt",
            "a.",
            "a ",
            "",
            "a:b",
            "a\\b",
            "a?",
            "a\nb",
        ] {
            assert!(!is_valid_on_windows(name), "{name:?}");
        }
        for name in ["console", "com10", "com", "lpt.x", ".con", "a con", "nul-1", "ü", "a b.json", "conin"]
        {
            assert!(is_valid_on_windows(name), "{name:?}");
        }
    }
}
