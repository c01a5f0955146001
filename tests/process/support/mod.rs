//! What the tests share: a sandbox that azr runs in, an emulator to run it against, and reading the results.

mod azure;
mod http;
mod json;
mod proxy;
mod run;
mod sandbox;
#[cfg(unix)]
mod terminal;

pub(crate) use azure::{Azure, InProcessAzure};
pub(crate) use http::{Response, StaticServer, download, send_request};
pub(crate) use json::{includes, strings};
pub(crate) use proxy::{ProxiedRequest, Proxy};
pub(crate) use run::Run;
pub(crate) use sandbox::{RECORD, Sandbox, TOKEN};
#[cfg(target_os = "linux")]
pub(crate) use terminal::Terminal;
#[cfg(unix)]
pub(crate) use terminal::{run_at_terminal, run_with_input};

/// The options that name the sample's API center.
pub(crate) const CENTER: &str = "-g myResourceGroup -n myAPICenter";

/// The options that name the sample's API Management service.
pub(crate) const APIM: &str = "-g myResourceGroup -n myAPIManagement";

/// The resource id of the sample's API center.
pub(crate) const CENTER_ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/\
                             providers/Microsoft.ApiCenter/services/myAPICenter";

/// The resource id of the sample's API Management service.
pub(crate) const APIM_ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/\
                           providers/Microsoft.ApiManagement/service/myAPIManagement";

/// Sends a signal such as `-INT` to a process.
#[cfg(unix)]
pub(crate) fn send_signal(process: &std::process::Child, signal: &str) {
    let status = std::process::Command::new("kill").args([signal, &process.id().to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()), "{signal} cannot be sent");
}
