//! Compares the APIs that API Center synchronizes from API Management with those that API Management has.
//!
//! No member of an API that is published says which source synchronized it. Published is that a synchronized API has a
//! deployment for each of its definitions, in the environment of the source, with a URL of the gateway. By that azr
//! recognizes it ([`LinkRule`]), and by the path of the URL which API of API Management it is. What azr itself imported
//! carries provenance, and is left out.
//!
//! Only what is documented as synchronized is compared: title, description, kind, and titles of versions. Documents are
//! not, because that would mean to export each of them.

mod compare;
mod read;
mod url_path;

use std::collections::BTreeSet;

use url_path::{UrlPath, host};

pub use compare::{ApiComparison, ApiState, Difference, Matching, compare, match_apis};
pub use read::{CenterApi, read_center_apis, read_version_titles};

/// Which deployments of the center belong to an API source.
#[derive(Debug, Clone, Default)]
pub struct LinkRule {
    environment: Option<String>,
    is_environment_shared: bool,
    hosts: BTreeSet<String>,
}

impl LinkRule {
    /// The rule for a source with this environment, of a service with these URLs of its gateway.
    ///
    /// If several sources share the environment, or the source does not name one, the URL decides.
    #[must_use]
    pub fn new(environment: Option<&str>, is_environment_shared: bool, gateway_urls: &[String]) -> Self {
        Self {
            environment: environment.map(str::to_ascii_lowercase),
            is_environment_shared,
            hosts: gateway_urls.iter().filter_map(|url| host(url)).collect(),
        }
    }

    /// The API as the source has synchronized it; None if the source has not.
    #[must_use]
    pub fn select(&self, api: &CenterApi) -> Option<LinkedApi> {
        let mut paths = Vec::new();
        let mut is_linked = false;
        for deployment in &api.deployments {
            let is_in_environment = self.environment.is_some() && deployment.environment == self.environment;
            let needs_host = self.environment.is_none() || self.is_environment_shared;
            if self.environment.is_some() && !is_in_environment {
                continue;
            }
            let urls = deployment.runtime_uris.iter().filter_map(|uri| UrlPath::parse(uri));
            let of_gateway: Vec<UrlPath> =
                urls.filter(|url| !needs_host || self.hosts.contains(&url.host)).collect();
            is_linked |= !of_gateway.is_empty() || !needs_host;
            paths.extend(of_gateway.into_iter().map(|url| url.path));
        }
        is_linked.then(|| LinkedApi { api: api.clone(), paths })
    }
}

/// An API of the center that a source has synchronized.
#[derive(Debug, Clone)]
pub struct LinkedApi {
    /// The API.
    pub api: CenterApi,
    /// The paths of its URLs below the gateway, in lower case.
    paths: Vec<String>,
}

#[cfg(test)]
mod tests;
