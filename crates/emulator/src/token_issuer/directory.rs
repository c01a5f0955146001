//! The tenants and applications that exist in the emulated directory.

use uuid::Uuid;

use super::errors::EntraError;
use crate::ids::TENANT_ID;

/// The aliases of a tenant for users of any tenant.
pub(super) const TENANT_ALIASES: &[&str] = &["common", "organizations"];

/// Refuses any other tenant than the emulator's and these aliases.
pub(super) fn check_tenant(tenant: &str, aliases: &[&str]) -> Result<(), EntraError> {
    if tenant.eq_ignore_ascii_case(TENANT_ID) || aliases.contains(&tenant) {
        return Ok(());
    }
    Err(EntraError::bad_request(
        90002,
        "invalid_request",
        format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the \
             correct cloud. Check with your subscription administrator, this may happen if there are no active \
             subscriptions for the tenant."
        ),
    ))
}

/// Refuses a client id that is not a GUID; every GUID is an application.
pub(super) fn check_client(client: &str, tenant: &str) -> Result<(), EntraError> {
    if Uuid::parse_str(client).is_ok() {
        return Ok(());
    }
    let text = format!(
        "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the \
         application has not been installed by the administrator of the tenant or consented to by any user in the \
         tenant. You may have sent your authentication request to the wrong tenant."
    );
    Err(EntraError::bad_request(700_016, "unauthorized_client", text))
}
