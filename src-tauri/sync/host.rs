//! This laptop as the hub of its network: the hub's own router over TLS, with a certificate it makes itself, and a name that
//! others find by mDNS. No internet is needed.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{CertificateParams, DnType, KeyPair};
use stall_core::{AppError, AppResult, ErrorCode, api::Push};
use stall_hub::{Hub, Limits, blobs::Blobs, program::serve, secrets, storage, system_clock};
use time::{Duration, OffsetDateTime};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

use super::nearby::Shout;
use crate::{
    ctx::Ctx,
    lan::{addresses_now, addresses_offered, make_dir, write_private},
    stall::Stall,
};

const FIRST_PORT: u16 = 4911;
const TRIES: u16 = 20;
const CERTIFICATE: &str = "certificate.der";
const KEY: &str = "key.der";
/// It is known by its fingerprint: nobody checks a date, and a new one would have to be told to every laptop.
const YEARS: i64 = 30;

/// An open hub.
#[derive(Debug)]
pub struct Open {
    hub: Hub,
    serving: JoinHandle<()>,
    shout: Option<Shout>,
}

/// What TLS needs, and what the address carries.
struct Tls {
    config: Arc<ServerConfig>,
    fingerprint: String,
}

/// Opens the hub again if the owner wants it so.
pub async fn resume(ctx: &Ctx) {
    if !ctx.sync().kept().hosting {
        return;
    }
    if let Err(e) = open(ctx).await {
        tracing::warn!(code = ?e.code, detail = e.detail, "the hub of this network did not open");
    }
}

/// Opens it; nothing happens when it is open.
///
/// # Errors
/// `LanPortTaken`, `FolderReadOnly`, `DiskFull`, `Internal`.
pub async fn open(ctx: &Ctx) -> AppResult<()> {
    let mut open = ctx.sync().0.hub.lock().await;
    if open.is_some() {
        return Ok(());
    }
    let started = start(ctx).await;
    let problem = started.as_ref().err().cloned();
    ctx.sync().see(|s| (s.open, s.host_problem) = (problem.is_none(), problem));
    ctx.push(Push::Sync);
    *open = Some(started?);
    Ok(())
}

/// Ends the exchange and the hub, with the program.
pub async fn end(ctx: &Ctx) {
    ctx.sync().0.stop.cancel();
    ctx.sync().0.presence.left().await;
    close(ctx).await;
}

/// Closes it: requests under way come to their end.
pub async fn close(ctx: &Ctx) {
    if let Some(open) = ctx.sync().0.hub.lock().await.take() {
        open.hub.stop();
        // Laptops that listen hang up when the hub stops; one that does not must not hold the program.
        tokio::time::timeout(std::time::Duration::from_secs(3), open.serving).await.ok();
        open.hub.storage().close().await;
        ctx.sync().see(|s| s.open = false);
        ctx.push(Push::Sync);
    }
}

/// Where others reach it, best first.
pub fn addresses(port: u16) -> Vec<String> {
    addresses_offered(addresses_now()).into_iter().map(|(_, ip)| format!("https://{ip}:{port}")).collect()
}

/// The address with its fingerprint: for this laptop itself, or for others.
///
/// # Errors
/// `SyncOff` before it was ever opened.
pub fn address(stall: &Stall, port: u16, own: bool) -> AppResult<String> {
    let der = fs::read(folder(stall).join(CERTIFICATE)).map_err(|_| AppError::new(ErrorCode::SyncOff))?;
    let base = if own { format!("https://127.0.0.1:{port}") } else { addresses(port).swap_remove(0) };
    Ok(format!("{base}#{}", stall_sync::fingerprint(&der)))
}

/// A founding code of the hub that is open here.
///
/// # Errors
/// `SyncOff`, `Internal`.
pub async fn founding_code(ctx: &Ctx, name: &str) -> AppResult<String> {
    let open = ctx.sync().0.hub.lock().await;
    let hub = &open.as_ref().ok_or(ErrorCode::SyncOff)?.hub;
    let failed = |e: stall_hub::HubError| AppError::new(ErrorCode::Internal).detail(e);
    let code = secrets::invite().map_err(failed)?;
    let founding = storage::Founding {
        code: secrets::invite_hash(&code).ok_or_else(|| AppError::new(ErrorCode::Internal).detail("code"))?,
        name: name.to_owned(),
        // Its own disk is the limit.
        quota: i64::MAX / 4,
        until: hub.now() + 60_000,
    };
    hub.storage().add_founding(&founding).await.map_err(failed)?;
    Ok(code)
}

fn folder(stall: &Stall) -> PathBuf {
    stall.dir.join("hub")
}

async fn start(ctx: &Ctx) -> AppResult<Open> {
    let (stall, sync) = (ctx.own(), ctx.sync());
    let dir = folder(stall);
    make_dir(&dir)?;
    let tls = tls(&dir)?;
    let failed = |e: stall_hub::HubError| AppError::new(ErrorCode::Internal).detail(e);
    let storage = storage::open_sqlite(&dir.join("hub.db")).await.map_err(failed)?;
    let blobs = Blobs::folder(&dir.join("objects")).map_err(failed)?;
    let hub = Hub::open(storage, blobs, Limits::default(), system_clock()).await.map_err(failed)?;
    let (tcp, port) = bind(sync.kept().port).await?;
    sync.keep(stall, |k| k.port = port)?;
    let shout = sync.me().and_then(|me| Shout::begin(&me, port, &tls.fingerprint));
    let serving = tokio::spawn(serve::listen(tcp, hub.clone(), Some(tls.config), false));
    Ok(Open { hub, serving, shout })
}

/// Tells the network of a hub that was opened before its stall was founded.
pub async fn shout(ctx: &Ctx) {
    let mut open = ctx.sync().0.hub.lock().await;
    let (Some(open), Some(me)) = (open.as_mut(), ctx.sync().me()) else { return };
    if open.shout.is_none()
        && let Some((_, fingerprint)) = me.hub.split_once('#')
    {
        open.shout = Shout::begin(&me, ctx.sync().kept().port, fingerprint);
    }
}

/// The kept port, else the first that is free.
async fn bind(kept: u16) -> AppResult<(TcpListener, u16)> {
    let listen = async |port| TcpListener::bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))).await;
    if kept != 0 {
        // Laptops know it: another would be no use to them.
        let taken = |e| AppError::new(ErrorCode::LanPortTaken).arg("port", kept).detail(e);
        return listen(kept).await.map(|tcp| (tcp, kept)).map_err(taken);
    }
    for port in FIRST_PORT..FIRST_PORT + TRIES {
        if let Ok(tcp) = listen(port).await {
            return Ok((tcp, port));
        }
    }
    Err(AppError::new(ErrorCode::LanPortTaken).arg("port", FIRST_PORT))
}

/// The kept certificate, or the first.
fn tls(dir: &Path) -> AppResult<Tls> {
    let (certificate, key) = (dir.join(CERTIFICATE), dir.join(KEY));
    if !certificate.is_file() || !key.is_file() {
        make(&certificate, &key)?;
    }
    let read = |path: &Path| fs::read(path).map_err(|e| AppError::from_io(&e));
    let (certificate, key) = (read(&certificate)?, read(&key)?);
    let fingerprint = stall_sync::fingerprint(&certificate);
    let chain = vec![CertificateDer::from(certificate)];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|b| b.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Tls { config: Arc::new(config), fingerprint })
}

fn make(certificate: &Path, key: &Path) -> AppResult<()> {
    let failed = |e: rcgen::Error| AppError::new(ErrorCode::Internal).detail(e);
    let mut params = CertificateParams::new(vec!["stallkeeper.local".to_owned()]).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, "Stallkeeper hub");
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(3650);
    params.not_after = now + Duration::days(365 * YEARS);
    let pair = KeyPair::generate().map_err(failed)?;
    let made = params.self_signed(&pair).map_err(failed)?;
    write_private(key, &pair.serialize_der())?;
    write_private(certificate, made.der())
}
