//! Names for the components that come from other files.

use std::collections::{HashMap, HashSet};

use super::node_type::Section;
use super::reference::Target;

/// The path of a section, and a name in it.
type SectionName = (&'static [&'static str], String);

/// The names in use, in every section.
#[derive(Default)]
pub(super) struct ComponentNames {
    used: HashSet<SectionName>,
    /// The last number appended to a name.
    last_numbers: HashMap<SectionName, usize>,
}

impl ComponentNames {
    /// Marks a name as used by the document itself.
    pub(super) fn reserve(&mut self, section: &'static Section, name: &str) {
        self.used.insert((section.path, name.to_owned()));
    }

    /// Chooses a name for a target in another file: its last key, or the name of its file.
    ///
    /// If the name is in use, a number is appended, so that the same files always have the same names.
    pub(super) fn choose(&mut self, section: &'static Section, target: &Target) -> String {
        let name = to_valid_name(target.pointer.last().map_or_else(|| stem(&target.file), String::as_str));
        let mut unique = name.clone();
        while !self.used.insert((section.path, unique.clone())) {
            let number = self.last_numbers.entry((section.path, name.clone())).or_insert(1);
            *number += 1;
            unique = format!("{name}-{number}");
        }
        unique
    }
}

/// The name of a file without its folder and extension.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Replaces characters other than letters, digits, `.`, `-` and `_`, which are not allowed in names of components.
fn to_valid_name(name: &str) -> String {
    let replace = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' };
    let name: String = name.chars().map(replace).collect();
    if name.is_empty() { "_".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::super::node_type::{Dialect, NodeType, ObjectKind};
    use super::*;

    #[test]
    fn names_come_from_the_key_or_file_and_are_unique() {
        let section = |kind| NodeType::Object(kind).cycle_section(Dialect::OpenApi30).expect("a section");
        let target = |file: &str, keys: &[&str]| Target {
            file: file.to_owned(),
            pointer: keys.iter().map(|k| (*k).to_owned()).collect(),
        };
        let mut names = ComponentNames::default();
        names.reserve(section(ObjectKind::Schema), "Pet");
        assert_eq!(names.choose(section(ObjectKind::Schema), &target("s/Pet.yaml", &[])), "Pet-2");
        assert_eq!(names.choose(section(ObjectKind::Schema), &target("t/Pet.yaml", &[])), "Pet-3");
        assert_eq!(names.choose(section(ObjectKind::Parameter), &target("Pet.yaml", &[])), "Pet");
        assert_eq!(
            names.choose(section(ObjectKind::Schema), &target("all.yaml", &["a", "Größe (m)"])),
            "Gr__e__m_"
        );
        assert_eq!(
            names.choose(section(ObjectKind::Schema), &target("user.schema.json", &[])),
            "user.schema"
        );
    }
}
