//! Taking in what has arrived.

use std::{path::PathBuf, sync::atomic::AtomicBool};

use stall_core::{
    AppError, AppResult, ErrorCode, Id, Role,
    api::{BatchRules, Push, WatchLast, WatchSettings, WatchTo},
    photo_groups::{self, Open, Shot},
};
use stall_media::{FileIn, Taken, default_workers, read_many};
use stall_store::{
    Actor,
    tables::photo_batch::{self, Place, Taking},
};

use super::look::Found;
use crate::{batch::new_photo, ctx::Ctx};

/// The device being shot when the last picture came.
#[derive(Debug, Clone)]
pub(super) struct Device {
    open: Open,
    /// Its text in the tray, where it has no unit.
    tray: String,
}

/// What became of some files.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub device: Option<Device>,
    /// Files that are dealt with.
    pub settled: Vec<PathBuf>,
}

/// A file that is on disk as a photograph.
struct Read {
    found: Found,
    taken: Taken,
    codes: Vec<String>,
}

/// Takes files in: to the chosen unit, else by the rule, else to the tray. A file that is not whole is left for later
/// unless this is its last try.
///
/// # Errors
/// What stops the whole: `DiskFull`, store errors.
pub(super) async fn take(
    ctx: &Ctx,
    settings: &WatchSettings,
    files: &[Found],
    last_try: &[bool],
    target: Option<Id>,
    device: Option<Device>,
) -> AppResult<Done> {
    let stall = ctx.stall();
    let mut done = Done { device, ..Done::default() };
    let (mut read, mut known): (Vec<Read>, Vec<(Found, Option<String>)>) = (Vec::new(), Vec::new());
    for ((found, outcome), last) in files.iter().cloned().zip(load(ctx, files).await?).zip(last_try) {
        match outcome {
            Ok((taken, codes)) => {
                let blob = taken.blob.as_str().to_owned();
                let again = ctx.watched().with_seen(&stall.dir, |seen| seen.has_blob(&blob))
                    || read.iter().any(|r: &Read| r.taken.blob == taken.blob)
                    || photo_batch::has_blob(&stall.store, &blob).await?;
                if again {
                    known.push((found, Some(blob)));
                } else {
                    read.push(Read { found, taken, codes });
                }
            }
            Err(e) if e.code == ErrorCode::DiskFull => return Err(e),
            Err(e) if !last && may_grow(e.code) => {}
            Err(e) => {
                ctx.watched().lock().problem(&found.name(), e);
                known.push((found, None));
            }
        }
    }
    write(ctx, settings, &read, target, &mut done).await?;
    let remembered = read.iter().map(|r| (&r.found, Some(r.taken.blob.as_str().to_owned())));
    ctx.watched()
        .with_seen(&stall.dir, |seen| seen.add(remembered.chain(known.iter().map(|(f, b)| (f, b.clone())))))?;
    done.settled = read.into_iter().map(|r| r.found.path).chain(known.into_iter().map(|(f, _)| f.path)).collect();
    Ok(done)
}

/// A file that is still being copied looks like one that was cut short.
fn may_grow(code: ErrorCode) -> bool {
    use ErrorCode as E;
    matches!(
        code,
        E::PhotoTruncated
            | E::PhotoDamaged
            | E::PhotoNotImage
            | E::FileEmpty
            | E::FileLocked
            | E::FileMissing
            | E::FileDamaged
    )
}

/// Reads files on blocking threads, in the order given.
async fn load(ctx: &Ctx, files: &[Found]) -> AppResult<Vec<AppResult<(Taken, Vec<String>)>>> {
    let media = ctx.stall().media.clone();
    let files: Vec<FileIn> = files.iter().map(|f| FileIn { path: f.path.clone(), name: f.name() }).collect();
    let work = move || {
        let mut all: Vec<_> = Vec::with_capacity(files.len());
        read_many(&media, &files, default_workers(), &AtomicBool::new(false), |i, outcome| all.push((i, outcome)))?;
        all.sort_by_key(|(i, _)| *i);
        Ok(all.into_iter().map(|(_, outcome)| outcome).collect())
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
}

async fn write(
    ctx: &Ctx,
    settings: &WatchSettings,
    read: &[Read],
    target: Option<Id>,
    done: &mut Done,
) -> AppResult<()> {
    let stall = ctx.stall();
    let photo = |r: &Read| new_photo(&r.taken, &r.found.name(), "folder");
    let takings = match target {
        Some(unit) => vec![Taking { place: Place::Unit(unit), photos: read.iter().map(photo).collect() }],
        None => {
            let folder = PathBuf::from(&settings.folder);
            let shots: Vec<Shot> = read
                .iter()
                .map(|r| Shot {
                    name: r.found.name(),
                    folder: r.found.folder(&folder),
                    at: r.taken.taken_at.or(r.found.modified),
                    codes: r.codes.clone(),
                })
                .collect();
            let by_rule = settings.to == WatchTo::Rule;
            let rules = BatchRules { labels: by_rule, names: by_rule, gap_s: settings.gap_s, keep_labels: false };
            parted(ctx, &shots, &rules, |i| read.get(i).map(photo), done).await?
        }
    };
    let takings: Vec<Taking> = takings.into_iter().filter(|t| !t.photos.is_empty()).collect();
    if takings.is_empty() {
        return Ok(());
    }
    let actor = Actor::new(&settings.by, Role::Photographer);
    let took = photo_batch::take(&stall.store, &actor, &takings).await?.value;
    let unit = takings.last().and_then(|t| match t.place {
        Place::Unit(unit) => Some(unit),
        Place::Tray(_) => None,
    });
    let heads = photo_batch::heads(&stall.store, unit.as_slice()).await?;
    let stock_no = unit.and_then(|u| heads.get(&u)).map(|h| h.stock_no.clone());
    let name = takings.last().and_then(|t| t.photos.last()).map(|p| p.file_name.clone()).unwrap_or_default();
    {
        let mut state = ctx.watched().lock();
        state.taken += u32::try_from(took.photos + took.tray).unwrap_or(0);
        state.last = Some(WatchLast { name, at: ctx.env().now(), stock_no });
    }
    ctx.push(Push::Watch);
    Ok(())
}

/// Parts pictures by the rule, going on with the device of the last time.
async fn parted(
    ctx: &Ctx,
    shots: &[Shot],
    rules: &BatchRules,
    photo: impl Fn(usize) -> Option<stall_store::tables::photos::NewPhoto>,
    done: &mut Done,
) -> AppResult<Vec<Taking>> {
    let known = photo_batch::known(&ctx.stall().store, &photo_groups::candidates(shots)).await?;
    let before = done.device.take();
    let found = photo_groups::group(shots, &known, rules, before.as_ref().map(|d| &d.open));
    let mut takings = Vec::new();
    let mut tray = before.map(|d| d.tray).unwrap_or_default();
    for g in &found.groups {
        let place = match g.unit {
            Some(unit) => Place::Unit(unit),
            None => {
                if !g.goes_on || tray.is_empty() {
                    tray = ctx.env().new_id()?.to_string();
                }
                Place::Tray(tray.clone())
            }
        };
        // A label says which unit; where nobody knows it, the picture of it helps whoever names it.
        let kept = g.shots.iter().filter(|i| g.unit.is_none() || !found.labels.contains(i));
        takings.push(Taking { place, photos: kept.filter_map(|i| photo(*i)).collect() });
    }
    done.device = found.open.map(|open| Device { open, tray });
    Ok(takings)
}
