//! The files that a definition is spread over, each read once, and what references in them lead to.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use super::reference::{Reference, Target, to_pointer};
use super::{Files, MAX_EXPANDED, MAX_FILES, MAX_HOPS, MAX_READ, parsed};
use crate::decode;
use azr_core::error::{Error, Result};

/// The files read so far.
pub(super) struct Library<'a> {
    files: &'a dyn Files,
    documents: HashMap<String, Rc<Value>>,
    included: Vec<String>,
    bytes: usize,
}

/// What is at a pointer.
enum Step {
    /// It is there.
    Found,
    /// It is there, and only refers to something else.
    Alias(String),
    /// Before its end stands a reference, behind which the rest of the keys may be found.
    Behind(String, Vec<String>),
    /// Nothing.
    Missing,
}

impl<'a> Library<'a> {
    /// A library that has only the definition itself.
    pub(super) fn new(files: &'a dyn Files, root: &str, document: Value) -> Self {
        let documents = HashMap::from([(root.to_owned(), Rc::new(document))]);
        Self { files, documents, included: Vec::new(), bytes: 0 }
    }

    /// The files read besides the definition itself.
    pub(super) fn into_included(self) -> Vec<String> {
        self.included
    }

    /// How a file is called in messages.
    pub(super) fn shown(&self, file: &str) -> String {
        self.files.shown(file)
    }

    /// What is at a target that [`Library::resolve`] gave; null where there is nothing.
    pub(super) fn value(&self, target: &Target) -> Value {
        let document = self.documents.get(&target.file).map(Rc::as_ref);
        document.and_then(|root| at(root, &target.pointer)).cloned().unwrap_or_default()
    }

    /// The place that a target comes down to, past everything that only refers to something else.
    ///
    /// `text` is the reference and `file` the file it stands in, for errors.
    pub(super) fn resolve(&mut self, target: Target, file: &str, text: &str) -> Result<Target> {
        let missing = |library: &Self, target: &Target| {
            let what = if target.pointer.is_empty() {
                "nothing".to_owned()
            } else {
                format!("no {}", &to_pointer(target.pointer.iter().map(String::as_str))[1..])
            };
            unfollowed(&library.shown(file), text, &format!("{} has {what}", library.shown(&target.file)))
                .with_hint("Check the part behind #: the keys that lead to it, with slashes between.")
        };
        self.find(target, file, text)?.map_err(|last| missing(self, &last))
    }

    /// The same, with the last place looked at where there is nothing.
    pub(super) fn find(
        &mut self,
        mut target: Target,
        file: &str,
        text: &str,
    ) -> Result<std::result::Result<Target, Target>> {
        for _ in 0..MAX_HOPS {
            let document = self.document(&target.file, file, text)?;
            let (next, rest) = match step(&document, &target.pointer) {
                Step::Found => return Ok(Ok(target)),
                Step::Missing => return Ok(Err(target)),
                Step::Alias(next) => (next, Vec::new()),
                Step::Behind(next, rest) => (next, rest),
            };
            let read = Reference::read(&next, &target.file)
                .map_err(|un| unfollowed(&self.shown(&target.file), &next, un.why).with_hint(un.hint))?;
            match read {
                Reference::Remote if rest.is_empty() => return Ok(Ok(target)),
                Reference::Remote => return Ok(Err(target)),
                Reference::Here(mut to) | Reference::There(mut to) => {
                    to.pointer.extend(rest);
                    target = to;
                }
            }
        }
        Err(unfollowed(&self.shown(file), text, "it leads from reference to reference and nowhere else"))
    }

    /// The document in a file, read if it was not before.
    fn document(&mut self, path: &str, from: &str, text: &str) -> Result<Rc<Value>> {
        if let Some(document) = self.documents.get(path) {
            return Ok(document.clone());
        }
        let name = self.shown(path);
        if self.included.len() == MAX_FILES {
            return Err(too_much(&format!("it is spread over more than {MAX_FILES} files")));
        }
        let failed = |e: Error| {
            let hint = e
                .hint()
                .map_or_else(|| format!("A path is relative to {}.", self.files.shown(from)), str::to_owned);
            unfollowed(&self.files.shown(from), text, &e.to_string()).with_hint(hint)
        };
        let bytes = self.files.read(path).map_err(failed)?;
        self.bytes += bytes.len();
        if self.bytes > MAX_READ {
            return Err(too_much(&format!("its files have more than {} MiB", MAX_READ >> 20)));
        }
        let content = decode::decode(&bytes, &name).map_err(failed)?;
        // Descriptions are often kept in files of their own.
        let prose = path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("md"));
        let document = if prose { Value::String(content) } else { parsed(&content, &name, MAX_EXPANDED)? };
        let document = Rc::new(document);
        self.included.push(name);
        self.documents.insert(path.to_owned(), document.clone());
        Ok(document)
    }
}

/// The error for a reference that is not followed.
pub(super) fn unfollowed(file: &str, reference: &str, why: &str) -> Error {
    Error::invalid(format!("{file}: $ref '{reference}': {why}"))
}

/// The error for a definition that is too large to be put into one document.
pub(super) fn too_much(why: &str) -> Error {
    Error::limit_exceeded(format!("the definition cannot be put into one document: {why}"))
        .with_hint("Put the document where the service can read it, and register its URL.")
}

/// The reference that an object is, if it is nothing else.
pub(super) fn alias(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.get("$ref")?.as_str()
}

fn child<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(key),
        Value::Array(elements) => elements.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// What is at a pointer.
pub(super) fn at<'v>(root: &'v Value, pointer: &[String]) -> Option<&'v Value> {
    pointer.iter().try_fold(root, |value, key| child(value, key))
}

fn step(root: &Value, pointer: &[String]) -> Step {
    let mut value = root;
    for (depth, key) in pointer.iter().enumerate() {
        match child(value, key) {
            Some(next) => value = next,
            None => {
                return match value.get("$ref").and_then(Value::as_str) {
                    Some(reference) => Step::Behind(reference.to_owned(), pointer[depth..].to_vec()),
                    None => Step::Missing,
                };
            }
        }
    }
    alias(value).map_or(Step::Found, |reference| Step::Alias(reference.to_owned()))
}
