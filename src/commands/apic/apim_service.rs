//! The API Management service that an option of an API Center command names.

use crate::commands::names;
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::APIM_SERVICE;

/// Names an API Management service.
pub(crate) struct ServiceName<'a> {
    /// The name of the service.
    pub name: &'a str,
    /// `--apim-subscription`.
    pub subscription: Option<&'a str>,
    /// `--apim-resource-group`.
    pub resource_group: Option<&'a str>,
}

impl ServiceName<'_> {
    /// The id of the service; what the options do not say is as in the API center.
    pub(crate) fn resource_id(
        &self,
        session: &Session,
        center_subscription: &str,
        center_group: Option<&str>,
    ) -> Result<ResourceId> {
        names::APIM_OF_CENTER.check(self.name)?;
        let subscription = match self.subscription {
            Some(name) => session.context.subscription(Some(name))?.id,
            None => center_subscription.to_owned(),
        };
        let group = self
            .resource_group
            .or(center_group)
            .ok_or_else(|| Error::usage("--resource-group is required"))?;
        Ok(APIM_SERVICE.id(&ResourceId::resource_group(&subscription, group), &[self.name]))
    }
}
