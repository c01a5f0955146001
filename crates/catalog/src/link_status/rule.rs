//! Which APIs of a center belong to an API source.

use std::collections::BTreeSet;

use super::read::CenterApi;
use super::url_path::{UrlPath, host};

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
    pub(super) paths: Vec<String>,
}
