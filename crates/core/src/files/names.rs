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
