//! Replaces references to other files by components or by their targets.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use super::component_names::ComponentNames;
use super::external::is_file_reference;
use super::files::{Files, MAX_EXPANDED};
use super::grammar;
use super::library::{Library, lookup_value, reference_error, reference_only, size_error};
use super::node_type::{Dialect, NodeType, ObjectKind, Section};
use super::reference::{Reference, Target, format_pointer, parse_pointer};
use crate::MAX_DEPTH;
use azr_core::error::{Error, Result};

/// The size that a value counts in addition to its text.
const NODE_SIZE: usize = 8;

/// The bundled document, its files and the URLs that it refers to.
type Inlined = (Value, Vec<String>, Vec<String>);

/// Bundles the document `root`, which is the file `path`.
pub(super) fn inline_references(
    root: Value,
    path: &str,
    dialect: Dialect,
    files: &dyn Files,
) -> Result<Inlined> {
    let mut inliner = Inliner {
        library: Library::new(files, path, root),
        root: path.to_owned(),
        dialect,
        names: ComponentNames::default(),
        components: HashMap::new(),
        components_by_target: HashMap::new(),
        pending: VecDeque::new(),
        open_targets: Vec::new(),
        to_root: Vec::new(),
        remote: Vec::new(),
        known_remote: HashSet::new(),
        size: 0,
    };
    inliner.register_own_components()?;
    let root_target = Target { file: path.to_owned(), pointer: Vec::new() };
    let root = inliner.library.value(&root_target);
    let mut document = inliner.inline_value(&root, path, NodeType::Object(ObjectKind::Root), 0)?;
    while let Some((target, component)) = inliner.pending.pop_front() {
        let value = inliner.library.value(&target);
        let depth = component.section.path.len() + 1;
        let value =
            inliner.inline_value(&value, &target.file, NodeType::Object(component.section.kind), depth)?;
        insert_component(&mut document, &component, value)?;
    }
    inliner.check_references_to_root(&document)?;
    Ok((document, inliner.library.into_included(), inliner.remote))
}

/// A component: a member of a section of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Component {
    section: &'static Section,
    name: String,
}

impl Component {
    /// A reference to the component, or to the value at a path in it.
    fn reference(&self, path: &[String]) -> String {
        let keys = self.section.path.iter().copied().chain([self.name.as_str()]);
        format_pointer(keys.chain(path.iter().map(String::as_str)))
    }
}

struct Inliner<'a> {
    library: Library<'a>,
    /// The file of the definition.
    root: String,
    dialect: Dialect,
    names: ComponentNames,
    /// The targets that are components of the document.
    components: HashMap<(ObjectKind, Target), Component>,
    /// The components of each target, which may be of several kinds.
    components_by_target: HashMap<Target, Vec<Component>>,
    /// The components that have not been added to the document yet.
    pending: VecDeque<(Target, Component)>,
    /// The targets that are being inlined, to detect cycles.
    open_targets: Vec<Target>,
    /// References from other files to the definition itself, each with file and text.
    to_root: Vec<(String, String, String)>,
    remote: Vec<String>,
    known_remote: HashSet<String>,
    size: usize,
}

impl Inliner<'_> {
    /// Registers the names of the document's own components, and those that are references to other files, whose targets get
    /// their names.
    fn register_own_components(&mut self) -> Result<()> {
        for section in grammar::sections(self.dialect) {
            let keys: Vec<String> = section.path.iter().map(|key| (*key).to_owned()).collect();
            let text = format_pointer(section.path.iter().copied());
            let root = self.root.clone();
            let node_type = Target { file: root.clone(), pointer: keys };
            let Ok(node_type) = self.library.try_resolve(node_type, &root, &text)? else { continue };
            let Value::Object(members) = self.library.value(&node_type) else { continue };
            for (name, value) in &members {
                self.names.reserve(section, name);
                let mut target = node_type.clone();
                target.pointer.push(name.clone());
                let target = match reference_only(value) {
                    Some(text) if self.is_internal(text, &node_type.file) => continue,
                    Some(text) => self.library.resolve(target, &node_type.file, text)?,
                    None => target,
                };
                if target.file != self.root {
                    let component = Component { section, name: name.clone() };
                    if !self.components.contains_key(&(section.kind, target.clone())) {
                        self.add_component(section.kind, &target, component);
                    }
                }
            }
        }
        Ok(())
    }

    /// What becomes of a value that stands in `file` at `node_type`, so many levels deep in the new document.
    fn inline_value(
        &mut self,
        value: &Value,
        file: &str,
        node_type: NodeType,
        depth: usize,
    ) -> Result<Value> {
        if depth > MAX_DEPTH {
            return Err(size_error(&format!("it is nested more than {MAX_DEPTH} levels deep")));
        }
        match value {
            Value::Object(members) => match members.get("$ref") {
                Some(Value::String(text)) if node_type.allows_references() => {
                    self.inline_reference(members, text, file, node_type, depth)
                }
                _ => self.inline_members(members, file, node_type, depth).map(Value::Object),
            },
            Value::Array(elements) => {
                self.add_size(NODE_SIZE)?;
                let element = |element| self.inline_value(element, file, node_type.element(), depth + 1);
                elements.iter().map(element).collect::<Result<_>>().map(Value::Array)
            }
            Value::String(text) => {
                self.add_size(NODE_SIZE + text.len())?;
                Ok(value.clone())
            }
            _ => {
                self.add_size(NODE_SIZE)?;
                Ok(value.clone())
            }
        }
    }

    fn inline_members(
        &mut self,
        members: &Map<String, Value>,
        file: &str,
        node_type: NodeType,
        depth: usize,
    ) -> Result<Map<String, Value>> {
        self.add_size(NODE_SIZE)?;
        let mut output = Map::new();
        for (key, value) in members {
            self.add_size(key.len())?;
            let value = match (node_type, value) {
                (NodeType::Section(section), value) => {
                    self.inline_component(value, file, section, key, depth)?
                }
                (NodeType::Mapping, Value::String(text)) => Value::String(self.inline_mapping(text, file)?),
                _ => self.inline_value(value, file, node_type.member(self.dialect, key), depth + 1)?,
            };
            output.insert(key.clone(), value);
        }
        Ok(output)
    }

    /// Inlines a component of the document: if it is a reference to a target with its name, it becomes that target.
    fn inline_component(
        &mut self,
        value: &Value,
        file: &str,
        section: &'static Section,
        name: &str,
        depth: usize,
    ) -> Result<Value> {
        let node_type = NodeType::Object(section.kind);
        if let Some(text) = reference_only(value).filter(|text| !self.is_internal(text, file))
            && let Reference::SameFile(target) | Reference::OtherFile(target) =
                self.library.parse_reference(text, file)?
        {
            let target = self.library.resolve(target, file, text)?;
            let own = self.components.get(&(section.kind, target.clone()));
            if own.is_some_and(|own| own.section == section && own.name == name) {
                let value = self.library.value(&target);
                return self.inline_value(&value, &target.file, node_type, depth + 1);
            }
        }
        self.inline_value(value, file, node_type, depth + 1)
    }

    /// Inlines a value of a discriminator's mapping, which can refer to a schema without `$ref`.
    fn inline_mapping(&mut self, text: &str, file: &str) -> Result<String> {
        let is_reference = is_file_reference(text) || (text.starts_with('#') && file != self.root);
        if !is_reference {
            return Ok(text.to_owned());
        }
        let (Reference::SameFile(target) | Reference::OtherFile(target)) =
            self.library.parse_reference(text, file)?
        else {
            return Ok(text.to_owned());
        };
        let target = self.library.resolve(target, file, text)?;
        let node_type = NodeType::Object(ObjectKind::Schema);
        self.component_reference(&target, file, text, node_type, node_type.target_section(self.dialect))
            .ok_or_else(|| {
                reference_error(&self.library.display_name(file), text, "a mapping can refer to schemas only")
            })
    }

    /// Inlines an object that is a reference.
    fn inline_reference(
        &mut self,
        members: &Map<String, Value>,
        text: &str,
        file: &str,
        node_type: NodeType,
        depth: usize,
    ) -> Result<Value> {
        if self.is_internal(text, file) {
            return self.with_reference(members, text, file, node_type, depth);
        }
        let (Reference::SameFile(target) | Reference::OtherFile(target)) =
            self.library.parse_reference(text, file)?
        else {
            if self.known_remote.insert(text.to_owned()) {
                self.remote.push(text.to_owned());
            }
            return self.with_reference(members, text, file, node_type, depth);
        };
        let target = self.library.resolve(target, file, text)?;
        if let Some(to) =
            self.component_reference(&target, file, text, node_type, node_type.target_section(self.dialect))
        {
            return self.with_reference(members, &to, file, node_type, depth);
        }
        if self.open_targets.contains(&target) {
            // Below an extension the kind is unknown: what refers to itself is nearly always a schema.
            let node_type = match node_type {
                NodeType::Object(_) => node_type,
                _ => NodeType::Object(self.known_kind(&target).unwrap_or(ObjectKind::Schema)),
            };
            let section = node_type.cycle_section(self.dialect);
            return match self.component_reference(&target, file, text, node_type, section) {
                Some(to) => self.with_reference(members, &to, file, node_type, depth),
                None => Err(reference_error(
                    &self.library.display_name(file),
                    text,
                    "it is part of its own target, which cannot become a component",
                )),
            };
        }
        self.open_targets.push(target.clone());
        let value = self.library.value(&target);
        // Counts as a level, so that a chain of references with siblings ends.
        let mut output = self.inline_value(&value, &target.file, node_type, depth + 1)?;
        self.open_targets.pop();
        let siblings = self.inline_siblings(members, file, node_type, depth)?;
        if let Value::Object(output) = &mut output {
            output.extend(siblings);
        }
        Ok(output)
    }

    /// A reference to a target within the bundled document: to the definition itself, to or into a component, or to a new
    /// component in `section`. `None` if the target is none of these.
    fn component_reference(
        &mut self,
        target: &Target,
        file: &str,
        text: &str,
        node_type: NodeType,
        section: Option<&'static Section>,
    ) -> Option<String> {
        if target.file == self.root {
            let to = format_pointer(target.pointer.iter().map(String::as_str));
            self.to_root.push((to.clone(), file.to_owned(), text.to_owned()));
            return Some(to);
        }
        let NodeType::Object(kind) = node_type else { return None };
        if let Some(component) = self.components.get(&(kind, target.clone())) {
            return Some(component.reference(&[]));
        }
        if let Some(to) = self.reference_into_component(target) {
            return Some(to);
        }
        let section = section?;
        let component = Component { section, name: self.names.choose(section, target) };
        let to = component.reference(&[]);
        self.add_component(kind, target, component.clone());
        self.pending.push_back((target.clone(), component));
        Some(to)
    }

    /// The kind of the component that a target is already, if any.
    fn known_kind(&self, target: &Target) -> Option<ObjectKind> {
        self.components_by_target.get(target)?.first().map(|component| component.section.kind)
    }

    /// Registers a component for a target.
    fn add_component(&mut self, kind: ObjectKind, target: &Target, component: Component) {
        self.components_by_target.entry(target.clone()).or_default().push(component.clone());
        self.components.insert((kind, target.clone()), component);
    }

    /// A reference to a target inside the nearest component that contains it.
    fn reference_into_component(&self, target: &Target) -> Option<String> {
        (0..target.pointer.len()).rev().find_map(|length| {
            let container = Target { file: target.file.clone(), pointer: target.pointer[..length].to_vec() };
            let rest = &target.pointer[length..];
            self.components_by_target.get(&container)?.iter().map(|component| component.reference(rest)).min()
        })
    }

    /// The object with its reference replaced by `to`.
    fn with_reference(
        &mut self,
        members: &Map<String, Value>,
        to: &str,
        file: &str,
        node_type: NodeType,
        depth: usize,
    ) -> Result<Value> {
        self.add_size(2 * NODE_SIZE + to.len())?;
        let mut output = Map::new();
        let mut siblings = self.inline_siblings(members, file, node_type, depth)?;
        for key in members.keys() {
            let value =
                if key == "$ref" { Some(Value::String(to.to_owned())) } else { siblings.shift_remove(key) };
            output.extend(value.map(|value| (key.clone(), value)));
        }
        Ok(Value::Object(output))
    }

    /// Inlines the members next to a `$ref`.
    fn inline_siblings(
        &mut self,
        members: &Map<String, Value>,
        file: &str,
        node_type: NodeType,
        depth: usize,
    ) -> Result<Map<String, Value>> {
        let mut others = members.clone();
        others.shift_remove("$ref");
        self.inline_members(&others, file, node_type, depth)
    }

    /// Whether a reference of the document points into the document itself, and so is kept.
    fn is_internal(&self, text: &str, file: &str) -> bool {
        text.starts_with('#') && file == self.root
    }

    fn add_size(&mut self, bytes: usize) -> Result<()> {
        self.size += bytes;
        if self.size > MAX_EXPANDED {
            return Err(size_error(&format!("it would have more than {} MiB", MAX_EXPANDED >> 20)));
        }
        Ok(())
    }

    /// Checks that the targets in the definition that other files refer to still exist.
    fn check_references_to_root(&self, document: &Value) -> Result<()> {
        for (to, file, text) in &self.to_root {
            let exists =
                parse_pointer(&to[1..]).ok().is_some_and(|keys| lookup_value(document, &keys).is_some());
            if !exists {
                let reason = format!("{} has no such value", self.library.display_name(&self.root));
                return Err(reference_error(&self.library.display_name(file), text, &reason));
            }
        }
        Ok(())
    }
}

/// Adds a component to the document.
fn insert_component(document: &mut Value, component: &Component, value: Value) -> Result<()> {
    let mut section = document;
    for key in component.section.path {
        section =
            members_or_empty(section, component)?.entry(*key).or_insert_with(|| Value::Object(Map::new()));
    }
    members_or_empty(section, component)?.insert(component.name.clone(), value);
    Ok(())
}

/// The members of an object; null, as in an empty `components:`, becomes an empty object.
fn members_or_empty<'v>(value: &'v mut Value, component: &Component) -> Result<&'v mut Map<String, Value>> {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut().ok_or_else(|| not_an_object(component))
}

fn not_an_object(component: &Component) -> Error {
    Error::invalid(format!("the definition's {} is not an object", component.section.path.join(".")))
}
