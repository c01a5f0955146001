//! Checks the prerequisites of an import by the service.
//!
//! A center without an identity is an error, and so is a source in another tenant, where that identity cannot have a
//! role: the import would fail with an opaque message. What cannot be determined for certain, such as an inherited role,
//! is at most a warning.

use futures_util::future;

use super::sources::distinct_services;
use crate::commands::apic::service_reader::{has_reader_role, identity_principal};
use crate::session::Session;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER, SUBSCRIPTIONS_VERSION};
use azr_output::message;

/// Checks that the center has an identity in the tenant of the sources; returns the principal of the identity.
///
/// `user_assigned` is the user-assigned identity that the import uses, if one is given. The result is None if the center
/// or the principal cannot be read.
pub(super) async fn check(
    session: &Session,
    center: &ResourceId,
    user_assigned: Option<&str>,
    sources: &[String],
) -> Result<Option<String>> {
    let client = session.client()?;
    let body = match client.send(Method::GET, &Target::new(center.as_str(), CENTER.api_version), None).await {
        Ok(response) => response.body,
        Err(e) if e.is_not_found() => return Err(e),
        Err(e) => {
            message::warn(&format!("The center's identity cannot be checked: {e}"));
            return Ok(None);
        }
    };
    let Some(principal) = identity_principal(&body, user_assigned) else {
        return Err(Error::missing_prerequisite(format!(
            "the API center {} does not have a managed identity, which it needs to read API Management",
            center.name()
        ))
        .with_hint(format!(
            "Add one: azr apic update -g {} -n {}{} --identity type=SystemAssigned",
            center.group().unwrap_or_default(),
            center.name(),
            subscription_option(session, center)
        )));
    };
    check_tenant(session, center, body["identity"]["tenantId"].as_str(), &distinct_services(sources)).await?;
    Ok(Some(principal).filter(|principal| !principal.is_empty()))
}

/// Warns about services on which the principal does not seem to have a role.
pub(super) async fn warn_without_role(client: &Client, principal: &str, services: &[ResourceId]) {
    let checks = services.iter().map(|service| has_reader_role(client, service, principal));
    let readable = future::join_all(checks).await;
    for (service, _) in services.iter().zip(readable).filter(|(_, is_readable)| !*is_readable) {
        message::warn(&format!(
            "The center's identity does not seem to have a role on {}; if the import fails, assign one: azr role assignment create --role \"API Management Service Reader Role\" --assignee-object-id {principal} --assignee-principal-type ServicePrincipal --scope {service}",
            service.name()
        ));
    }
}

/// The option that selects the center's subscription in a command; empty if it is the default.
fn subscription_option(session: &Session, center: &ResourceId) -> String {
    let subscription_id = center.subscription().unwrap_or_default();
    let is_default = session.subscription_option().is_none()
        && session
            .subscription()
            .is_ok_and(|subscription| subscription.id.eq_ignore_ascii_case(subscription_id));
    if is_default { String::new() } else { format!(" --subscription {subscription_id}") }
}

/// Fails if the subscription of a service belongs to another tenant than the center's identity.
///
/// A tenant that cannot be determined is not checked.
async fn check_tenant(
    session: &Session,
    center: &ResourceId,
    identity_tenant: Option<&str>,
    services: &[ResourceId],
) -> Result<()> {
    let center_subscription = center.subscription().unwrap_or_default();
    let in_other_subscriptions = services
        .iter()
        .filter(|id| id.subscription().is_some_and(|s| !s.eq_ignore_ascii_case(center_subscription)));
    for service in in_other_subscriptions {
        let identity_tenant = match identity_tenant {
            Some(tenant) => Some(tenant.to_owned()),
            None => tenant_of(session, center_subscription).await,
        };
        let service_tenant = tenant_of(session, service.subscription().unwrap_or_default()).await;
        let (Some(identity_tenant), Some(service_tenant)) = (identity_tenant, service_tenant) else {
            continue;
        };
        if !identity_tenant.eq_ignore_ascii_case(&service_tenant) {
            return Err(Error::unsupported(format!(
                "{} is in the tenant {service_tenant}, and the identity of the API center {} is in the tenant {identity_tenant}, so it cannot have a role on it",
                service.name(),
                center.name()
            ))
            .with_hint(
                "azr can import instead of the service, as the signed-in user: azr apic import-from-apim … --mode client",
            ));
        }
    }
    Ok(())
}

/// The tenant of a subscription, as Azure or else az's profile tells; None if neither does.
async fn tenant_of(session: &Session, subscription: &str) -> Option<String> {
    let id = ResourceId::subscription_scope(subscription);
    let target = Target::new(id.as_str(), SUBSCRIPTIONS_VERSION);
    match session.client().ok()?.send(Method::GET, &target, None).await {
        Ok(response) => {
            response.body["tenantId"].as_str().filter(|tenant| !tenant.is_empty()).map(str::to_owned)
        }
        Err(_) => session.context.subscription(Some(subscription)).ok()?.home_tenant_id,
    }
}
