//! The APIs that the sources of a run import, of which no two sources may have the same.

use std::collections::HashMap;

use azr_catalog::bulk_import::Inventory;
use azr_catalog::import_source::ImportSource;
use azr_core::error::{Error, Result};

/// The label of the source that imports each API, by the id of the API in lower case.
#[derive(Default)]
pub(super) struct SelectedApis<'a>(HashMap<String, &'a str>);

impl<'a> SelectedApis<'a> {
    /// Adds the APIs of a source; fails if an earlier source imports one of them, too.
    ///
    /// The two would overwrite each other's environment and lifecycle stage with every run.
    pub(super) fn add(&mut self, source: &ImportSource, label: &'a str, inventory: &Inventory) -> Result<()> {
        for name in inventory.selected_apis() {
            let id = source.api(name).as_str().to_ascii_lowercase();
            if let Some(other) = self.0.insert(id, label) {
                return Err(Error::conflict(format!(
                    "two sources import the API '{name}' of {source}: {other} and {label}"
                ))
                .with_hint("Select other APIs for one of them with 'apis', such as ['*', '!NAME']."));
            }
        }
        Ok(())
    }
}
