//! The names of components that come from other files.

use std::collections::{HashMap, HashSet};

use super::place::Section;
use super::reference::Target;

/// The path of a section, and a name in it.
type Place = (&'static [&'static str], String);

/// The names that are taken, of every section.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<Place>,
    /// The number that was last put behind a name.
    numbers: HashMap<Place, usize>,
}

impl Names {
    /// Notes that the document itself has something of this name.
    pub(super) fn take(&mut self, section: &'static Section, name: &str) {
        self.taken.insert((section.path, name.to_owned()));
    }

    /// A name for something from another file: the last key of its place, or the name of its file.
    ///
    /// Where that is taken a number is put behind it; so the same files always give the same names.
    pub(super) fn give(&mut self, section: &'static Section, target: &Target) -> String {
        let name = legal(target.pointer.last().map_or_else(|| stem(&target.file), String::as_str));
        let mut given = name.clone();
        while !self.taken.insert((section.path, given.clone())) {
            let number = self.numbers.entry((section.path, name.clone())).or_insert(1);
            *number += 1;
            given = format!("{name}-{number}");
        }
        given
    }
}

/// The name of a file without its folder and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A name of letters, digits, `.`, `-` and `_`, which are all that a component's may have.
fn legal(name: &str) -> String {
    let legal = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' };
    let name: String = name.chars().map(legal).collect();
    if name.is_empty() { "_".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::super::grammar;
    use super::super::place::{Dialect, Kind};
    use super::*;

    #[test]
    fn names_are_told_by_place_or_file_and_never_shared() {
        let section = |kind| grammar::component(Dialect::OpenApi30, kind).expect("a section");
        let target = |file: &str, keys: &[&str]| Target {
            file: file.to_owned(),
            pointer: keys.iter().map(|k| (*k).to_owned()).collect(),
        };
        let mut names = Names::default();
        names.take(section(Kind::Schema), "Pet");
        assert_eq!(names.give(section(Kind::Schema), &target("s/Pet.yaml", &[])), "Pet-2");
        assert_eq!(names.give(section(Kind::Schema), &target("t/Pet.yaml", &[])), "Pet-3");
        assert_eq!(names.give(section(Kind::Parameter), &target("Pet.yaml", &[])), "Pet");
        assert_eq!(names.give(section(Kind::Schema), &target("all.yaml", &["a", "Größe (m)"])), "Gr__e__m_");
        assert_eq!(names.give(section(Kind::Schema), &target("user.schema.json", &[])), "user.schema");
    }
}
