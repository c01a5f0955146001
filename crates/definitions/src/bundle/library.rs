//! The files of a definition, and the resolution of references between them.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::anchor::find_anchor;
use super::cache::{Document, hash_text};
use super::files::{MAX_EXPANDED, MAX_HOPS, MAX_READ, MIN_FILE_COST};
use super::reference::{Fragment, Reference, Target, format_pointer, reference_error, relative_path};
use super::source_file::SourceFile;
use super::write::restore_version_of_file;
use crate::decode;
use crate::parse::parse_document;
use azr_core::error::{Error, Result};

/// The files that a definition uses.
pub(super) struct Library<'a> {
    source: &'a SourceFile<'a>,
    scope: String,
    documents: HashMap<String, Arc<Document>>,
    included: Vec<String>,
    bytes_read: usize,
}

/// The result of following a pointer in a document.
enum Lookup {
    /// The value exists.
    Found,
    /// The value exists, and is only a reference.
    Alias(String),
    /// A value on the path is a reference, to whose target the remaining keys apply.
    Through(String, Vec<String>),
    /// The value does not exist.
    Missing,
}

impl<'a> Library<'a> {
    /// A library with only the definition itself.
    pub(super) fn new(source: &'a SourceFile<'a>, root: Arc<Document>) -> Self {
        let documents = HashMap::from([(source.path.to_owned(), root)]);
        Self { source, scope: source.files.scope(), documents, included: Vec::new(), bytes_read: 0 }
    }

    /// The paths of the files other than the definition itself.
    pub(super) fn into_included(self) -> Vec<String> {
        self.included
    }

    /// The name of a file in messages.
    pub(super) fn display_name(&self, file: &str) -> String {
        self.source.files.display_name(file)
    }

    /// The document of a file that has been read.
    pub(super) fn loaded_document(&self, file: &str) -> Option<Arc<Document>> {
        self.documents.get(file).cloned()
    }

    /// The target of a reference in a file; `None` for a URL.
    pub(super) fn resolve_reference(&mut self, text: &str, file: &str) -> Result<Option<Target>> {
        match self.locate(text, file)? {
            None => Ok(None),
            Some(target) => self.resolve(target, file, text).map(Some),
        }
    }

    /// Follows references from a target to the first value that is not only a reference.
    ///
    /// `text` is the original reference and `file` its file, for errors.
    pub(super) fn resolve(&mut self, target: Target, file: &str, text: &str) -> Result<Target> {
        self.try_resolve(target, file, text)?.map_err(|target| {
            let missing_value = if target.pointer.is_empty() {
                "nothing".to_owned()
            } else {
                format!("no {}", &format_pointer(target.pointer.iter().map(String::as_str))[1..])
            };
            reference_error(
                &self.display_name(file),
                text,
                &format!("{} has {missing_value}", self.display_name(&target.file)),
            )
            .with_hint(self.missing_value_hint(&target))
        })
    }

    fn missing_value_hint(&self, target: &Target) -> String {
        let root = self.documents.get(self.source.path).filter(|_| target.file != self.source.path);
        if root.is_some_and(|root| lookup_value(&root.value, &target.pointer).is_some()) {
            let path = relative_path(&target.file, self.source.path);
            let pointer = format_pointer(target.pointer.iter().map(String::as_str));
            return format!("It exists in the definition: write '{path}{pointer}'.");
        }
        "Check the keys after #, which are separated by slashes.".to_owned()
    }

    /// Like [`Library::resolve`], but returns the last target as the inner error if its value does not exist.
    pub(super) fn try_resolve(
        &mut self,
        mut target: Target,
        file: &str,
        text: &str,
    ) -> Result<std::result::Result<Target, Target>> {
        for _ in 0..MAX_HOPS {
            let document = self.document(&target.file, file, text)?;
            let (next, rest) = match lookup(&document.value, &target.pointer) {
                Lookup::Found => return Ok(Ok(target)),
                Lookup::Missing => return Ok(Err(target)),
                Lookup::Alias(next) => (next, Vec::new()),
                Lookup::Through(next, rest) => (next, rest),
            };
            match self.locate(&next, &target.file)? {
                None if rest.is_empty() => return Ok(Ok(target)),
                None => return Ok(Err(target)),
                Some(mut to) => {
                    to.pointer.extend(rest);
                    target = to;
                }
            }
        }
        Err(reference_error(&self.display_name(file), text, "it is a chain of references without a value"))
    }

    /// The value that a reference in a file names, which need not exist; `None` for a URL.
    fn locate(&mut self, text: &str, file: &str) -> Result<Option<Target>> {
        let reference = Reference::parse(text, file).map_err(|e| {
            let reason = e.reason.replace("FOLDER", &self.source.files.root_name());
            reference_error(&self.display_name(file), text, &reason).with_hint(e.hint)
        })?;
        let (path, fragment) = match reference {
            Reference::Remote => return Ok(None),
            Reference::SameFile(fragment) => (file.to_owned(), fragment),
            Reference::OtherFile(path, fragment) => (path, fragment),
        };
        let pointer = match fragment {
            Fragment::Pointer(pointer) => pointer,
            Fragment::Anchor(name) => {
                let document = self.document(&path, file, text)?;
                find_anchor(&document.value, &name).ok_or_else(|| {
                    let reason = format!("{} has no anchor '{name}'", self.display_name(&path));
                    reference_error(&self.display_name(file), text, &reason).with_hint(format!(
                        "A path of keys starts with a slash, such as #/{name}; an anchor is the $anchor of a schema."
                    ))
                })?
            }
        };
        Ok(Some(Target { file: path, pointer }))
    }

    /// The document of a file, which is read if necessary.
    fn document(&mut self, path: &str, from: &str, text: &str) -> Result<Arc<Document>> {
        if let Some(document) = self.documents.get(path) {
            return Ok(document.clone());
        }
        let document = self.source.cache.get(&self.scope, path, || self.read_document(path, from, text))?;
        self.bytes_read += document.size.max(MIN_FILE_COST);
        if self.bytes_read > MAX_READ {
            return Err(size_error(&format!("its files have more than {} MiB", MAX_READ >> 20)));
        }
        self.included.push(path.to_owned());
        self.documents.insert(path.to_owned(), document.clone());
        Ok(document)
    }

    fn read_document(&self, path: &str, from: &str, text: &str) -> Result<Document> {
        let name = self.display_name(path);
        let failed = |e: Error| {
            let hint = e
                .hint()
                .map_or_else(|| format!("Paths are relative to {}.", self.display_name(from)), str::to_owned);
            reference_error(&self.display_name(from), text, &e.to_string()).with_hint(hint)
        };
        let bytes = self.source.files.read(path).map_err(failed)?;
        let kind = file_kind(path);
        let content = match (&bytes[..], &kind) {
            ([], FileKind::Text | FileKind::Unknown) => String::new(),
            ([], _) => return Err(failed(Error::invalid(format!("{name} is empty")))),
            _ => decode::decode(&bytes, &name).map_err(|e| failed(unreadable_file_error(&name, e)))?,
        };
        let hash = hash_text(&content);
        let value = match kind {
            FileKind::Document => {
                let mut value = parse_document(&content, &name, MAX_EXPANDED)?;
                restore_version_of_file(&mut value, &content);
                value
            }
            FileKind::Text => Value::String(content),
            FileKind::Unknown => parse_document(&content, &name, MAX_EXPANDED)
                .ok()
                .filter(Value::is_object)
                .unwrap_or(Value::String(content)),
        };
        Ok(Document::new(value, bytes.len(), hash))
    }
}

/// The error for a file that cannot be decoded; it need not be a definition.
fn unreadable_file_error(name: &str, error: Error) -> Error {
    let text = error.to_string();
    match text.split_once(" is not an API definition: ") {
        Some((_, actual)) => Error::invalid(format!("{name} cannot be included: {actual}")),
        None => error,
    }
}

/// What a file contains, by its extension.
enum FileKind {
    /// JSON or YAML.
    Document,
    /// Text, such as a description or a code sample, which is included unchanged.
    Text,
    /// A file without an extension: an object of JSON or YAML, or text.
    Unknown,
}

fn file_kind(path: &str) -> FileKind {
    let name = path.rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.') {
        None => FileKind::Unknown,
        // Avro and JSON Schema have extensions of their own.
        Some((_, extension))
            if ["json", "yaml", "yml", "avsc", "jsonschema"]
                .iter()
                .any(|known| known.eq_ignore_ascii_case(extension)) =>
        {
            FileKind::Document
        }
        Some(_) => FileKind::Text,
    }
}

/// The error for a definition that is too large to be bundled.
pub(super) fn size_error(reason: &str) -> Error {
    Error::limit_exceeded(format!("the definition cannot be bundled: {reason}"))
        .with_hint("Publish the document where the service can read it, and register its URL.")
}

/// The reference of an object that has only the member `$ref`.
pub(super) fn reference_only(value: &Value) -> Option<&str> {
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

/// The value at a pointer.
pub(super) fn lookup_value<'v>(root: &'v Value, pointer: &[String]) -> Option<&'v Value> {
    pointer.iter().try_fold(root, |value, key| child(value, key))
}

fn lookup(root: &Value, pointer: &[String]) -> Lookup {
    let mut value = root;
    for (depth, key) in pointer.iter().enumerate() {
        match child(value, key) {
            Some(next) => value = next,
            None => {
                return match value.get("$ref").and_then(Value::as_str) {
                    Some(reference) => Lookup::Through(reference.to_owned(), pointer[depth..].to_vec()),
                    None => Lookup::Missing,
                };
            }
        }
    }
    reference_only(value).map_or(Lookup::Found, |reference| Lookup::Alias(reference.to_owned()))
}
