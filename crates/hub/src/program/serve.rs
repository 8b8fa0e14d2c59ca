//! Connections: counted, given time for their head, wrapped in TLS when there is a certificate; ended gently.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    path::Path,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{
    args::{Place, Serve},
    place,
};
use crate::{
    error::{HubError, HubResult},
    hub::Hub,
    routes::{self, Peer},
};

/// Buffer of one connection; also bounds a request's head.
const BUFFER: usize = 64 << 10;
/// Requests under way are waited for this long when the hub stops.
const GENTLE: Duration = Duration::from_secs(20);

/// Runs the hub until it is told to stop.
pub(super) async fn run(place: &Place, how: &Serve) -> HubResult<()> {
    let hub = place::hub(place).await?;
    let tls = how.tls.as_ref().map(|(cert, key)| tls(cert, key)).transpose()?;
    let tcp = TcpListener::bind(how.listen).await.map_err(|e| HubError::internal(format!("{}: {e}", how.listen)))?;
    let address = tcp.local_addr()?;
    if tls.is_none() && !address.ip().is_loopback() && !how.behind_proxy {
        tracing::warn!("tokens travel in the clear: give --tls-cert and --tls-key, or put a proxy in front");
    }
    let told = told_to_stop()?;
    tracing::info!(%address, tls = tls.is_some(), "the hub listens");
    let stopping = hub.clone();
    tokio::spawn(async move {
        told.await;
        tracing::info!("the hub stops");
        stopping.stop();
    });
    listen(tcp, hub.clone(), tls, how.behind_proxy).await;
    hub.storage().close().await;
    Ok(())
}

/// Serves a hub on a socket until [`Hub::stop`], then lets requests under way come to their end.
pub async fn listen(tcp: TcpListener, hub: Hub, tls: Option<Arc<ServerConfig>>, behind_proxy: bool) {
    let (stop, tasks) = (hub.0.stop.clone(), TaskTracker::new());
    let background = hub.clone();
    let work = tokio::spawn(async move { background.run().await });
    let server = Server {
        router: routes::router(hub.clone()),
        tls: tls.map(TlsAcceptor::from),
        head: hub.limits().head,
        behind_proxy,
        stop: stop.clone(),
    };
    let connections = Connections::default();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
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
        let limits = hub.limits();
        // All come from the proxy: it counts.
        let each = if behind_proxy { limits.connections } else { limits.connections_per_address };
        let Some(counted) = connections.one_more(peer.ip(), limits.connections, each) else { continue };
        let server = server.clone();
        tasks.spawn(async move {
            server.one(stream, peer).await;
            drop(counted);
        });
    }
    tasks.close();
    if tokio::time::timeout(GENTLE, tasks.wait()).await.is_err() {
        tracing::warn!(left = tasks.len(), "requests under way were broken off");
    }
    work.await.ok();
}

#[derive(Clone)]
struct Server {
    router: Router,
    tls: Option<TlsAcceptor>,
    head: Duration,
    behind_proxy: bool,
    stop: CancellationToken,
}

impl Server {
    async fn one(&self, stream: TcpStream, peer: SocketAddr) {
        stream.set_nodelay(true).ok();
        match &self.tls {
            None => self.http(stream, peer).await,
            Some(tls) => {
                // A handshake that does not come to its end is no news.
                if let Ok(Ok(stream)) = tokio::time::timeout(self.head, tls.accept(stream)).await {
                    self.http(stream, peer).await;
                }
            }
        }
    }

    async fn http<S>(&self, stream: S, peer: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (router, behind_proxy) = (self.router.clone(), self.behind_proxy);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let router = router.clone();
            async move {
                let mut request: Request = request.map(Body::new);
                let said = if behind_proxy { said_by_proxy(&request) } else { None };
                request.extensions_mut().insert(Peer(said.unwrap_or(peer.ip())));
                Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {}))
            }
        });
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(stream), service);
        let mut serving = pin!(serving);
        let served = tokio::select! {
            served = serving.as_mut() => served,
            () = self.stop.cancelled() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(e) = served {
            tracing::debug!(%e, "a connection broke off");
        }
    }
}

/// The last address in the list is the one the proxy itself saw; those before it are anybody's word.
fn said_by_proxy(request: &Request) -> Option<IpAddr> {
    let said = request.headers().get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    said.rsplit(',').next()?.trim().parse().ok()
}

/// The server's side of TLS from PEM files.
///
/// # Errors
/// `internal` with what is wrong with which file.
pub fn tls(cert: &Path, key: &Path) -> HubResult<Arc<ServerConfig>> {
    let read = |file: &Path, e: rustls_pki_types::pem::Error| HubError::internal(format!("{}: {e}", file.display()));
    let chain: Vec<_> = CertificateDer::pem_file_iter(cert).and_then(Iterator::collect).map_err(|e| read(cert, e))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|e| read(key, e))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|b| b.with_no_client_auth().with_single_cert(chain, private))
        .map_err(|e| HubError::internal(format!("certificate and key: {e}")))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Ends when the process is told to stop. Whoever tells it is heard from the moment this returns, not from the first poll.
#[cfg(unix)]
fn told_to_stop() -> HubResult<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn told_to_stop() -> HubResult<impl Future<Output = ()>> {
    Ok(async {
        tokio::signal::ctrl_c().await.ok();
    })
}

/// Connections by address.
#[derive(Debug, Default)]
struct Connections(Arc<Mutex<HashMap<IpAddr, usize>>>);

struct Counted(Arc<Mutex<HashMap<IpAddr, usize>>>, IpAddr);

impl Connections {
    fn one_more(&self, address: IpAddr, most: usize, each: usize) -> Option<Counted> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = all.values().sum();
        let here = all.get(&address).copied().unwrap_or(0);
        if total >= most || here >= each {
            return None;
        }
        all.insert(address, here + 1);
        Some(Counted(self.0.clone(), address))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = all.get_mut(&self.1) {
            *n -= 1;
            if *n == 0 {
                all.remove(&self.1);
            }
        }
    }
}
