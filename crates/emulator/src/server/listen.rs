//! The connections of the server, plain or encrypted; each can be cut by the requests that come over it.

use std::io;
use std::net::SocketAddr;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::wire::{Scissors, Wire};

/// How many connections that are through with their handshake may wait.
const WAITING: usize = 64;

/// A listener for plain connections.
pub struct Plain(pub TcpListener);

impl Listener for Plain {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // Axum's accept waits out errors such as too many open files.
        let (stream, peer) = Listener::accept(&mut self.0).await;
        quick(&stream);
        (Wire::new(stream), peer)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Plain>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, Plain>) -> Self {
        stream.io().scissors()
    }
}

/// Small answers on a loopback connection gain nothing from waiting for more to send.
fn quick(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY could not be set: {error}");
    }
}

/// A listener whose connections are through with their TLS handshake, so that a slow one delays nobody.
pub struct Encrypted {
    ready: mpsc::Receiver<(TlsStream<Wire>, SocketAddr)>,
    accepting: tokio::task::JoinHandle<()>,
    address: SocketAddr,
}

impl Encrypted {
    /// Begins to accept connections.
    #[must_use]
    pub fn new(listener: TcpListener, acceptor: TlsAcceptor, address: SocketAddr) -> Self {
        let (sender, ready) = mpsc::channel(WAITING);
        let mut listener = Plain(listener);
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, peer) = listener.accept().await;
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    match acceptor.accept(stream).await {
                        Ok(stream) => drop(sender.send((stream, peer)).await),
                        Err(error) => tracing::debug!("TLS handshake with {peer} failed: {error}"),
                    }
                });
            }
        });
        Self { ready, accepting, address }
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for Encrypted {
    type Io = TlsStream<Wire>;
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

impl Connected<IncomingStream<'_, Encrypted>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, Encrypted>) -> Self {
        stream.io().get_ref().0.scissors()
    }
}
