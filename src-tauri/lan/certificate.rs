//! The certificate the stall makes for itself. It stays the same until the machine has an address it does not name or it
//! comes near its end, so that a phone warns once.

use std::{fs, net::Ipv4Addr, path::Path, sync::Arc};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use stall_core::{AppError, AppResult, ErrorCode, Ms};
use time::OffsetDateTime;
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

use super::kept::{Kept, write_private};

const DAY: i64 = 24 * 3600 * 1000;
/// Phones refuse certificates that run longer than 825 days.
const GOOD_FOR: i64 = 800 * DAY;
/// Made anew this long before its end.
const EARLY: i64 = 30 * DAY;
/// Addresses a certificate names at most: the newest.
const NAMES: usize = 20;

const CERTIFICATE: &str = "certificate.der";
const KEY: &str = "key.der";

/// What TLS needs, and what the owner compares.
#[derive(Debug, Clone)]
pub struct Tls {
    pub config: Arc<ServerConfig>,
    pub fingerprint: String,
}

/// The kept certificate if it still does for these addresses, else a new one; `kept` is told of that.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`, `Internal`.
pub fn ready(dir: &Path, kept: &mut Kept, addresses: &[(String, Ipv4Addr)], now: Ms) -> AppResult<Tls> {
    let names: Vec<String> = addresses.iter().map(|(_, ip)| ip.to_string()).collect();
    let fits = names.iter().all(|n| kept.names.contains(n)) && kept.until.is_some_and(|t| t.0 - now.0 > EARLY);
    if fits && let Some(tls) = load(dir) {
        return Ok(tls);
    }
    let mut all = names;
    for name in &kept.names {
        if !all.contains(name) && all.len() < NAMES {
            all.push(name.clone());
        }
    }
    if !all.iter().any(|n| n == "127.0.0.1") {
        all.push("127.0.0.1".into());
    }
    make(dir, &all, now)?;
    (kept.names, kept.until) = (all, Some(Ms(now.0 + GOOD_FOR)));
    load(dir).ok_or_else(|| AppError::new(ErrorCode::Internal).detail("the new certificate cannot be read"))
}

fn load(dir: &Path) -> Option<Tls> {
    let certificate = fs::read(dir.join(CERTIFICATE)).ok()?;
    let key = fs::read(dir.join(KEY)).ok()?;
    config(certificate, key).inspect_err(|e| tracing::warn!(%e, "the certificate is made anew")).ok()
}

fn config(certificate: Vec<u8>, key: Vec<u8>) -> Result<Tls, tokio_rustls::rustls::Error> {
    let fingerprint = fingerprint(&certificate);
    let chain = vec![CertificateDer::from(certificate)];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Tls { config: Arc::new(config), fingerprint })
}

/// SHA-256, as browsers write it.
fn fingerprint(certificate: &[u8]) -> String {
    let digest = ::ring::digest::digest(&::ring::digest::SHA256, certificate);
    digest.as_ref().iter().map(|b| format!("{b:02X}")).collect::<Vec<_>>().join(":")
}

fn make(dir: &Path, names: &[String], now: Ms) -> AppResult<()> {
    let failed = |e: rcgen::Error| AppError::new(ErrorCode::Internal).detail(e);
    let day = |ms: i64| {
        OffsetDateTime::from_unix_timestamp(ms / 1000).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))
    };
    let mut params = CertificateParams::new(names.to_vec()).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, "Stallkeeper");
    // The phone's clock may be behind the laptop's.
    params.not_before = day(now.0 - DAY)?;
    params.not_after = day(now.0 + GOOD_FOR)?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    // The key first: a certificate whose key is another's would not load and is made anew.
    write_private(&dir.join(KEY), &key.serialize_der())?;
    write_private(&dir.join(CERTIFICATE), certificate.der())
}
