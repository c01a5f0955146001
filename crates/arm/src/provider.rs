//! Registering a resource provider with a subscription, when a write finds it missing (az does the same).

use std::time::Duration;

use serde_json::Value;

use super::client::Client;
use super::execute::Observer;
use super::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::PROVIDERS_VERSION;

/// The pause after the first look at the registration; it grows by half up to [`LAST_PAUSE`], as a registration takes a
/// few seconds or a few minutes.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between two looks.
const LAST_PAUSE: Duration = Duration::from_secs(10);
/// How often to look before giving up: about ten minutes.
const MAX_POLLS: usize = 65;

/// Registers the provider of the resource at `path`, and waits until it is registered.
pub async fn register(client: &Client, path: &str, observer: &mut dyn Observer) -> Result<()> {
    let id: ResourceId = path.parse()?;
    let (Some(subscription), Some(namespace)) = (id.subscription(), id.namespace()) else {
        return Err(Error::unexpected(format!("{path} names no resource provider")));
    };
    observer.note(&format!("Registering the resource provider {namespace} with the subscription"));
    let at = Target::new(format!("/subscriptions/{subscription}/providers/{namespace}"), PROVIDERS_VERSION);
    let mut state = client.send("POST", &at.clone().join("register"), None).await?.body;
    let mut pause = Duration::ZERO;
    for _ in 0..MAX_POLLS {
        if state.get("registrationState").and_then(Value::as_str) == Some("Registered") {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).clamp(FIRST_PAUSE, LAST_PAUSE);
        state = client.send("GET", &at, None).await?.body;
    }
    Err(Error::timeout(format!("{namespace} was not registered within ten minutes"))
        .with_hint(format!("See: az provider show --namespace {namespace}")))
}
