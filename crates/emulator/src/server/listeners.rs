//! The server's listeners, for plain and for TLS connections.

use std::io;
use std::net::SocketAddr;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::resettable_stream::{ResetHandle, ResettableStream};

/// How many connections may wait to be accepted after their TLS handshake.
const BACKLOG: usize = 64;

/// A listener for plain connections.
pub(super) struct PlainListener(pub(super) TcpListener);

impl Listener for PlainListener {
    type Io = ResettableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // Axum's accept retries after errors such as too many open files.
        let (stream, peer) = Listener::accept(&mut self.0).await;
        set_nodelay(&stream);
        (ResettableStream::new(stream), peer)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, PlainListener>> for ResetHandle {
    fn connect_info(stream: IncomingStream<'_, PlainListener>) -> Self {
        stream.io().reset_handle()
    }
}

/// Turns off Nagle's algorithm: small responses on a loopback connection gain nothing from being held back.
fn set_nodelay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY could not be set: {error}");
    }
}

/// A listener for TLS connections; handshakes run concurrently, so that a slow one delays no other connection.
pub(super) struct EncryptedListener {
    ready: mpsc::Receiver<(TlsStream<ResettableStream>, SocketAddr)>,
    accepting: tokio::task::JoinHandle<()>,
    address: SocketAddr,
}

impl EncryptedListener {
    /// Starts to accept connections.
    pub(super) fn new(listener: TcpListener, acceptor: TlsAcceptor, address: SocketAddr) -> Self {
        let (sender, ready) = mpsc::channel(BACKLOG);
        let mut listener = PlainListener(listener);
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, peer) = listener.accept().await;
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    match acceptor.accept(stream).await {
                        Ok(stream) => drop(sender.send((stream, peer)).await),
                        Err(error) => tracing::debug!("the TLS handshake with {peer} failed: {error}"),
                    }
                });
            }
        });
        Self { ready, accepting, address }
    }
}

impl Drop for EncryptedListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for EncryptedListener {
    type Io = TlsStream<ResettableStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task ends only with this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, EncryptedListener>> for ResetHandle {
    fn connect_info(stream: IncomingStream<'_, EncryptedListener>) -> Self {
        stream.io().get_ref().0.reset_handle()
    }
}
