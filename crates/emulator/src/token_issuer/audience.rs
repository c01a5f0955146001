//! The audiences of tokens for Resource Manager.

use url::Url;

/// The hosts in the audiences that Resource Manager accepts, in all clouds.
const RESOURCE_MANAGER_HOSTS: &[&str] = &[
    "management.azure.com",
    "management.core.windows.net",
    "management.chinacloudapi.cn",
    "management.core.chinacloudapi.cn",
    "management.usgovcloudapi.net",
    "management.core.usgovcloudapi.net",
    "management.sovcloud-api.fr",
    // The cloud AzureEmulator.
    "localhost",
];

/// Whether an audience is that of Resource Manager, or of the emulator itself.
pub(super) fn is_resource_manager(audience: &str, origin: &str) -> bool {
    let (Ok(audience), Ok(origin)) = (Url::parse(audience), Url::parse(origin)) else { return false };
    let is_known = audience.host_str().is_some_and(|host| RESOURCE_MANAGER_HOSTS.contains(&host));
    is_known || audience.origin() == origin.origin()
}
