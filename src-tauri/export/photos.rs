//! The job that hands out sets of pictures, and the look at one before.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{
        Door, Job, JobKind, JobProblem, Made, PhotosExport, SetChoices, SetForm, SetHow, SetPreview, SetPreviewInput,
        SheetLanguage, UnitQuery, Watermark,
    },
    datetime,
};
use stall_media::Stamp;
use stall_store::tables::{
    settings, shows,
    unit_export::{self, PHOTOS},
    units, watermark,
};

use super::{
    feed::{Chunks, Feed, Source},
    render::{self, Renderer},
    set::SetOut,
};
use crate::{
    ctx::{Caller, Ctx},
    jobs::Running,
    stall::Stall,
};

/// Long side of a small preview.
const PREVIEW: usize = 720;

/// How the last set was made.
///
/// # Errors
/// Store errors only.
pub async fn choices(ctx: &Ctx, caller: &Caller) -> AppResult<SetChoices> {
    let stall = ctx.stall();
    let last = unit_export::last(&stall.store, PHOTOS, caller.me.role.as_str()).await?.unwrap_or_default();
    Ok(SetChoices { last, watermark: watermark::get(&stall.store).await? })
}

/// Keeps a watermark; its logo must be a PNG.
///
/// # Errors
/// `PhotoNotImage`, `PhotoDamaged`, `PhotoTooManyPixels`; as `watermark::set`.
pub async fn set_watermark(ctx: &Ctx, caller: &Caller, mark: Watermark) -> AppResult<Watermark> {
    let mark = watermark::checked(mark)?;
    if let Some(png) = render::logo(&mark)? {
        Stamp::logo(&png, 16).map_err(|e| e.arg("name", "PNG"))?;
    }
    watermark::set(&ctx.stall().store, &caller.actor(), mark).await
}

/// Begins the job. In the window a folder is asked for first.
///
/// # Errors
/// `NotFound` for a show that is gone, `Cancelled` when no folder was chosen, `NothingToExport`.
pub async fn start(ctx: &Ctx, caller: &Caller, input: PhotosExport) -> AppResult<Job> {
    let stall = ctx.stall();
    unit_export::keep(&stall.store, &caller.actor(), PHOTOS, &input.how).await?;
    let source = match input.show_id {
        Some(show) if input.unit_ids.is_empty() => Source::Ids(of_show(&stall, show).await?),
        _ => Source::new(input.unit_ids, input.query),
    };
    let total = source.guess(&stall).await?;
    if total == 0 {
        return Err(ErrorCode::NothingToExport.into());
    }
    let folder = match (input.how.form, caller.door) {
        (SetForm::Folder, Door::Window) => {
            Some(ctx.dialogs()?.folder().await.ok_or_else(|| AppError::from(ErrorCode::Cancelled))?)
        }
        _ => None,
    };
    let id = ctx.env().new_id()?;
    let (job, running) = ctx.jobs().start(id, ctx.env().now(), JobKind::ExportPhotos, total, None, stall.sample);
    let lone = input.how.form == SetForm::Grid && total == 1;
    let name = name(ctx, &input.how);
    let to = match &folder {
        Some(parent) => Target::Folder(free(parent, &name)),
        None if lone => Target::One(ctx.staging().place(id)),
        None => Target::Zip(ctx.staging().place(id)),
    };
    let role = caller.me.role;
    let mark = mark(&stall, &input.how, None).await?;
    let (ctx, how) = (ctx.clone(), input.how);
    tokio::spawn(async move {
        let done = run(&ctx, stall, &running, source, how, mark, &to).await;
        if done.is_err() {
            to.remove();
        }
        let made = done.and_then(|(one, problems)| {
            problems.into_iter().for_each(|p| running.problem(&p.name, p.error));
            Ok(match &to {
                Target::Folder(dir) => Made { file: None, folder: Some(dir.display().to_string()) },
                Target::One(_) => Made { file: Some(ctx.staging().made(id, &one)?), folder: None },
                Target::Zip(_) => Made { file: Some(ctx.staging().made(id, &format!("{name}.zip"))?), folder: None },
            })
        });
        match made {
            Ok(made) => {
                running.made(made, role);
                running.end(None);
            }
            Err(e) => running.end(Some(e)),
        }
    });
    Ok(job)
}

/// The units of a show in the order of its sheet, each once.
async fn of_show(stall: &Stall, show: Id) -> AppResult<Vec<Id>> {
    let mut ids = Vec::new();
    for unit in shows::get(&stall.store, show).await?.items.into_iter().filter_map(|i| i.unit) {
        if !ids.contains(&unit.id) {
            ids.push(unit.id);
        }
    }
    if ids.is_empty() { Err(ErrorCode::NothingToExport.into()) } else { Ok(ids) }
}

async fn mark(stall: &Stall, how: &SetHow, tried: Option<Watermark>) -> AppResult<Option<(Watermark, String)>> {
    if !how.watermark {
        return Ok(None);
    }
    let mark = match tried {
        Some(mark) => watermark::checked(mark)?,
        None => watermark::get(&stall.store).await?,
    };
    Ok(Some((mark, settings::get(&stall.store).await?.stall_name)))
}

enum Target {
    Folder(PathBuf),
    Zip(PathBuf),
    One(PathBuf),
}

impl Target {
    /// Half a set is worth nothing; the folder is our own.
    fn remove(&self) {
        match self {
            Self::Folder(dir) => std::fs::remove_dir_all(dir).ok(),
            Self::Zip(file) | Self::One(file) => std::fs::remove_file(file).ok(),
        };
    }
}

fn name(ctx: &Ctx, how: &SetHow) -> String {
    let day = datetime::format_day(ctx.env().now());
    match how.language {
        SheetLanguage::Zh => format!("照片 {day}"),
        SheetLanguage::En => format!("Pictures {day}"),
    }
}

/// A folder of this name that is not there yet.
fn free(parent: &Path, name: &str) -> PathBuf {
    let names = std::iter::once(name.to_owned()).chain((2..1000).map(|n| format!("{name} ({n})")));
    names.map(|n| parent.join(n)).find(|p| !p.exists()).unwrap_or_else(|| parent.join(name))
}

/// Answers the name of the last file, and what was left out.
async fn run(
    ctx: &Ctx,
    stall: Arc<Stall>,
    running: &Running,
    source: Source,
    how: SetHow,
    mark: Option<(Watermark, String)>,
    to: &Target,
) -> AppResult<(String, Vec<JobProblem>)> {
    let mut out = match to {
        Target::Folder(dir) => SetOut::folder(dir)?,
        Target::Zip(file) => SetOut::zip(file, ctx.env().now())?,
        Target::One(file) => SetOut::one(file),
    };
    let (media, grid, cancel) = (stall.media.clone(), how.form == SetForm::Grid, running.cancel_flag());
    let feed = Feed { stall, photos: true, piece: 1 };
    let write = move |mut chunks: Chunks| -> AppResult<(String, Vec<JobProblem>)> {
        let mut renderer = Renderer::new(media, how, mark)?;
        let (mut problems, mut last, mut files) = (Vec::new(), String::new(), 0);
        while let Some(chunk) = chunks.next() {
            for unit in &chunk.units {
                let photos = chunk.photos.get(&unit.id).map_or(&[][..], Vec::as_slice);
                let no = unit.unit.stock_no.clone().unwrap_or_default();
                let shots = if grid { photos.len().min(1) } else { photos.len() };
                if shots == 0 {
                    problems.push(JobProblem { name: no.clone(), error: ErrorCode::NothingToExport.into() });
                }
                for n in 0..shots {
                    if cancel.load(std::sync::atomic::Ordering::Relaxed) {
                        return Err(ErrorCode::Cancelled.into());
                    }
                    let made = match photos.get(n) {
                        _ if grid => renderer.nine_shot(unit, photos),
                        Some(photo) => renderer.shot(unit, n + 1, photo),
                        None => continue,
                    };
                    match made {
                        Ok(shot) => {
                            out.put(&shot)?;
                            files += 1;
                            last = shot.name;
                        }
                        // One picture that is gone or broken must not keep the others.
                        Err(e) => problems.push(JobProblem { name: no.clone(), error: e }),
                    }
                }
            }
        }
        chunks.check()?;
        if files == 0 {
            return Err(problems.pop().map_or_else(|| ErrorCode::NothingToExport.into(), |p| p.error));
        }
        out.finish()?;
        Ok((last, problems))
    };
    feed.through(running, source, write).await
}

/// One picture of a set, to look at.
///
/// # Errors
/// `NotFound`, what a watermark to try is refused for.
pub async fn preview(ctx: &Ctx, input: SetPreviewInput) -> AppResult<SetPreview> {
    let stall = ctx.stall();
    let id = match input.unit_id {
        Some(id) => Some(id),
        None => any_with_photos(&stall).await?,
    };
    let nothing = SetPreview { url: None, width: 0, height: 0, photos: 0 };
    let Some(id) = id else { return Ok(nothing) };
    let Some(unit) = unit_export::records(&stall.store, &[id]).await?.pop() else {
        return Err(ErrorCode::NotFound.into());
    };
    let photos = unit_export::photos(&stall.store, &[id]).await?.remove(&id).unwrap_or_default();
    if photos.is_empty() {
        return Ok(nothing);
    }
    let mark = mark(&stall, &input.how, input.mark).await?;
    let media = stall.media.clone();
    let work = move || -> AppResult<SetPreview> {
        let count = u32::try_from(photos.len()).unwrap_or(u32::MAX);
        let grid = input.how.form == SetForm::Grid;
        let mut renderer = Renderer::new(media, input.how, mark)?;
        let picture = match photos.first() {
            _ if grid => renderer.nine(&unit, &photos)?,
            Some(cover) => renderer.picture(&unit, cover)?,
            None => return Ok(nothing),
        };
        let (width, height) = (picture.width as u32, picture.height as u32);
        let picture = if input.full { picture } else { picture.within(PREVIEW)? };
        let url = format!("data:image/jpeg;base64,{}", STANDARD.encode(picture.jpeg(85)?));
        Ok(SetPreview { url: Some(url), width, height, photos: count })
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
}

async fn any_with_photos(stall: &Stall) -> AppResult<Option<Id>> {
    let page = units::list(&stall.store, &UnitQuery { limit: 100, ..UnitQuery::default() }).await?;
    Ok(page.rows.iter().find(|u| u.photos > 0).map(|u| u.id))
}
