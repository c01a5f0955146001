//! The components of the bundled document.

use std::collections::{HashMap, VecDeque};

use serde_json::{Map, Value};

use super::component_names::ComponentNames;
use super::node_type::{ObjectKind, Section};
use super::reference::{Target, format_pointer};
use azr_core::error::{Error, Result};

/// A component: a member of a section of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) section: &'static Section,
    pub(super) name: String,
}

impl Component {
    /// The path of the component in the document.
    pub(super) fn path(&self) -> Vec<String> {
        self.section.path.iter().copied().chain([self.name.as_str()]).map(str::to_owned).collect()
    }

    /// A reference to the component, or to the value at a path in it.
    fn reference(&self, path: &[String]) -> String {
        let keys = self.section.path.iter().copied().chain([self.name.as_str()]);
        format_pointer(keys.chain(path.iter().map(String::as_str)))
    }

    /// Adds the component to the document.
    pub(super) fn insert_into(&self, document: &mut Value, value: Value) -> Result<()> {
        let mut section = document;
        for key in self.section.path {
            let members = self.members_or_empty(section)?;
            section = members.entry(*key).or_insert_with(|| Value::Object(Map::new()));
        }
        self.members_or_empty(section)?.insert(self.name.clone(), value);
        Ok(())
    }

    /// The members of an object; null, as in an empty `components:`, becomes an empty object.
    fn members_or_empty<'v>(&self, value: &'v mut Value) -> Result<&'v mut Map<String, Value>> {
        if value.is_null() {
            *value = Value::Object(Map::new());
        }
        value.as_object_mut().ok_or_else(|| {
            Error::invalid(format!("the definition's {} is not an object", self.section.path.join(".")))
        })
    }
}

/// The components of a document, and the targets in other files that they stand for.
#[derive(Default)]
pub(super) struct Components {
    names: ComponentNames,
    by_kind: HashMap<(ObjectKind, Target), Component>,
    /// The components of each target, which may be of several kinds.
    by_target: HashMap<Target, Vec<Component>>,
    /// The components that have not been added to the document yet.
    pending: VecDeque<(Target, Component)>,
}

impl Components {
    /// Marks a name as used by the document itself.
    pub(super) fn reserve_name(&mut self, section: &'static Section, name: &str) {
        self.names.reserve(section, name);
    }

    /// Registers a component for a target, unless the target has one of that kind.
    pub(super) fn register(&mut self, target: &Target, component: Component) {
        let key = (component.section.kind, target.clone());
        if let std::collections::hash_map::Entry::Vacant(entry) = self.by_kind.entry(key) {
            entry.insert(component.clone());
            self.by_target.entry(target.clone()).or_default().push(component);
        }
    }

    /// Whether the component of a target has this name.
    pub(super) fn is_named(&self, target: &Target, section: &'static Section, name: &str) -> bool {
        let component = self.by_kind.get(&(section.kind, target.clone()));
        component.is_some_and(|component| component.section == section && component.name == name)
    }

    /// A reference to the component of a target, or into a component that contains it.
    pub(super) fn reference(&self, target: &Target, kind: ObjectKind) -> Option<String> {
        let component = self.by_kind.get(&(kind, target.clone()));
        component.map(|component| component.reference(&[])).or_else(|| self.reference_into(target))
    }

    /// A reference to a target inside the nearest component that contains it.
    fn reference_into(&self, target: &Target) -> Option<String> {
        (0..target.pointer.len()).rev().find_map(|length| {
            let container = Target { file: target.file.clone(), pointer: target.pointer[..length].to_vec() };
            let rest = &target.pointer[length..];
            self.by_target.get(&container)?.iter().map(|component| component.reference(rest)).min()
        })
    }

    /// Creates a component in a section for a target, to be added to the document; returns a reference to it.
    pub(super) fn create(&mut self, target: &Target, section: &'static Section) -> String {
        let component = Component { section, name: self.names.choose(section, target) };
        let reference = component.reference(&[]);
        self.register(target, component.clone());
        self.pending.push_back((target.clone(), component));
        reference
    }

    /// The kind of the component that a target is already, if any.
    pub(super) fn known_kind(&self, target: &Target) -> Option<ObjectKind> {
        self.by_target.get(target)?.first().map(|component| component.section.kind)
    }

    /// The next component to add to the document.
    pub(super) fn next_pending(&mut self) -> Option<(Target, Component)> {
        self.pending.pop_front()
    }
}
