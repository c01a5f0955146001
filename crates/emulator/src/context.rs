//! What a resource provider of the emulator works with: the state, the request, and the settings.

use crate::options::Options;
use crate::request::ParsedRequest;
pub(crate) use crate::response::HandlerResult;
use crate::route::Route;
use crate::state::State;

/// A request that is being handled.
pub(crate) struct Context<'a> {
    /// The emulator's state.
    pub state: &'a mut State,
    /// The request.
    pub request: &'a ParsedRequest,
    /// The parsed path of the request.
    pub route: &'a Route<'a>,
    /// The emulator's settings.
    pub options: &'a Options,
    /// The document behind the external link in the request, if there is one and [`Options::fetch`] is set.
    pub fetched: Option<Result<String, String>>,
}

impl Context<'_> {
    /// The request's method.
    #[must_use]
    pub(crate) fn method(&self) -> &str {
        self.request.method.as_str()
    }

    /// The resource id of the subscription in the path; empty if the path has none.
    #[must_use]
    pub(crate) fn subscription_id(&self) -> String {
        self.route.subscription.map(|s| format!("/subscriptions/{s}")).unwrap_or_default()
    }

    /// The id of the request's resource group in the spelling it was created with.
    #[must_use]
    pub(crate) fn group_id(&self) -> Option<String> {
        let id = format!("{}/resourceGroups/{}", self.subscription_id(), self.route.group?);
        Some(self.state.store.get(&id).map_or(id, |entry| entry.id.clone()))
    }
}
