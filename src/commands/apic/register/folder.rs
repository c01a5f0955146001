//! The definitions of a folder as one of several sources.

use std::path::Path;

use super::bulk::{ReadDefinitions, check, read_definitions};
use super::locations::find_locations;
use super::options::RegisterOptions;
use super::texts::Texts;
use crate::session::Session;
use azr_arm::client::Client;
use azr_catalog::provenance::ApiProvenance;
use azr_catalog::registration::{
    self, DesiredApi, PlannedRegistration, Registration, collision_error, group_into_apis,
};
use azr_catalog::report::ApiResult;
use azr_core::error::{Error, Result};
use azr_core::files;

/// The definitions that were read from a folder.
pub(crate) struct ReadFolder {
    apis: Vec<DesiredApi>,
    texts: Texts,
    /// The definitions that cannot be registered.
    pub(crate) failed: Vec<ApiResult>,
}

impl ReadFolder {
    /// Reads the definitions.
    pub(crate) async fn read(session: &Session, options: &RegisterOptions) -> Result<Self> {
        registration::check_options(&options.workspace, &options.registration)?;
        let folder = options.locations.first().map_or(Path::new("."), Path::new);
        if !folder.is_dir() {
            return Err(missing_folder(folder));
        }
        let locations = find_locations(&options.locations, options.recursive)?;
        let read = read_definitions(session, options, &locations.all).await?;
        check(options, &locations, &read)?;
        let ReadDefinitions { versions, texts, mut failed, .. } = read;
        failed.sort_by_key(|(index, _)| *index);
        let apis = group_into_apis(versions).map_err(|collisions| collision_error(&collisions))?;
        Ok(Self { apis, texts, failed: failed.into_iter().map(|(_, result)| result).collect() })
    }

    /// Compares the definitions with the center.
    ///
    /// An API that was imported from a service is skipped, because the two sources would overwrite each other's fields
    /// with every run; `is_planned` tells which APIs an earlier source of a dry run would import.
    pub(crate) async fn plan<'r>(
        &'r self,
        client: &'r Client,
        options: &RegisterOptions,
        is_planned: &dyn Fn(&str) -> bool,
    ) -> Result<PlannedRegistration<'r>> {
        let registration = Registration {
            client,
            workspace: options.workspace.clone(),
            apis: self.apis.clone(),
            custom_properties: options.registration.custom_properties.clone(),
            texts: &self.texts,
        };
        let mut planned = registration.plan().await?;
        for plan in &mut planned.plans {
            let provenance = plan.api.existing.as_ref().and_then(ApiProvenance::from_properties);
            let services = match provenance {
                Some(provenance) => provenance.services.into_iter().collect::<Vec<_>>().join(" and "),
                None if is_planned(&plan.name) => "another source".to_owned(),
                None => continue,
            };
            plan.skip_reason = Some(format!(
                "the API {} is imported from {services}; exclude one of the two, or give the definition another title",
                plan.name
            ));
        }
        Ok(planned)
    }
}

fn missing_folder(folder: &Path) -> Error {
    let text = files::display_path(folder);
    let hint = if folder.iter().any(|part| part.to_string_lossy().starts_with('~')) {
        "~ does not stand for the home directory here; give the whole path."
    } else if cfg!(not(windows)) && text.contains('\\') {
        "Separate folders by /, which Windows accepts, too."
    } else {
        "A relative folder starts at the folder of the file."
    };
    Error::invalid(format!("--file: the folder {text} does not exist")).with_hint(hint)
}
