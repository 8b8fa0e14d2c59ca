//! Connections: counted, given time for their head, wrapped in TLS on the second port.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{certificate::Tls, router};
use crate::ctx::Ctx;

/// Buffer of one connection; also bounds a request's head.
const BUFFER: usize = 64 << 10;

/// One of the two ports.
#[derive(Debug)]
pub struct Listener {
    pub tcp: TcpListener,
    pub tls: Option<Arc<RwLock<Tls>>>,
    pub port: u16,
    pub ctx: Ctx,
}

/// Which connection a request came on.
#[derive(Debug, Clone, Copy)]
pub struct Wire {
    pub peer: IpAddr,
    /// Our own end: the one name a page of ours may call us by.
    pub local: SocketAddr,
    pub secure: bool,
}

/// Accepts until `stop`.
pub async fn run(listener: Listener, stop: CancellationToken, tasks: TaskTracker) {
    let Listener { tcp, tls, port, ctx } = listener;
    let router = router::router(ctx.clone(), port);
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = tcp.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                // Out of handles, or a connection that was gone before it was taken: not a reason to stop.
                tracing::debug!(%e, "a connection was not taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let limits = ctx.lan().limits();
        let Some(counted) = ctx.lan().0.rates.connect(peer.ip(), &limits) else { continue };
        let tls = tls.as_ref().map(|t| t.read().unwrap_or_else(PoisonError::into_inner).config.clone());
        let (router, stop) = (router.clone(), stop.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = one(stream, peer.ip(), tls.map(TlsAcceptor::from), router, limits.head) => {}
            }
            drop(counted);
        });
    }
}

async fn one(stream: TcpStream, peer: IpAddr, tls: Option<TlsAcceptor>, router: Router, head: Duration) {
    let Ok(local) = stream.local_addr() else { return };
    stream.set_nodelay(true).ok();
    let wire = Wire { peer, local, secure: tls.is_some() };
    match tls {
        None => http(stream, wire, router, head).await,
        Some(tls) => {
            // A handshake that does not come to its end, or a phone that does not trust us yet, is no news.
            if let Ok(Ok(stream)) = tokio::time::timeout(head, tls.accept(stream)).await {
                http(stream, wire, router, head).await;
            }
        }
    }
}

async fn http<S>(stream: S, wire: Wire, router: Router, head: Duration)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(wire);
            Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {}))
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(e) = served {
        tracing::debug!(%e, "a connection of a phone broke off");
    }
}
