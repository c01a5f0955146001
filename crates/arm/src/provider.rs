//! Registers a resource provider with a subscription when a write needs it, as az does.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use crate::client::Client;
use crate::plan::{Observer, Target};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::PROVIDERS_VERSION;

/// The interval after the first poll. It grows by half up to [`MAX_INTERVAL`], because a registration takes a few seconds
/// or a few minutes.
const FIRST_INTERVAL: Duration = Duration::from_millis(100);
/// The longest interval between two polls.
const MAX_INTERVAL: Duration = Duration::from_secs(10);
/// How many polls there are at most: about ten minutes.
const MAX_POLLS: usize = 65;

/// Registers the resource provider of the resource at `path`, and waits until it is registered.
pub(crate) async fn register_provider(
    client: &Client,
    path: &str,
    observer: &mut dyn Observer,
) -> Result<()> {
    let id: ResourceId = path.parse()?;
    let (Some(subscription), Some(namespace)) = (id.subscription(), id.namespace()) else {
        return Err(Error::unexpected(format!("{path} has no resource provider")));
    };
    observer.show_message(&format!("Registering the resource provider {namespace} with the subscription"));
    let target =
        Target::new(format!("/subscriptions/{subscription}/providers/{namespace}"), PROVIDERS_VERSION);
    let mut provider = client.send(Method::POST, &target.clone().join("register"), None).await?.body;
    let mut interval = Duration::ZERO;
    for _ in 0..MAX_POLLS {
        if provider.get("registrationState").and_then(Value::as_str) == Some("Registered") {
            return Ok(());
        }
        tokio::time::sleep(interval).await;
        interval = (interval * 3 / 2).clamp(FIRST_INTERVAL, MAX_INTERVAL);
        provider = client.send(Method::GET, &target, None).await?.body;
    }
    Err(Error::timeout(format!("the resource provider {namespace} was not registered within ten minutes"))
        .with_hint(format!("See its state with: az provider show --namespace {namespace}")))
}
