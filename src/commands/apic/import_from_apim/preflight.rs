//! What can be seen before a service-side import that would make it fail.
//!
//! A center without an identity stops the command, and so does a source in another directory, where no role can be
//! given to that identity: the service would fail with an opaque answer. What cannot be seen for sure, such as a
//! role that is inherited, is at most a warning; the service decides.

use futures_util::future;

use super::sources::services;
use crate::commands::apic::reader::{may_read, principal};
use crate::session::Session;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER, SUBSCRIPTIONS_VERSION};
use azr_output::message;

/// Checks the center's identity, and that the sources are where it can be let in; gives its principal.
///
/// `user` is the user-assigned identity that the import is to use, if one is named. None where the center or the
/// principal does not show.
pub async fn check(
    session: &Session,
    center: &ResourceId,
    user: Option<&str>,
    sources: &[String],
) -> Result<Option<String>> {
    let client = session.client()?;
    let found = match client.send(Method::GET, &Target::new(center.as_str(), CENTER.api_version), None).await
    {
        Ok(answer) => answer.body,
        Err(e) if e.is_not_found() => return Err(e),
        Err(e) => {
            message::warn(&format!("The center's identity cannot be checked: {e}"));
            return Ok(None);
        }
    };
    let Some(principal) = principal(&found, user) else {
        return Err(Error::missing_prerequisite(format!(
            "the API center {} has no managed identity to read API Management with",
            center.name()
        ))
        .with_hint(format!(
            "Give it one: azr apic update -g {} -n {}{} --identity type=SystemAssigned",
            center.group().unwrap_or_default(),
            center.name(),
            subscription_option(session, center)
        )));
    };
    check_directory(session, center, found["identity"]["tenantId"].as_str(), &services(sources)).await?;
    Ok(Some(principal).filter(|principal| !principal.is_empty()))
}

/// Warns of services on which the principal seems to have no role.
pub async fn warn_without_role(client: &Client, principal: &str, services: &[ResourceId]) {
    let asked = services.iter().map(|service| may_read(client, service, principal));
    let readable = future::join_all(asked).await;
    for (service, _) in services.iter().zip(readable).filter(|(_, may)| !*may) {
        message::warn(&format!(
            "The center's identity seems to have no role on {}; if the import fails, assign it: azr role assignment create --role \"API Management Service Reader Role\" --assignee-object-id {principal} --assignee-principal-type ServicePrincipal --scope {service}",
            service.name()
        ));
    }
}

/// The option that a command needs to be about the center's subscription; none where it is so anyway.
fn subscription_option(session: &Session, center: &ResourceId) -> String {
    let own = center.subscription().unwrap_or_default();
    let anyway = session.subscription_option().is_none()
        && session.subscription().is_ok_and(|subscription| subscription.id.eq_ignore_ascii_case(own));
    if anyway { String::new() } else { format!(" --subscription {own}") }
}

/// Refuses sources whose subscription belongs to another directory than the center's identity.
///
/// Where it cannot be told which directory that is, nothing is said.
async fn check_directory(
    session: &Session,
    center: &ResourceId,
    identity: Option<&str>,
    services: &[ResourceId],
) -> Result<()> {
    let own = center.subscription().unwrap_or_default();
    let elsewhere =
        services.iter().filter(|id| id.subscription().is_some_and(|s| !s.eq_ignore_ascii_case(own)));
    for service in elsewhere {
        let home = match identity {
            Some(tenant) => Some(tenant.to_owned()),
            None => tenant_of(session, own).await,
        };
        let theirs = tenant_of(session, service.subscription().unwrap_or_default()).await;
        let (Some(home), Some(theirs)) = (home, theirs) else { continue };
        if !home.eq_ignore_ascii_case(&theirs) {
            return Err(Error::unsupported(format!(
                "{} is in the directory {theirs}, and the identity of the API center {} in {home}: it cannot be given a role there",
                service.name(),
                center.name()
            ))
            .with_hint("azr can import by itself, as whoever is signed in: azr apic import-from-apim … --mode client"));
        }
    }
    Ok(())
}

/// The directory that a subscription belongs to, as it says itself or else az's profile; None where neither does.
async fn tenant_of(session: &Session, subscription: &str) -> Option<String> {
    let id = ResourceId::subscription_scope(subscription);
    let at = Target::new(id.as_str(), SUBSCRIPTIONS_VERSION);
    match session.client().ok()?.send(Method::GET, &at, None).await {
        Ok(answer) => answer.body["tenantId"].as_str().filter(|tenant| !tenant.is_empty()).map(str::to_owned),
        Err(_) => session.context.subscription(Some(subscription)).ok()?.home_tenant_id,
    }
}
