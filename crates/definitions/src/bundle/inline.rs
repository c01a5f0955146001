//! Replaces references to other files by components or by their targets.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::cache::Document;
use super::components::{Component, Components};
use super::external::is_file_reference;
use super::files::MAX_EXPANDED;
use super::grammar;
use super::library::{Library, lookup_value, reference_only, size_error};
use super::node_type::{Dialect, NodeType, ObjectKind, Section};
use super::reference::{Target, format_pointer, parse_pointer, reference_error};
use super::source_file::SourceFile;
use crate::MAX_DEPTH;
use azr_core::error::Result;

/// The size that a value counts in addition to its text.
const NODE_SIZE: usize = 8;

/// A document without references to other files.
pub(super) struct Inlined {
    pub(super) document: Value,
    /// The paths of the other files.
    pub(super) included: Vec<String>,
    /// The URLs that the document refers to.
    pub(super) remote: Vec<String>,
}

/// Bundles the document `root`.
pub(super) fn inline_references(
    root: &Arc<Document>,
    source: &SourceFile<'_>,
    dialect: Dialect,
) -> Result<Inlined> {
    let mut inliner = Inliner {
        library: Library::new(source, root.clone()),
        root: source.path,
        dialect,
        components: Components::default(),
        open_targets: Vec::new(),
        path: Vec::new(),
        to_root: Vec::new(),
        remote: Vec::new(),
        known_remote: HashSet::new(),
        size: 0,
    };
    inliner.register_own_components()?;
    let position = Position { file: source.path, node_type: NodeType::Object(ObjectKind::Root), depth: 0 };
    let mut document = inliner.inline_value(&root.value, position)?;
    while let Some((target, component)) = inliner.components.next_pending() {
        let node_type = NodeType::Object(component.section.kind);
        inliner.path = component.path();
        let value = inliner.inline_target(&target, node_type, component.section.path.len() + 1)?;
        component.insert_into(&mut document, value)?;
    }
    inliner.check_references_to_root(&document)?;
    Ok(Inlined { document, included: inliner.library.into_included(), remote: inliner.remote })
}

/// The position of a value.
#[derive(Debug, Clone, Copy)]
struct Position<'a> {
    /// The file that contains the value.
    file: &'a str,
    /// The type of the value.
    node_type: NodeType,
    /// How deep the value is nested in the bundled document.
    depth: usize,
}

impl Position<'_> {
    fn child(self, node_type: NodeType) -> Self {
        Self { node_type, depth: self.depth + 1, ..self }
    }
}

struct Inliner<'a> {
    library: Library<'a>,
    /// The file of the definition.
    root: &'a str,
    dialect: Dialect,
    components: Components,
    /// The targets that are being inlined, each with the path at which it is in the bundled document, to detect cycles.
    open_targets: Vec<(Target, Vec<String>)>,
    /// The path in the bundled document of the value that is being inlined.
    path: Vec<String>,
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
            let start = Target { file: self.root.to_owned(), pointer: keys };
            let Ok(members_target) = self.library.try_resolve(start, self.root, &text)? else { continue };
            let Some(document) = self.library.loaded_document(&members_target.file) else { continue };
            let members = lookup_value(&document.value, &members_target.pointer).and_then(Value::as_object);
            for (name, value) in members.into_iter().flatten() {
                self.components.reserve_name(section, name);
                let mut target = members_target.clone();
                target.pointer.push(name.clone());
                let target = match reference_only(value) {
                    Some(text) if self.is_internal(text, &target.file) => continue,
                    Some(text) => {
                        let file = target.file.clone();
                        self.library.resolve(target, &file, text)?
                    }
                    None => target,
                };
                if target.file != self.root {
                    self.components.register(&target, Component { section, name: name.clone() });
                }
            }
        }
        Ok(())
    }

    /// Inlines the value of a target; null if it does not exist.
    fn inline_target(&mut self, target: &Target, node_type: NodeType, depth: usize) -> Result<Value> {
        let document = self.library.loaded_document(&target.file);
        let value = document.as_ref().and_then(|document| lookup_value(&document.value, &target.pointer));
        let position = Position { file: &target.file, node_type, depth };
        self.inline_value(value.unwrap_or(&Value::Null), position)
    }

    fn inline_value(&mut self, value: &Value, position: Position<'_>) -> Result<Value> {
        if position.depth > MAX_DEPTH {
            return Err(size_error(&format!("it is nested more than {MAX_DEPTH} levels deep")));
        }
        match value {
            Value::Object(members) => match members.get("$ref") {
                Some(Value::String(text)) if position.node_type.allows_references() => {
                    self.inline_reference(members, text, position)
                }
                _ => self.inline_members(members, position).map(Value::Object),
            },
            Value::Array(elements) => {
                self.add_size(NODE_SIZE)?;
                let position = position.child(position.node_type.element());
                let elements = elements.iter().enumerate().map(|(index, element)| {
                    self.path.push(index.to_string());
                    let output = self.inline_value(element, position);
                    self.path.pop();
                    output
                });
                elements.collect::<Result<_>>().map(Value::Array)
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
        position: Position<'_>,
    ) -> Result<Map<String, Value>> {
        self.add_size(NODE_SIZE)?;
        let mut output = Map::new();
        for (key, value) in members {
            output.insert(key.clone(), self.inline_member(key, value, position)?);
        }
        Ok(output)
    }

    /// Inlines a member of the object at a position.
    fn inline_member(&mut self, key: &str, value: &Value, position: Position<'_>) -> Result<Value> {
        self.add_size(key.len())?;
        self.path.push(key.to_owned());
        let output = match (position.node_type, value) {
            (NodeType::Section(section), value) => self.inline_component(value, section, key, position),
            (NodeType::Mapping, Value::String(text)) => {
                self.inline_mapping(text, position.file).map(Value::String)
            }
            (node_type, value) => {
                self.inline_value(value, position.child(node_type.member(self.dialect, key)))
            }
        };
        self.path.pop();
        output
    }

    /// Inlines a component of the document: if it is a reference to a target with its name, it becomes that target.
    fn inline_component(
        &mut self,
        value: &Value,
        section: &'static Section,
        name: &str,
        position: Position<'_>,
    ) -> Result<Value> {
        let node_type = NodeType::Object(section.kind);
        if let Some(text) = reference_only(value).filter(|text| !self.is_internal(text, position.file))
            && let Some(target) = self.library.resolve_reference(text, position.file)?
            && self.components.is_named(&target, section, name)
        {
            return self.inline_target(&target, node_type, position.depth + 1);
        }
        self.inline_value(value, position.child(node_type))
    }

    /// Inlines a value of a discriminator's mapping, which can refer to a schema without `$ref`.
    fn inline_mapping(&mut self, text: &str, file: &str) -> Result<String> {
        let is_reference = is_file_reference(text) || (text.starts_with('#') && file != self.root);
        if !is_reference {
            return Ok(text.to_owned());
        }
        let Some(target) = self.library.resolve_reference(text, file)? else { return Ok(text.to_owned()) };
        let node_type = NodeType::Object(ObjectKind::Schema);
        self.refer_to(&target, file, text, node_type, node_type.target_section(self.dialect)).ok_or_else(
            || reference_error(&self.library.display_name(file), text, "a mapping can refer to schemas only"),
        )
    }

    /// Inlines an object that is a reference.
    fn inline_reference(
        &mut self,
        members: &Map<String, Value>,
        text: &str,
        position: Position<'_>,
    ) -> Result<Value> {
        let file = position.file;
        if self.is_internal(text, file) {
            return self.replace_reference(members, text, position);
        }
        let Some(target) = self.library.resolve_reference(text, file)? else {
            if self.known_remote.insert(text.to_owned()) {
                self.remote.push(text.to_owned());
            }
            return self.replace_reference(members, text, position);
        };
        let mut node_type = position.node_type;
        let mut section = node_type.target_section(self.dialect);
        let open_path =
            self.open_targets.iter().find(|(open, _)| *open == target).map(|(_, path)| path.clone());
        if open_path.is_some() {
            // Below an extension the kind is unknown: what refers to itself is nearly always a schema.
            if !matches!(node_type, NodeType::Object(_)) {
                let kind = self.components.known_kind(&target).unwrap_or(ObjectKind::Schema);
                node_type = NodeType::Object(kind);
            }
            section = node_type.cycle_section(self.dialect);
        }
        if let Some(to) = self.refer_to(&target, file, text, node_type, section) {
            return self.replace_reference(members, &to, position);
        }
        if let Some(path) = open_path {
            let to = format_pointer(path.iter().map(String::as_str));
            return self.replace_reference(members, &to, position);
        }
        self.open_targets.push((target.clone(), self.path.clone()));
        // Counts as a level, so that a chain of references with siblings ends.
        let mut output = self.inline_target(&target, node_type, position.depth + 1)?;
        self.open_targets.pop();
        if let Value::Object(output) = &mut output {
            for (key, value) in members.iter().filter(|(key, _)| *key != "$ref") {
                output.insert(key.clone(), self.inline_member(key, value, position)?);
            }
        }
        Ok(output)
    }

    /// A reference to a target within the bundled document: to the definition itself, to or into a component, or to a new
    /// component in `section`. `None` if the target is none of these.
    fn refer_to(
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
        self.components
            .reference(target, kind)
            .or_else(|| section.map(|section| self.components.create(target, section)))
    }

    /// The object with its reference replaced by `to`.
    fn replace_reference(
        &mut self,
        members: &Map<String, Value>,
        to: &str,
        position: Position<'_>,
    ) -> Result<Value> {
        self.add_size(2 * NODE_SIZE + to.len())?;
        let mut output = Map::new();
        for (key, value) in members {
            let value = if key == "$ref" {
                Value::String(to.to_owned())
            } else {
                self.inline_member(key, value, position)?
            };
            output.insert(key.clone(), value);
        }
        Ok(Value::Object(output))
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
            let exists = parse_pointer(to).is_some_and(|keys| lookup_value(document, &keys).is_some());
            if !exists {
                let reason = format!("{} has no such value", self.library.display_name(self.root));
                return Err(reference_error(&self.library.display_name(file), text, &reason));
            }
        }
        Ok(())
    }
}
