//! Putting what is referred to into the document.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use super::library::{Library, alias, at, too_much, unfollowed};
use super::names::Names;
use super::outside::names_a_file;
use super::place::{Dialect, Kind, Place, Section};
use super::reference::{Reference, Target, pointer, to_pointer};
use super::{Files, MAX_EXPANDED, grammar};
use crate::MAX_DEPTH;
use azr_core::error::{Error, Result};

/// What a value costs besides its text.
const NODE: usize = 8;

/// The document, the files that are in it now, and the URLs it refers to.
type Woven = (Value, Vec<String>, Vec<String>);

/// Puts what `root`, the file `path`, refers to into one document.
pub(super) fn weave(root: Value, path: &str, dialect: Dialect, files: &dyn Files) -> Result<Woven> {
    let mut weaver = Weaver {
        library: Library::new(files, path, root),
        root: path.to_owned(),
        dialect,
        names: Names::default(),
        components: HashMap::new(),
        holders: HashMap::new(),
        waiting: VecDeque::new(),
        open: Vec::new(),
        to_root: Vec::new(),
        remote: Vec::new(),
        known_remote: HashSet::new(),
        size: 0,
    };
    weaver.adopt()?;
    let whole = Target { file: path.to_owned(), pointer: Vec::new() };
    let root = weaver.library.value(&whole);
    let mut document = weaver.value(&root, path, Place::Object(Kind::Root), 0)?;
    while let Some((target, component)) = weaver.waiting.pop_front() {
        let value = weaver.library.value(&target);
        let depth = component.section.path.len() + 1;
        let value = weaver.value(&value, &target.file, Place::Object(component.section.kind), depth)?;
        insert(&mut document, &component, value)?;
    }
    weaver.check(&document)?;
    Ok((document, weaver.library.into_included(), weaver.remote))
}

/// A member of a section of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Component {
    section: &'static Section,
    name: String,
}

impl Component {
    /// The reference to what is below it, or to itself.
    fn reference(&self, below: &[String]) -> String {
        let keys = self.section.path.iter().copied().chain([self.name.as_str()]);
        to_pointer(keys.chain(below.iter().map(String::as_str)))
    }
}

struct Weaver<'a> {
    library: Library<'a>,
    /// The file of the definition itself.
    root: String,
    dialect: Dialect,
    names: Names,
    /// What has become a component, or is one of the document's own by reference.
    components: HashMap<(Kind, Target), Component>,
    /// The same by place alone: something may be a component of several kinds.
    holders: HashMap<Target, Vec<Component>>,
    /// Those of them that are still to be put into the document.
    waiting: VecDeque<(Target, Component)>,
    /// What is being put in place of a reference right now.
    open: Vec<Target>,
    /// References from other files to the definition itself, each with file and text.
    to_root: Vec<(String, String, String)>,
    remote: Vec<String>,
    known_remote: HashSet<String>,
    size: usize,
}

impl Weaver<'_> {
    /// Finds the document's own components that are references to other files: what they refer to goes by their names.
    fn adopt(&mut self) -> Result<()> {
        for section in grammar::sections(self.dialect) {
            let keys: Vec<String> = section.path.iter().map(|key| (*key).to_owned()).collect();
            let text = to_pointer(section.path.iter().copied());
            let root = self.root.clone();
            let place = Target { file: root.clone(), pointer: keys };
            let Ok(place) = self.library.find(place, &root, &text)? else { continue };
            let Value::Object(members) = self.library.value(&place) else { continue };
            for (name, value) in &members {
                self.names.take(section, name);
                let mut target = place.clone();
                target.pointer.push(name.clone());
                let target = match alias(value) {
                    Some(text) if self.is_own(text, &place.file) => continue,
                    Some(text) => self.library.resolve(target, &place.file, text)?,
                    None => target,
                };
                if target.file != self.root {
                    let component = Component { section, name: name.clone() };
                    if !self.components.contains_key(&(section.kind, target.clone())) {
                        self.hold(section.kind, &target, component);
                    }
                }
            }
        }
        Ok(())
    }

    /// What becomes of a value that stands in `file` at `place`, so many levels deep in the new document.
    fn value(&mut self, value: &Value, file: &str, place: Place, depth: usize) -> Result<Value> {
        if depth > MAX_DEPTH {
            return Err(too_much(&format!("it nests deeper than {MAX_DEPTH}")));
        }
        match value {
            Value::Object(members) => match members.get("$ref") {
                Some(Value::String(text)) if place.may_refer() => {
                    self.reference(members, text, file, place, depth)
                }
                _ => self.members(members, file, place, depth).map(Value::Object),
            },
            Value::Array(elements) => {
                self.charge(NODE)?;
                let element = |element| self.value(element, file, place.element(), depth + 1);
                elements.iter().map(element).collect::<Result<_>>().map(Value::Array)
            }
            Value::String(text) => {
                self.charge(NODE + text.len())?;
                Ok(value.clone())
            }
            _ => {
                self.charge(NODE)?;
                Ok(value.clone())
            }
        }
    }

    fn members(
        &mut self,
        members: &Map<String, Value>,
        file: &str,
        place: Place,
        depth: usize,
    ) -> Result<Map<String, Value>> {
        self.charge(NODE)?;
        let mut woven = Map::new();
        for (key, value) in members {
            self.charge(key.len())?;
            let value = match (place, value) {
                (Place::Section(section), value) => {
                    self.member_of_section(value, file, section, key, depth)?
                }
                (Place::Mapping, Value::String(text)) => Value::String(self.mapped(text, file)?),
                _ => self.value(value, file, place.member(self.dialect, key), depth + 1)?,
            };
            woven.insert(key.clone(), value);
        }
        Ok(woven)
    }

    /// A component of the document: where other references go by its name, it is what it refers to.
    fn member_of_section(
        &mut self,
        value: &Value,
        file: &str,
        section: &'static Section,
        name: &str,
        depth: usize,
    ) -> Result<Value> {
        let place = Place::Object(section.kind);
        if let Some(text) = alias(value).filter(|text| !self.is_own(text, file))
            && let Reference::Here(target) | Reference::There(target) = self.read(text, file)?
        {
            let target = self.library.resolve(target, file, text)?;
            let own = self.components.get(&(section.kind, target.clone()));
            if own.is_some_and(|own| own.section == section && own.name == name) {
                let value = self.library.value(&target);
                return self.value(&value, &target.file, place, depth + 1);
            }
        }
        self.value(value, file, place, depth + 1)
    }

    /// A value of a discriminator's mapping, which refers to a schema without `$ref`.
    fn mapped(&mut self, text: &str, file: &str) -> Result<String> {
        let refers = names_a_file(text) || (text.starts_with('#') && file != self.root);
        if !refers {
            return Ok(text.to_owned());
        }
        let (Reference::Here(target) | Reference::There(target)) = self.read(text, file)? else {
            return Ok(text.to_owned());
        };
        let target = self.library.resolve(target, file, text)?;
        let place = Place::Object(Kind::Schema);
        self.pointed(&target, file, text, place, place.section(self.dialect))
            .ok_or_else(|| unfollowed(&self.library.shown(file), text, "a mapping can refer to schemas only"))
    }

    /// What becomes of an object that is a reference.
    fn reference(
        &mut self,
        members: &Map<String, Value>,
        text: &str,
        file: &str,
        place: Place,
        depth: usize,
    ) -> Result<Value> {
        if self.is_own(text, file) {
            return self.pointing(members, text, file, place, depth);
        }
        let (Reference::Here(target) | Reference::There(target)) = self.read(text, file)? else {
            if self.known_remote.insert(text.to_owned()) {
                self.remote.push(text.to_owned());
            }
            return self.pointing(members, text, file, place, depth);
        };
        let target = self.library.resolve(target, file, text)?;
        if let Some(to) = self.pointed(&target, file, text, place, place.section(self.dialect)) {
            return self.pointing(members, &to, file, place, depth);
        }
        if self.open.contains(&target) {
            let section = place.section_of_cycle(self.dialect);
            return match self.pointed(&target, file, text, place, section) {
                Some(to) => self.pointing(members, &to, file, place, depth),
                None => Err(unfollowed(
                    &self.library.shown(file),
                    text,
                    "it is part of what it refers to, and no component could stand for it",
                )),
            };
        }
        self.open.push(target.clone());
        let value = self.library.value(&target);
        // A level of its own, so that a chain of references that have something beside them ends.
        let mut woven = self.value(&value, &target.file, place, depth + 1)?;
        self.open.pop();
        let beside = self.beside(members, file, place, depth)?;
        if let Value::Object(woven) = &mut woven {
            woven.extend(beside);
        }
        Ok(woven)
    }

    /// The reference within the document to a target: to the definition itself, to a component or into one, or to the
    /// component it becomes now, in `section`.
    fn pointed(
        &mut self,
        target: &Target,
        file: &str,
        text: &str,
        place: Place,
        section: Option<&'static Section>,
    ) -> Option<String> {
        if target.file == self.root {
            let to = to_pointer(target.pointer.iter().map(String::as_str));
            self.to_root.push((to.clone(), file.to_owned(), text.to_owned()));
            return Some(to);
        }
        let Place::Object(kind) = place else { return None };
        if let Some(component) = self.components.get(&(kind, target.clone())) {
            return Some(component.reference(&[]));
        }
        if let Some(to) = self.within(target) {
            return Some(to);
        }
        let section = section?;
        let component = Component { section, name: self.names.give(section, target) };
        let to = component.reference(&[]);
        self.hold(kind, target, component.clone());
        self.waiting.push_back((target.clone(), component));
        Some(to)
    }

    /// Notes that a component stands for a target from now on.
    fn hold(&mut self, kind: Kind, target: &Target, component: Component) {
        self.holders.entry(target.clone()).or_default().push(component.clone());
        self.components.insert((kind, target.clone()), component);
    }

    /// The reference to a place inside of something that is a component already: the nearest.
    fn within(&self, target: &Target) -> Option<String> {
        (0..target.pointer.len()).rev().find_map(|length| {
            let holder = Target { file: target.file.clone(), pointer: target.pointer[..length].to_vec() };
            let below = &target.pointer[length..];
            self.holders.get(&holder)?.iter().map(|component| component.reference(below)).min()
        })
    }

    /// The same object, pointing to `to`.
    fn pointing(
        &mut self,
        members: &Map<String, Value>,
        to: &str,
        file: &str,
        place: Place,
        depth: usize,
    ) -> Result<Value> {
        self.charge(2 * NODE + to.len())?;
        let mut woven = Map::new();
        let mut beside = self.beside(members, file, place, depth)?;
        for key in members.keys() {
            let value =
                if key == "$ref" { Some(Value::String(to.to_owned())) } else { beside.shift_remove(key) };
            woven.extend(value.map(|value| (key.clone(), value)));
        }
        Ok(Value::Object(woven))
    }

    /// What stands beside a `$ref`.
    fn beside(
        &mut self,
        members: &Map<String, Value>,
        file: &str,
        place: Place,
        depth: usize,
    ) -> Result<Map<String, Value>> {
        let mut others = members.clone();
        others.shift_remove("$ref");
        self.members(&others, file, place, depth)
    }

    /// Whether a reference is of the document to itself, which stays as it is, whatever it leads to.
    fn is_own(&self, text: &str, file: &str) -> bool {
        text.starts_with('#') && file == self.root
    }

    fn read(&self, text: &str, file: &str) -> Result<Reference> {
        Reference::read(text, file)
            .map_err(|un| unfollowed(&self.library.shown(file), text, un.why).with_hint(un.hint))
    }

    fn charge(&mut self, bytes: usize) -> Result<()> {
        self.size += bytes;
        if self.size > MAX_EXPANDED {
            return Err(too_much(&format!("it would have more than {} MiB", MAX_EXPANDED >> 20)));
        }
        Ok(())
    }

    /// Checks that what other files refer to in the definition itself is still there.
    fn check(&self, document: &Value) -> Result<()> {
        for (to, file, text) in &self.to_root {
            let there = pointer(&to[1..]).ok().is_some_and(|keys| at(document, &keys).is_some());
            if !there {
                let why = format!("{} has no such place", self.library.shown(&self.root));
                return Err(unfollowed(&self.library.shown(file), text, &why));
            }
        }
        Ok(())
    }
}

/// Puts a component into the document.
fn insert(document: &mut Value, component: &Component, value: Value) -> Result<()> {
    let mut place = document;
    for key in component.section.path {
        let Value::Object(members) = place else { return Err(no_object(component)) };
        place = members.entry(*key).or_insert_with(|| Value::Object(Map::new()));
    }
    let Value::Object(members) = place else { return Err(no_object(component)) };
    members.insert(component.name.clone(), value);
    Ok(())
}

fn no_object(component: &Component) -> Error {
    Error::invalid(format!("the definition's {} is not an object", component.section.path.join(".")))
}
