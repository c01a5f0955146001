//! The emulator behind the client's transport: no port, no TLS, nothing left running.

use async_trait::async_trait;
use time::OffsetDateTime;

use azr_arm::transport::{Request, Response, Transport};
use azr_core::error::{Error, Result};
use azr_emulator::{Emulator, inbound};

/// Where the in-process emulator is, as a client writes it; `.localhost` never leaves the machine.
pub const BASE: &str = "https://emulator.azr.localhost";

/// A transport that hands every request to an emulator in the same process.
///
/// What was changed is written to the state file by [`InProcess::close`], at the latest when this is dropped.
pub struct InProcess {
    emulator: Emulator,
}

impl InProcess {
    /// A transport to this emulator.
    #[must_use]
    pub fn new(emulator: Emulator) -> Self {
        Self { emulator }
    }

    /// Writes what was changed, and says whether that worked.
    pub fn close(&self) -> Result<()> {
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
        let url = &request.url;
        if url.origin().ascii_serialization() != BASE {
            let host = url.host_str().unwrap_or_default();
            return Err(Error::network(
                format!("{} {host}: the emulator has no network, it answers for {BASE} only", request.method),
                azr_core::error::NetworkFault::Permanent,
            )
            .with_hint("Use a local file, or set AZURE_CLOUD_NAME to a real cloud."));
        }
        let now = OffsetDateTime::now_utc();
        let mut call = inbound::call(request.method, url.path(), url.query().unwrap_or_default(), BASE, now);
        call.headers = request.headers;
        call.body = request.body;
        let answer = self.emulator.respond(&call);
        Ok(Response { status: answer.status, headers: answer.headers, body: answer.body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn request(url: &str) -> Request {
        let url = url.parse().expect("a URL");
        Request { method: "GET", url, headers: Vec::new(), body: Bytes::new() }
    }

    #[tokio::test]
    async fn answers_for_its_own_host_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let emulator = Emulator::open(&folder.path().join("state.json"), azr_emulator::Options::default());
        let transport = InProcess::new(emulator.expect("opens"));
        let url = format!("{BASE}/subscriptions?api-version=2022-12-01");
        let answer = transport.send(request(&url)).await.expect("an answer");
        assert_eq!(answer.status, 200);
        let refused = transport.send(request("https://example.com/spec.json")).await.expect_err("no network");
        assert_eq!(refused.code(), "Network");
    }

    #[tokio::test]
    async fn keeps_what_was_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        let subscriptions = format!("{BASE}/subscriptions?api-version=2022-12-01");
        let open = || Emulator::open(&path, azr_emulator::Options::default()).expect("opens");
        let transport = InProcess::new(open());
        let before = transport.send(request(&subscriptions)).await.expect("an answer").body;
        transport.close().expect("saved");
        drop(transport);
        let written = std::fs::metadata(&path).expect("there").modified().expect("a time");
        let transport = InProcess::new(open());
        assert_eq!(transport.send(request(&subscriptions)).await.expect("an answer").body, before);
        drop(transport);
        assert_eq!(std::fs::metadata(&path).expect("there").modified().expect("a time"), written);
    }
}
