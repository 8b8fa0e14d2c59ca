//! What of sync outlives the program: who this laptop is (a secret), and how it exchanges.

use std::{fs, path::PathBuf};

use serde::{Deserialize, Serialize};
use stall_core::{AppError, AppResult, ErrorCode, Ms, Role};
use stall_store::tables::hubs::Hubs;
use stall_sync::Identity;

use crate::{
    lan::{make_dir, write_private},
    secrets,
    stall::Stall,
};

/// The settings, and invitations whose laptops have not come yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    pub paused: bool,
    pub small_only: bool,
    pub hosting: bool,
    /// 0: none chosen yet.
    pub port: u16,
    pub invites: Vec<Open>,
    /// Where the hubs were said to be when this laptop was brought to another one: not to be gone back to.
    pub left: Option<Hubs>,
}

/// An open invitation. Its code lets a laptop in, so the file is this person's alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    pub code: String,
    pub name: String,
    pub role: Role,
    pub until: Ms,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Open({}, {:?})", self.name, self.role)
    }
}

/// The folder beside the stall.
pub fn dir(stall: &Stall) -> PathBuf {
    stall.dir.join("sync")
}

fn file(stall: &Stall) -> PathBuf {
    dir(stall).join("sync.json")
}

fn identity_file(stall: &Stall) -> PathBuf {
    dir(stall).join("identity.json")
}

/// What the keychain knows it by: one stall, one name.
fn identity_name(stall: &Stall) -> String {
    format!("sync {}", blake3::hash(stall.dir.to_string_lossy().as_bytes()).to_hex())
}

/// The settings; a file that cannot be read is the settings of a new stall.
pub fn read(stall: &Stall) -> Kept {
    let Ok(bytes) = fs::read(file(stall)) else { return Kept::default() };
    serde_json::from_slice(&bytes).unwrap_or_else(|e| {
        tracing::warn!(%e, "the settings of sync are made anew");
        Kept::default()
    })
}

/// Keeps them.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`.
pub fn write(stall: &Stall, kept: &Kept) -> AppResult<()> {
    make_dir(&dir(stall))?;
    write_private(&file(stall), &serde_json::to_vec_pretty(kept).unwrap_or_default())
}

/// Who this laptop is at its stall; none while it stands alone.
///
/// # Errors
/// `KeyUnreadable` for one that is there and cannot be read: to go on without it would make another laptop of this one.
pub fn identity(stall: &Stall) -> AppResult<Option<Identity>> {
    let unreadable = |e: &dyn std::fmt::Display| AppError::new(ErrorCode::KeyUnreadable).arg("key", "sync").detail(e);
    let found = secrets::read(stall, &identity_name(stall), &identity_file(stall)).map_err(|e| unreadable(&e))?;
    found.map(|bytes| serde_json::from_slice(&bytes).map_err(|e| unreadable(&e))).transpose()
}

/// Keeps it.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`.
pub fn keep_identity(stall: &Stall, me: &Identity) -> AppResult<()> {
    make_dir(&dir(stall))?;
    let bytes = serde_json::to_vec(me).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    secrets::keep(stall, &identity_name(stall), &identity_file(stall), &bytes)
}

/// Forgets it.
///
/// # Errors
/// `FolderReadOnly`.
pub fn forget_identity(stall: &Stall) -> AppResult<()> {
    secrets::forget(stall, &identity_name(stall), &identity_file(stall))
}
