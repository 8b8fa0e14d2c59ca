//! Where the stall's secret keys are kept: the system's keychain, else files only their owner may read.
//!
//! The public halves stand in the store. A stall may have several: each laptop has its own, and a key can be changed. Old ones
//! are kept, so that pages of old passports can still be made.

use std::{fs, io::Write, path::Path};

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{KeyPlace, StallKeys},
};
use stall_passport::{StallKey, canon, fingerprint};
use stall_store::{Actor, tables::passports as table};

use crate::stall::Stall;

const FOLDER: &str = "keys";
const SERVICE: &str = "Stallkeeper";

/// The key this computer signs with now; made when there is none.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`, `KeyUnreadable`.
pub async fn current(stall: &Stall, actor: &Actor) -> AppResult<StallKey> {
    for key in table::keys(&stall.store).await? {
        if let Some(key) = secret(stall, &key.public)? {
            return Ok(key);
        }
    }
    make(stall, actor).await
}

/// Makes a key; what was signed before stays valid under the old one.
///
/// # Errors
/// As [`current`].
pub async fn make(stall: &Stall, actor: &Actor) -> AppResult<StallKey> {
    let key = StallKey::make()?;
    // The secret first: a public key nobody can sign with would be told as the stall's for ever.
    keep(stall, &key)?;
    table::add_key(&stall.store, actor, &key.public()).await?;
    Ok(key)
}

/// A key by its public half, for a page of what it signed.
///
/// # Errors
/// `KeyUnreadable` when its secret half is on another computer or lost.
pub fn of(stall: &Stall, public: &str) -> AppResult<StallKey> {
    secret(stall, public)?.ok_or_else(|| AppError::new(ErrorCode::KeyUnreadable).arg("key", fingerprint(public)))
}

/// All keys of the stall, newest first.
///
/// # Errors
/// Store errors only.
pub async fn list(stall: &Stall) -> AppResult<StallKeys> {
    let mut place = KeyPlace::None;
    let mut keys = Vec::new();
    for k in table::keys(&stall.store).await? {
        let current = place == KeyPlace::None && secret(stall, &k.public)?.is_some();
        if current {
            place = if file(stall, &k.public).is_file() { KeyPlace::File } else { KeyPlace::Keychain };
        }
        keys.push(stall_core::api::StallKey {
            fingerprint: fingerprint(&k.public),
            public: k.public,
            since: k.since,
            by: k.by,
            current,
            passports: k.passports,
        });
    }
    Ok(StallKeys { keys, place })
}

fn file(stall: &Stall, public: &str) -> std::path::PathBuf {
    stall.dir.join(FOLDER).join(format!("{public}.key"))
}

fn secret(stall: &Stall, public: &str) -> AppResult<Option<StallKey>> {
    let at = file(stall, public);
    let bytes = match fs::read_to_string(&at) {
        Ok(text) => canon::unhex::<32>(text.trim())
            .ok_or_else(|| AppError::new(ErrorCode::KeyUnreadable).arg("key", fingerprint(public)))?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => match from_keychain(stall, public) {
            Some(bytes) => bytes,
            None => return Ok(None),
        },
        Err(e) => return Err(AppError::new(ErrorCode::KeyUnreadable).arg("key", fingerprint(public)).detail(e)),
    };
    let key = StallKey::from_bytes(&bytes);
    // Somebody else's bytes under this name: rather no key than a wrong one.
    Ok((key.public() == public).then_some(key))
}

/// The keychain where the system has one of its own. On Linux it is a service that a plain machine does not run; the sample
/// stall leaves nothing behind.
fn has_keychain(stall: &Stall) -> bool {
    cfg!(any(windows, target_os = "macos")) && !stall.sample
}

fn from_keychain(stall: &Stall, public: &str) -> Option<[u8; 32]> {
    if !has_keychain(stall) {
        return None;
    }
    keyring::Entry::new(SERVICE, public).ok()?.get_secret().ok()?.try_into().ok()
}

fn keep(stall: &Stall, key: &StallKey) -> AppResult<()> {
    let public = key.public();
    if has_keychain(stall) {
        let kept = keyring::Entry::new(SERVICE, &public).and_then(|e| e.set_secret(&key.secret()));
        match kept {
            Ok(()) => return Ok(()),
            Err(error) => tracing::warn!(%error, "the keychain took no key; it is kept in a file"),
        }
    }
    write(&file(stall, &public), &canon::hex(&key.secret()))
}

/// A file that only its owner may read, whole or not at all.
fn write(to: &Path, text: &str) -> AppResult<()> {
    let failed = |e: std::io::Error| AppError::from_io(&e).arg("name", FOLDER);
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).map_err(failed)?;
    let part = to.with_extension("part");
    fs::remove_file(&part).ok();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&part, to).map_err(failed)
}
