//! Role assignments that have not taken effect yet.
//!
//! A role takes effect some minutes after it was assigned, and until then requests are refused with 403. azr waits, but
//! only if it can see that a role was assigned a short time ago.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

use http::{Method, StatusCode};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::client::Client;
use crate::plan::Target;
use crate::retry::parse_http_date;
use crate::service_error::parse_error_body;
use crate::transport::{Response, header_text};
use azr_core::error::{Error, ErrorKind, Result};
use azr_core::resource::ROLE_ASSIGNMENT;

/// How old a role assignment is at most for azr to wait for it.
const MAX_AGE: Duration = Duration::from_secs(10 * 60);
/// How long azr waits for the roles at a scope.
const MAX_WAIT: Duration = Duration::from_secs(3 * 60);
/// The delay between two attempts.
const INTERVAL: Duration = Duration::from_secs(5);

/// The code of a request that needs a role.
const CODE: &str = "AuthorizationFailed";

/// What is known about the roles that refused requests need.
#[derive(Debug, Default)]
pub struct RoleWait {
    /// Until when azr waits for the roles of a principal at a scope; None if none of them is new.
    deadlines: HashMap<(String, String), Option<Instant>>,
}

impl RoleWait {
    /// Waits a few seconds if a principal got a role at a scope a short time ago; returns whether it did.
    pub async fn wait(&mut self, client: &Client, scope: &str, principal: &str) -> bool {
        let deadline = self.deadline(client, scope, principal).await;
        wait_until(client, deadline).await
    }

    /// Until when azr waits for a role.
    pub(crate) async fn deadline(
        &mut self,
        client: &Client,
        scope: &str,
        principal: &str,
    ) -> Option<Instant> {
        let key = (scope.to_ascii_lowercase(), principal.to_owned());
        if let Some(deadline) = self.deadlines.get(&key) {
            return *deadline;
        }
        let is_new = has_new_role(client, scope, principal).await.unwrap_or_else(|error| {
            tracing::info!("the role assignments at {scope} cannot be read: {error}");
            false
        });
        let deadline = is_new.then(|| Instant::now() + MAX_WAIT);
        self.deadlines.insert(key, deadline);
        deadline
    }
}

/// Waits for the next attempt; returns whether there is one before the deadline.
pub(crate) async fn wait_until(client: &Client, deadline: Option<Instant>) -> bool {
    if deadline.is_none_or(|deadline| Instant::now() >= deadline) {
        return false;
    }
    tracing::info!("a role was assigned a short time ago and may not have taken effect; trying again");
    client.pause(INTERVAL).await;
    true
}

/// Whether an error says that a role is missing.
#[must_use]
pub fn is_missing_role(error: &Error) -> bool {
    error.kind() == ErrorKind::PermissionDenied && error.code() == CODE
}

/// The scope of the role that a refused request needs: the top-level resource of its path.
///
/// None if the request was not refused for a missing role, or is itself about roles.
pub(crate) fn scope_of_missing_role<'p>(path: &'p str, outcome: &Result<Response>) -> Option<&'p str> {
    let response = outcome.as_ref().ok().filter(|response| response.status == StatusCode::FORBIDDEN)?;
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    parse_error_body(&body).filter(|(code, _)| code == CODE)?;
    if path.to_ascii_lowercase().contains("/microsoft.authorization/") {
        return None;
    }
    // `/subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME`
    let end = path.match_indices('/').nth(8).map_or(path.len(), |(index, _)| index);
    Some(&path[..end])
}

async fn has_new_role(client: &Client, scope: &str, principal: &str) -> Result<bool> {
    let path = format!("{scope}/providers/Microsoft.Authorization/roleAssignments");
    let target = Target::new(path, ROLE_ASSIGNMENT.api_version)
        .query("$filter", format!("principalId eq '{principal}'"))
        .max_attempts(1);
    let response = client.send(Method::GET, &target, None).await?;
    let now =
        header_text(&response.headers, "date").and_then(parse_http_date).unwrap_or_else(SystemTime::now);
    let assignments = response.body["value"].as_array().into_iter().flatten();
    Ok(assignments.filter_map(|assignment| assignment["properties"]["createdOn"].as_str()).any(|created| {
        let created = OffsetDateTime::parse(created, &Rfc3339).map(SystemTime::from);
        created.is_ok_and(|created| now.duration_since(created).unwrap_or_default() < MAX_AGE)
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{fake_service, response};
    use crate::timeouts::Timeouts;

    #[test]
    fn a_refused_request_needs_a_role_at_its_service() {
        let service = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/c";
        let body = |code: &str| json!({"error": {"code": code, "message": "x"}}).to_string();
        let refused = Ok(response(403, &[], body(CODE)));
        let scope = |path: &str| scope_of_missing_role(path, &refused).map(str::to_owned);
        assert_eq!(scope(&format!("{service}/workspaces/default/apis/a")).as_deref(), Some(service));
        assert_eq!(scope("/subscriptions/s").as_deref(), Some("/subscriptions/s"));
        assert_eq!(scope(&format!("{service}/providers/Microsoft.Authorization/roleAssignments")), None);
        for other in [response(403, &[], body("RequestDisallowedByPolicy")), response(401, &[], body(CODE))] {
            assert_eq!(scope_of_missing_role(service, &Ok(other)), None);
        }
    }

    #[tokio::test]
    async fn azr_waits_only_for_a_new_role() {
        let now = OffsetDateTime::now_utc();
        for (age, is_awaited) in [(60, true), (3600, false)] {
            let created = (now - Duration::from_secs(age)).format(&Rfc3339).expect("a time");
            let body = json!({"value": [{"properties": {"createdOn": created}}]});
            let timeouts = Timeouts { max_delay: Duration::from_millis(1), ..Timeouts::default() };
            let (service, client) = fake_service(&[(200, None, body)], timeouts);
            let mut wait = RoleWait::default();
            assert_eq!(wait.wait(&client, "/subscriptions/s", "p").await, is_awaited);
            assert_eq!(wait.wait(&client, "/subscriptions/S", "p").await, is_awaited);
            assert_eq!(service.requests().len(), 1, "the roles are read once");
        }
    }

    #[tokio::test]
    async fn roles_that_cannot_be_read_are_not_awaited() {
        let refusal = json!({"error": {"code": CODE, "message": "x"}});
        let (_, client) = fake_service(&[(403, None, refusal)], Timeouts::default());
        assert!(!RoleWait::default().wait(&client, "/subscriptions/s", "p").await);
    }
}
