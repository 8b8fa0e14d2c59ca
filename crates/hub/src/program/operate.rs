//! What the operator does beside running it. Each gives the lines to print; all but `restored` may be done while it runs.

use std::{fmt::Write, path::Path};

use super::{
    args::Place,
    place::{self, DB, OBJECTS},
};
use crate::{
    error::{HubError, HubResult},
    fsck as checks, hex,
    hub::system_clock,
    limits::Limits,
    secrets,
    storage::{self, Founding, Stall, Storage},
};

/// A founding code for a new stall.
pub async fn create(place: &Place, name: &str, quota: Option<i64>) -> HubResult<String> {
    found(place, name, quota.unwrap_or(Limits::default().quota)).await
}

async fn found(place: &Place, name: &str, quota: i64) -> HubResult<String> {
    let code = secrets::invite()?;
    let hash = secrets::invite_hash(&code).ok_or_else(|| HubError::internal("a code that is none"))?;
    let until = system_clock()() + Limits::default().invite_ms;
    let storage = place::storage(place).await?;
    storage.add_founding(&Founding { code: hash, name: name.to_owned(), quota, until }).await?;
    storage.close().await;
    let days = Limits::default().invite_ms / (24 * 3600 * 1000);
    Ok(format!("{code}\n\nGood once, for {days} days: type it into the owner's console with this hub's address.\n"))
}

/// The code of a stall that was not founded yet, anew; the one before ends.
pub async fn invite(place: &Place, name: &str) -> HubResult<String> {
    let storage = place::storage(place).await?;
    let waiting = storage.foundings(i64::MIN).await?;
    storage.close().await;
    let Some(founding) = waiting.into_iter().find(|f| f.name == name) else {
        return Err(HubError::internal(format!(
            "no stall named {name} waits to be founded. Members of a stall are invited by its owner, in the console."
        )));
    };
    found(place, name, founding.quota).await
}

/// Stalls, and those that wait to be founded.
pub async fn list(place: &Place) -> HubResult<String> {
    let storage = place::storage(place).await?;
    let mut out = String::new();
    for s in storage.stalls().await? {
        let id = hex::of(&s.stall);
        let _ = writeln!(out, "{id}  {}  {} of {} GB  head {}", s.name, gb(s.used), gb(s.quota), s.head);
    }
    for f in storage.foundings(system_clock()()).await? {
        let _ = writeln!(out, "{:32}  {}  0.00 of {} GB", "not founded yet", f.name, gb(f.quota));
    }
    storage.close().await;
    Ok(out)
}

#[expect(clippy::cast_precision_loss, reason = "to be read by a person")]
fn gb(bytes: i64) -> String {
    format!("{:.2}", bytes as f64 / f64::from(1 << 30))
}

async fn one(storage: &dyn Storage, beginning: &str) -> HubResult<Stall> {
    let mut found = storage.stalls().await?;
    found.retain(|s| hex::of(&s.stall).starts_with(beginning));
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(HubError::internal(format!("no stall's id begins with {beginning}"))),
        n => Err(HubError::internal(format!("{n} stalls' ids begin with {beginning}"))),
    }
}

/// Sets how much a stall may keep.
pub async fn quota(place: &Place, stall: &str, bytes: i64) -> HubResult<String> {
    let storage = place::storage(place).await?;
    let stall = one(storage.as_ref(), stall).await?;
    storage.set_quota(&stall.stall, bytes).await?;
    storage.close().await;
    Ok(format!("{}  {}  {} of {} GB\n", hex::of(&stall.stall), stall.name, gb(stall.used), gb(bytes)))
}

/// A new token of the operator.
pub async fn admin_token(place: &Place) -> HubResult<String> {
    let storage = place::storage(place).await?;
    let token = secrets::admin_token()?;
    storage.set_admin(&secrets::admin_hash(&token)).await?;
    storage.close().await;
    Ok(format!("{token}\n"))
}

/// New lineages: laptops send again what they kept.
pub async fn restored(place: &Place) -> HubResult<String> {
    let storage = place::storage(place).await?;
    let beat = storage.beat().await?.beat;
    let stalls = storage.renew_lineages(beat).await?;
    storage.close().await;
    Ok(format!("{stalls} stalls: their laptops send again what they kept\n"))
}

/// Checks everything. False: damaged.
pub async fn fsck(place: &Place) -> HubResult<(String, bool)> {
    let storage = place::storage(place).await?;
    let report = checks::check(storage.as_ref(), &place::blobs(place)?).await?;
    storage.close().await;
    let mut out = String::new();
    for line in &report.damage {
        let _ = writeln!(out, "DAMAGED {line}");
    }
    let _ = writeln!(
        out,
        "{} stalls, {} envelopes with {} changes, {} objects with {} bytes, {} pieces nobody names",
        report.stalls, report.envelopes, report.groups, report.objects, report.bytes, report.orphans
    );
    Ok((out, report.damage.is_empty()))
}

/// The database first, then what it names: objects are never changed, only added and, a day after they were marked,
/// deleted. Those copied by the backup before are not copied again.
pub async fn backup(place: &Place, to: &Path) -> HubResult<String> {
    if place.database.is_some() {
        return Err(HubError::internal(
            "a PostgreSQL database is backed up by its own means (pg_dump); after putting it back: stall-hub restored",
        ));
    }
    std::fs::create_dir_all(to)?;
    let fresh = to.join("hub.db.new");
    if fresh.exists() {
        std::fs::remove_file(&fresh)?;
    }
    storage::copy_sqlite(&place.data.join(DB), &fresh).await?;
    std::fs::rename(&fresh, to.join(DB))?;
    let mut out = String::new();
    if place.bucket.is_some() {
        let _ = writeln!(out, "The bucket is not copied: turn on its versioning.");
    } else {
        let (from, into) = (place.data.join(OBJECTS), to.join(OBJECTS));
        let copied = tokio::task::spawn_blocking(move || copy(&from, &into)).await.map_err(HubError::internal)??;
        let _ = writeln!(out, "{copied} objects copied");
    }
    let _ = writeln!(out, "To go back: stop the hub, put this folder in the place of its data folder, start the hub.");
    Ok(out)
}

/// Copies what is not there yet. The mark stays behind: it is of the hub that goes on.
fn copy(from: &Path, to: &Path) -> HubResult<u64> {
    std::fs::create_dir_all(to)?;
    let mut copied = 0;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copied += copy(&entry.path(), &there)?;
        } else if !there.exists() && entry.file_name() != "mark" && !entry.file_name().to_string_lossy().contains('#') {
            // Beside and renamed: a copy that broke off is not taken for one next time.
            let half = to.join("half");
            match std::fs::copy(entry.path(), &half) {
                Ok(_) => std::fs::rename(&half, &there)?,
                // Swept meanwhile.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(e.into()),
            }
            copied += 1;
        }
    }
    Ok(copied)
}
