//! The other direction of an invitation: that the stall the hub named is the one whose owner showed the code. Without it a
//! hub could let a laptop join a stall of its own making and read what that laptop says.
//!
//! The owner leaves 32 bytes at the hub that only who knows the code could make, under a name that only who knows it can find.

use stall_core::sync::Hex;
use stall_seal::{SealError, invite::InviteCode};

use crate::{Http, Identity, SyncResult};

/// Where it lies and what it must be.
fn of(code: &InviteCode, me: &Identity) -> (Hex<32>, [u8; 32]) {
    let text = code.text();
    let name = blake3::derive_key("stallkeeper 2026 welcome name", text.as_bytes());
    let key = blake3::derive_key("stallkeeper 2026 welcome", text.as_bytes());
    let mut h = blake3::Hasher::new_keyed(&key);
    h.update(&me.stall.0).update(&me.root.0).update(&me.recovery.0);
    (Hex(name), *h.finalize().as_bytes())
}

/// Leaves it.
pub(crate) async fn put(line: &Http, code: &InviteCode, me: &Identity) -> SyncResult<()> {
    let (name, proof) = of(code, me);
    let hash = Hex(*blake3::hash(&proof).as_bytes());
    line.put(&format!("blobs/{name}?offset=0&size={}&hash={hash}", proof.len()), proof.to_vec()).await
}

/// Looks at it.
pub(crate) async fn check(line: &Http, code: &InviteCode, me: &Identity) -> SyncResult<()> {
    let (name, proof) = of(code, me);
    let found = line.bytes(&format!("blobs/{name}")).await?;
    // Of hashes: what is compared tells nothing by the time it takes.
    if blake3::hash(&found) == blake3::hash(&proof) { Ok(()) } else { Err(SealError::NotGenuine.into()) }
}
