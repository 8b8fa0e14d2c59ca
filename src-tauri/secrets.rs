//! Where secrets are kept: the system's keychain, else files that only this person may read.

use std::{fs, path::Path};

use stall_core::{AppError, AppResult};

use crate::{lan::write_private, stall::Stall};

const SERVICE: &str = "Stallkeeper";

/// The keychain where the system has one of its own. On Linux it is a service that a plain machine does not run; the sample
/// stall leaves nothing behind.
fn has_keychain(stall: &Stall) -> bool {
    cfg!(any(windows, target_os = "macos")) && !stall.sample
}

/// A secret by its name; the file where there is one, else the keychain.
///
/// # Errors
/// As the file system has it, `FileMissing` never.
pub fn read(stall: &Stall, name: &str, file: &Path) -> AppResult<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(keychain(stall, name)),
        Err(e) => Err(AppError::from_io(&e)),
    }
}

fn keychain(stall: &Stall, name: &str) -> Option<Vec<u8>> {
    if !has_keychain(stall) {
        return None;
    }
    keyring::Entry::new(SERVICE, name).ok()?.get_secret().ok()
}

/// Keeps a secret.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`.
pub fn keep(stall: &Stall, name: &str, file: &Path, secret: &[u8]) -> AppResult<()> {
    if has_keychain(stall) {
        match keyring::Entry::new(SERVICE, name).and_then(|e| e.set_secret(secret)) {
            Ok(()) => {
                fs::remove_file(file).ok();
                return Ok(());
            }
            Err(error) => tracing::warn!(%error, "the keychain took no secret; it is kept in a file"),
        }
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|e| AppError::from_io(&e))?;
    }
    write_private(file, secret)
}

/// Forgets it.
///
/// # Errors
/// `FolderReadOnly`.
pub fn forget(stall: &Stall, name: &str, file: &Path) -> AppResult<()> {
    if has_keychain(stall)
        && let Ok(entry) = keyring::Entry::new(SERVICE, name)
    {
        entry.delete_credential().ok();
    }
    match fs::remove_file(file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(AppError::from_io(&e)),
        _ => Ok(()),
    }
}
