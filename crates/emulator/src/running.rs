//! Starting an emulator on a port of this machine, for tests and tools.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use azr_core::error::{Error, Result};

use crate::emulator::Emulator;
use crate::faults::Faults;
use crate::options::Options;
use crate::serve_options::ServeOptions;
use crate::state::State;
use crate::token_issuer::{DEFAULT_TOKEN_SECONDS, TokenIssuer};
use crate::{sample, server};

impl Emulator {
    /// Starts an emulator with the sample data on a free port of this machine.
    ///
    /// Needs a tokio runtime, on which the emulator runs until the returned value is dropped.
    pub async fn start() -> Result<RunningEmulator> {
        Self::builder().start().await
    }

    /// Configures an emulator to start on a port of this machine.
    #[must_use]
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }
}

/// Configures an emulator, and starts it on a port of this machine.
#[derive(Default)]
pub struct EmulatorBuilder {
    port: u16,
    is_empty: bool,
    state_file: Option<PathBuf>,
    require_token: bool,
    serve_options: ServeOptions,
}

impl EmulatorBuilder {
    /// Listens on this port instead of a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts with a subscription and an empty resource group instead of the sample data.
    #[must_use]
    pub fn empty(mut self) -> Self {
        self.is_empty = true;
        self
    }

    /// Keeps the state in a file instead of in memory.
    ///
    /// An existing file is continued.
    #[must_use]
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Refuses requests without a bearer token; any token is accepted that has not expired.
    #[must_use]
    pub fn require_token(mut self) -> Self {
        self.require_token = true;
        self
    }

    /// Injects these faults.
    #[must_use]
    pub fn faults(mut self, faults: Faults) -> Self {
        self.serve_options.faults = faults;
        self
    }

    /// Starts the emulator.
    ///
    /// Needs a tokio runtime, on which the emulator runs. Fails if the port is in use, or if the state file cannot be
    /// read or is in use.
    pub async fn start(self) -> Result<RunningEmulator> {
        let options = Options {
            require_token: self.require_token,
            token_issuer: Some(TokenIssuer::new(DEFAULT_TOKEN_SECONDS, false)),
            ..Options::default()
        };
        let initialize = |state: &mut State| {
            let now = OffsetDateTime::now_utc();
            if self.is_empty { sample::load_minimal(state) } else { sample::load_sample(state, now) }
        };
        let emulator = if let Some(path) = &self.state_file {
            Emulator::open_with(path, options, initialize)?
        } else {
            let mut state = State::default();
            initialize(&mut state);
            Emulator::new(state, options)
        };
        let cannot_listen = |e| Error::invalid(format!("cannot listen on 127.0.0.1:{}: {e}", self.port));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await.map_err(cannot_listen)?;
        let url = format!("http://{}", listener.local_addr().map_err(cannot_listen)?);
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { drop(stopped.await) };
        let server = server::serve(emulator.clone(), self.serve_options, listener, None, shutdown);
        Ok(RunningEmulator { emulator, url, stop, server: tokio::spawn(server) })
    }
}

/// An emulator that is being served; dropping it stops the server.
///
/// Requests in flight are finished in either case, but only [`RunningEmulator::stop`] waits for them.
pub struct RunningEmulator {
    emulator: Emulator,
    url: String,
    /// Stops the server when it is dropped.
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

impl RunningEmulator {
    /// The URL it is served at, such as `http://127.0.0.1:4280`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The emulator itself, for reading or changing its state directly.
    #[must_use]
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Stops the server, finishes the requests in flight, and saves the state to its file, if it has one.
    pub async fn stop(self) -> Result<()> {
        drop(self.stop);
        let failed = |e: &dyn std::fmt::Display| Error::unexpected(format!("the emulator stopped: {e}"));
        self.server.await.map_err(|e| failed(&e))?.map_err(|e| failed(&e))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    async fn status(url: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await?;
        let request = "GET /subscriptions?api-version=2022-12-01 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await?;
        let mut response = String::new();
        stream.read_to_string(&mut response).await?;
        Ok(response.split(' ').nth(1).unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn it_serves_until_it_is_stopped() {
        let emulator = Emulator::start().await.expect("starts");
        let url = emulator.url().to_owned();
        assert_eq!(status(&url).await.expect("a response"), "200");
        emulator.stop().await.expect("stops");
        assert!(status(&url).await.is_err());
    }

    #[tokio::test]
    async fn a_dropped_emulator_stops() {
        let emulator = Emulator::builder().empty().require_token().start().await.expect("starts");
        let url = emulator.url().to_owned();
        assert_eq!(status(&url).await.expect("a response"), "401");
        drop(emulator);
        for _ in 0..1000 {
            if status(&url).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("it still serves");
    }

    #[tokio::test]
    async fn the_state_file_is_continued() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        for expected in [1, 2] {
            let emulator = Emulator::builder().empty().state_file(&path).start().await.expect("starts");
            emulator.emulator().with_state(|state| {
                crate::subscriptions::add_subscription(state, &format!("s{expected}"), "Test");
                assert_eq!(state.store.count("/subscriptions"), expected + 1);
            });
            emulator.stop().await.expect("stops");
        }
    }
}
