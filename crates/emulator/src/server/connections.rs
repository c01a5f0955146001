//! The connections of the server: accepting them, with or without TLS, and closing them when it shuts down.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::resettable_stream::{ResetHandle, ResettableStream};

/// The pause after a connection could not be accepted because of a lack of resources, such as file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// What responds to the requests of all connections.
pub(super) trait RequestHandler: Clone + Send + 'static {
    /// How long a client may take to send the head of a request.
    fn receive_timeout(&self) -> Duration;

    /// Responds to a request on a connection, which it may reset.
    fn handle(
        &self,
        request: http::Request<Body>,
        connection: &ResetHandle,
    ) -> impl Future<Output = http::Response<Body>> + Send;
}

/// Serves connections until `shutdown` completes; then finishes the requests in flight.
pub(super) async fn serve_connections(
    handler: impl RequestHandler,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let graceful = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            stream = accept(&listener) => {
                drop(tokio::spawn(serve_connection(handler.clone(), stream, tls.clone(), graceful.watcher())));
            }
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // The client closed the connection before it was accepted.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::error!("a connection could not be accepted: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve_connection(
    handler: impl RequestHandler,
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    watcher: Watcher,
) {
    set_nodelay(&stream);
    let stream = ResettableStream::new(stream);
    let reset = stream.reset_handle();
    let Some(acceptor) = tls else {
        return serve_http(handler, stream, reset, watcher).await;
    };
    match tokio::time::timeout(handler.receive_timeout(), acceptor.accept(stream)).await {
        Ok(Ok(stream)) => serve_http(handler, stream, reset, watcher).await,
        Ok(Err(error)) => tracing::debug!("a TLS handshake failed: {error}"),
        Err(_) => tracing::debug!("a TLS handshake was not completed in time"),
    }
}

/// Turns off Nagle's algorithm: small responses on a loopback connection gain nothing from being held back.
fn set_nodelay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY could not be set: {error}");
    }
}

async fn serve_http(
    handler: impl RequestHandler,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    reset: ResetHandle,
    watcher: Watcher,
) {
    let receive_timeout = handler.receive_timeout();
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (handler, reset) = (handler.clone(), reset.clone());
        async move { Ok::<_, Infallible>(handler.handle(request.map(Body::new), &reset).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(receive_timeout)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!("a connection failed: {error}");
    }
}
