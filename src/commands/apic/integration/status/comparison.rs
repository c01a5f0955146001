//! The result for an integration.

use serde_json::{Value, json};

use azr_catalog::api_source::{ApiSource, Origin};
use azr_catalog::link_status::{ApiComparison, ApiState};

/// Why an integration is not compared.
pub(super) enum Problem {
    /// It is not an integration with API Management.
    OtherOrigin,
    /// Something could not be read.
    Failed(String),
}

/// The state of an integration, and what its APIs are like.
pub(super) struct Status<'a> {
    pub source: &'a ApiSource,
    pub comparison: Result<Vec<ApiComparison>, Problem>,
}

impl Status<'_> {
    pub(super) fn count(&self, state: ApiState) -> usize {
        self.apis().iter().filter(|api| api.state == state).count()
    }

    pub(super) fn apis(&self) -> &[ApiComparison] {
        self.comparison.as_deref().unwrap_or_default()
    }

    fn has_different_apis(&self) -> bool {
        self.apis().iter().any(|api| api.state.is_difference())
    }

    pub(super) fn differs(&self) -> bool {
        self.has_different_apis() || !self.source.is_in_state("syncing")
    }

    pub(super) fn to_json(&self) -> Value {
        let ApiSource { name, origin, environment, link_state } = self.source;
        let (kind, service, workspace) = match origin {
            Origin::ApiManagement(source) => {
                (Some("AzureApiManagement"), Some(source.service_id().as_str()), source.workspace_name())
            }
            Origin::Other(kind) => (kind.as_deref(), None, None),
        };
        let counts: serde_json::Map<String, Value> = ApiState::ALL
            .into_iter()
            .map(|state| (state.as_str().to_owned(), json!(self.count(state))))
            .collect();
        let (compared, problem) = match &self.comparison {
            Ok(_) => (true, None),
            Err(Problem::OtherOrigin) => (false, None),
            Err(Problem::Failed(reason)) => (false, Some(reason)),
        };
        json!({
            "name": name,
            "apiSourceType": kind,
            "service": service,
            "workspace": workspace,
            "environment": environment,
            "state": link_state.state,
            "message": link_state.message,
            "lastUpdatedOn": link_state.last_updated_on,
            "compared": compared,
            "problem": problem,
            "counts": counts,
            "apis": self.apis().iter().map(api_to_json).collect::<Vec<_>>(),
        })
    }
}

fn api_to_json(api: &ApiComparison) -> Value {
    let differences: Vec<&str> = api.differences.iter().map(|difference| difference.as_str()).collect();
    json!({
        "name": api.name,
        "title": api.title,
        "state": api.state.as_str(),
        "centerApi": api.center_api,
        "differences": differences,
    })
}
