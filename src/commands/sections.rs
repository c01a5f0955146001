//! The sections of the commands of the root in help.

/// Some commands of the root, under a title of their own in help.
pub(crate) struct Section {
    /// The title.
    pub title: &'static str,
    /// The words that name the commands.
    pub names: &'static [&'static str],
}

/// The commands in the order of help.
pub(crate) const SECTIONS: &[Section] = &[
    Section { title: "Work with APIs", names: &["apic", "apim", "rest"] },
    Section { title: "Sign in", names: &["login", "logout", "account"] },
    Section { title: "Set up", names: &["doctor", "config", "configure", "completion", "man", "schema"] },
    Section { title: "More", names: &["emulator", "group", "identity", "role", "cloud", "version", "help"] },
];
