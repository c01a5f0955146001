//! The APIs of a center while they are listed: which can be read before all of them are known.

use std::collections::HashMap;
use std::sync::Arc;

use super::collection::{ListedResource, is_valid_name};
use super::file_names::{is_portable, name_with_digest};
use super::layout::ResourceKind;

/// The APIs listed so far.
#[derive(Debug, Default)]
pub(super) struct ApiList {
    /// The first API of each name, in lower case.
    first: HashMap<String, Arc<ListedResource>>,
    /// APIs that are read as soon as they are listed, although others were listed later whose names differ only in case.
    pub(super) renamed: Vec<Arc<ListedResource>>,
    /// APIs whose files have other names than they have.
    unusual: Vec<Arc<ListedResource>>,
    /// Names that would lead to another resource.
    pub(super) invalid_names: Vec<String>,
}

impl ApiList {
    /// Adds an API; returns it if its files have its name as far as the APIs before it tell.
    pub(super) fn add(&mut self, api: ListedResource) -> Option<Arc<ListedResource>> {
        if !is_valid_name(&api.name) {
            self.invalid_names.push(api.name);
            return None;
        }
        let api = Arc::new(api);
        if let Some(first) = self.first.get(&api.name.to_lowercase()) {
            let is_known = |known: &Arc<ListedResource>| Arc::ptr_eq(known, first);
            if is_portable(&first.name) && !self.renamed.iter().any(is_known) {
                self.renamed.push(Arc::clone(first));
            }
            self.unusual.push(api);
            return None;
        }
        self.first.insert(api.name.to_lowercase(), Arc::clone(&api));
        if is_portable(&api.name) {
            return Some(api);
        }
        self.unusual.push(api);
        None
    }

    /// The APIs whose files have other names, with the paths of their files.
    pub(super) fn with_other_names(self) -> impl Iterator<Item = (Arc<ListedResource>, String)> {
        self.unusual.into_iter().chain(self.renamed).map(|api| {
            let path = ResourceKind::Api.path("", &name_with_digest(&api.name));
            (api, path)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::file_names::assign_file_names;
    use super::*;

    #[test]
    fn apis_that_are_read_early_have_the_same_files_as_if_all_were_known() {
        let names = ["orders", "pets", "con", "Pets", "a.b", "PETS", "..", "CON", "x y"];
        let mut list = ApiList::default();
        let early: Vec<_> =
            names.iter().filter_map(|name| list.add(ListedResource::for_test(name))).collect();
        let renamed: Vec<_> = list.renamed.iter().map(|api| api.name.clone()).collect();
        let early = early.iter().filter(|api| !renamed.contains(&api.name));
        let mut files: Vec<_> = early.map(|api| ResourceKind::Api.path("", &api.name)).collect();
        assert_eq!((renamed, list.invalid_names.clone()), (vec!["pets".to_owned()], vec!["..".to_owned()]));
        files.extend(list.with_other_names().map(|(_, path)| path));
        let valid: Vec<_> = names.into_iter().filter(|name| is_valid_name(name)).collect();
        let mut expected: Vec<_> =
            assign_file_names(&valid).iter().map(|file| ResourceKind::Api.path("", file)).collect();
        files.sort();
        expected.sort();
        assert_eq!(files, expected);
    }
}
