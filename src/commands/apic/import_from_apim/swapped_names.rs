//! A center and a service whose names were swapped on the command line.

use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER;

/// Explains the failure of a read if the name of the service is that of a center.
pub(super) async fn explain<T>(
    outcome: Result<T>,
    client: &Client,
    center: &ResourceId,
    service: &ResourceId,
) -> Result<T> {
    match outcome {
        Err(error) if error.is_not_found() && is_center(client, center, service.name()).await => {
            Err(with_hint(error, service.name()))
        }
        outcome => outcome,
    }
}

fn with_hint(error: Error, name: &str) -> Error {
    error.with_hint(format!(
        "'{name}' is an API center: -n is the name of the API center, and --apim-name that of the API Management service."
    ))
}

/// Whether the resource group of the center has a center of this name.
async fn is_center(client: &Client, center: &ResourceId, name: &str) -> bool {
    let Some((parent, _)) = center.as_str().rsplit_once('/') else { return false };
    let target = Target::new(format!("{parent}/{name}"), CENTER.api_version);
    client.send(Method::GET, &target, None).await.is_ok()
}
