//! The emulator as the client's transport: no port, no TLS, no process.

use async_trait::async_trait;
use tower::Service as _;

use azr_arm::transport::{Request, Response, Transport};
use azr_core::error::{Error, Result};
use azr_emulator::Emulator;

/// The endpoint of the in-process emulator; `.localhost` never leaves the machine.
pub(super) const ENDPOINT: &str = "https://emulator.azr.localhost";

/// A transport that sends every request to an emulator in the same process.
///
/// [`InProcess::close`] writes changes to the state file; so does dropping the transport.
pub(super) struct InProcess {
    emulator: Emulator,
}

impl InProcess {
    /// A transport to this emulator.
    #[must_use]
    pub(super) fn new(emulator: Emulator) -> Self {
        Self { emulator }
    }

    /// Writes changes to the state file.
    pub(super) fn close(&self) -> Result<()> {
        self.emulator.save()
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        if let Err(error) = self.emulator.save() {
            tracing::error!("the emulator's state was not saved: {error}");
        }
    }
}

#[async_trait]
impl Transport for InProcess {
    async fn send(&self, request: Request) -> Result<Response> {
        if request.url.origin().ascii_serialization() != ENDPOINT {
            let host = request.url.host_str().unwrap_or_default();
            return Err(Error::network(
                format!(
                    "{} {host}: the emulator has no network, it answers for {ENDPOINT} only",
                    request.method
                ),
                azr_core::error::NetworkFault::Permanent,
            )
            .with_hint("Use a local file, or set AZURE_CLOUD_NAME to a real cloud."));
        }
        let Ok(response) = self.emulator.clone().call(request.try_into()?).await;
        Ok(response.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> Request {
        let url = url.parse().expect("a URL");
        Request::new(http::Method::GET, url)
    }

    #[tokio::test]
    async fn answers_for_its_own_host_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let emulator = Emulator::open(&folder.path().join("state.json"), azr_emulator::Options::default());
        let transport = InProcess::new(emulator.expect("opens"));
        let url = format!("{ENDPOINT}/subscriptions?api-version=2022-12-01");
        let response = transport.send(request(&url)).await.expect("a response");
        assert_eq!(response.status, 200);
        let refused = transport.send(request("https://example.com/spec.json")).await.expect_err("no network");
        assert_eq!(refused.code(), "Network");
    }

    #[tokio::test]
    async fn writes_the_state_only_if_it_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        let subscriptions = format!("{ENDPOINT}/subscriptions?api-version=2022-12-01");
        let open = || Emulator::open(&path, azr_emulator::Options::default()).expect("opens");
        let transport = InProcess::new(open());
        let before = transport.send(request(&subscriptions)).await.expect("a response").body;
        transport.close().expect("saved");
        drop(transport);
        let modified = || std::fs::metadata(&path).expect("exists").modified().expect("a time");
        let written = modified();
        let transport = InProcess::new(open());
        assert_eq!(transport.send(request(&subscriptions)).await.expect("a response").body, before);
        drop(transport);
        assert_eq!(modified(), written);
    }
}
