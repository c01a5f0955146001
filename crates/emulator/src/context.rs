//! What every provider of the emulator is given: the world, the request, and how to behave.

use super::http::{Answer, Call};
use super::options::Options;
use super::route::Route;
use super::world::World;

/// One request under way.
pub struct Context<'a> {
    /// The state, to read and change.
    pub world: &'a mut World,
    /// The request.
    pub call: &'a Call,
    /// Its path, taken apart.
    pub route: &'a Route<'a>,
    /// The emulator's settings.
    pub options: &'a Options,
    /// The document behind the foreign link that the request names, if it names one and there is a way to fetch it.
    pub fetched: Option<Result<String, String>>,
}

/// An answer, or the answer that says why there is none.
pub type Reply = Result<Answer, Answer>;

impl Context<'_> {
    /// The request's method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.call.method
    }

    /// The id of the request's subscription, as it was created.
    ///
    /// Empty where the path has none; the gate has checked that one that is there is known.
    #[must_use]
    pub fn subscription_id(&self) -> String {
        self.route.subscription.map(|s| format!("/subscriptions/{s}")).unwrap_or_default()
    }

    /// The id of the request's resource group in the spelling it was created with.
    #[must_use]
    pub fn group_id(&self) -> Option<String> {
        let id = format!("{}/resourceGroups/{}", self.subscription_id(), self.route.group?);
        Some(self.world.store.get(&id).map_or(id, |entry| entry.id.clone()))
    }
}

/// ARM's answer for a top-level resource that is not there.
#[must_use]
pub fn not_found(kind: &str, name: &str, group: &str) -> Answer {
    let text = format!(
        "The Resource '{kind}/{name}' under resource group '{group}' was not found. For more details please go to \
         https://aka.ms/ARMResourceNotFoundFix"
    );
    Answer::error(404, "ResourceNotFound", &text)
}
