//! Where the stall's secret keys are kept: the system's keychain, else files only their owner may read.
//!
//! The public halves stand in the store. A stall may have several: each laptop has its own, and a key can be changed. Old ones
//! are kept, so that pages of old passports can still be made.

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{KeyPlace, StallKeys},
};
use stall_passport::{StallKey, canon, fingerprint};
use stall_store::{Actor, tables::passports as table};

use crate::{secrets, stall::Stall};

const FOLDER: &str = "keys";

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
    let unreadable = || AppError::new(ErrorCode::KeyUnreadable).arg("key", fingerprint(public));
    let at = file(stall, public);
    let Some(found) = secrets::read(stall, public, &at).map_err(|e| unreadable().detail(e))? else { return Ok(None) };
    // Keychains of the first version hold the bytes, all else their hex digits.
    let bytes = match <[u8; 32]>::try_from(found.as_slice()) {
        Ok(bytes) => bytes,
        Err(_) => std::str::from_utf8(&found).ok().and_then(|text| canon::unhex(text.trim())).ok_or_else(unreadable)?,
    };
    let key = StallKey::from_bytes(&bytes);
    // Somebody else's bytes under this name: rather no key than a wrong one.
    Ok((key.public() == public).then_some(key))
}

fn keep(stall: &Stall, key: &StallKey) -> AppResult<()> {
    let public = key.public();
    secrets::keep(stall, &public, &file(stall, &public), canon::hex(&key.secret()).as_bytes())
}
