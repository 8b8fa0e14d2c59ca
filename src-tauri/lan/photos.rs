//! `PUT /lan/photos/{id}`: photographs from phones, each stored once however often it is sent; `GET` says what is known.

use std::{
    collections::HashMap,
    path::{Path as FilePath, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::HeaderMap,
};
use serde::Deserialize;
use stall_core::{AppError, AppResult, ErrorCode, Id, Ms, api::PhoneReceipt};
use stall_media::{Worker, ingest};
use stall_store::tables::photo_receive::{self, Arrived, Place};
use tokio::{io::AsyncWriteExt, sync::Semaphore};

use super::{
    Lan, Limits, api,
    auth::Phone,
    body::{Reader, declared},
    kept::make_dir,
    router::Site,
};
use crate::{
    door::{fail::Fail, http::detached},
    photos_job, staging,
};

/// Photographs of one phone and place that follow each other this soon are one undo step.
const BURST: i64 = 2 * 60_000;
const TRAY_MAX: usize = 64;
const SHOT_MAX: usize = 40;

/// Photographs on their way in.
pub struct Desk {
    dir: PathBuf,
    next: AtomicU64,
    coming: Arc<Mutex<HashMap<Id, usize>>>,
    /// Decoding needs memory: as many at once as other photographs get.
    turns: Semaphore,
    workers: Mutex<Vec<Worker>>,
    steps: Mutex<HashMap<(Id, Place), (u32, Ms)>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl Desk {
    /// What an earlier run left half received goes.
    ///
    /// # Errors
    /// `FolderReadOnly`.
    pub fn new(dir: &FilePath) -> AppResult<Self> {
        let dir = dir.join("incoming");
        if dir.exists() {
            std::fs::remove_dir_all(&dir).map_err(|e| AppError::from_io(&e))?;
        }
        Ok(Self {
            dir,
            next: AtomicU64::new(0),
            coming: Arc::default(),
            turns: Semaphore::new(stall_media::default_workers()),
            workers: Mutex::default(),
            steps: Mutex::default(),
        })
    }

    fn come(&self, device: Id, limits: &Limits) -> AppResult<Coming> {
        let mut coming = lock(&self.coming);
        let total: usize = coming.values().sum();
        let own = coming.entry(device).or_insert(0);
        if total >= limits.uploads || *own >= limits.uploads_per_device {
            return Err(AppError::new(ErrorCode::TooMany).arg("seconds", 1));
        }
        *own += 1;
        Ok(Coming { all: self.coming.clone(), device })
    }

    fn place(&self) -> AppResult<Temp> {
        make_dir(&self.dir)?;
        Ok(Temp(self.dir.join(self.next.fetch_add(1, Ordering::Relaxed).to_string())))
    }

    fn step(&self, key: &(Id, Place), now: Ms) -> Option<u32> {
        let mut steps = lock(&self.steps);
        steps.retain(|_, (_, at)| (0..BURST).contains(&(now.0 - at.0)));
        steps.get(key).map(|(step, _)| *step)
    }
}

/// One photograph on its way; it counts until it is dropped.
struct Coming {
    all: Arc<Mutex<HashMap<Id, usize>>>,
    device: Id,
}

impl Drop for Coming {
    fn drop(&mut self) {
        let mut all = lock(&self.all);
        if let Some(n) = all.get_mut(&self.device) {
            *n -= 1;
            if *n == 0 {
                all.remove(&self.device);
            }
        }
    }
}

/// A file that goes when it is dropped.
struct Temp(PathBuf);

impl Drop for Temp {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

/// What the address says of the photograph.
#[derive(Debug, Deserialize)]
pub struct Said {
    unit: Option<Id>,
    tray: Option<String>,
    #[serde(default)]
    shot: String,
    #[serde(default)]
    name: String,
    taken: Option<i64>,
}

impl Said {
    fn checked(self) -> AppResult<(Place, Self)> {
        let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
        let short = |text: &str, max: usize| text.chars().count() <= max && !text.chars().any(char::is_control);
        let to = match (self.unit, &self.tray) {
            (Some(unit), None) => Place::Unit(unit),
            (None, Some(tray)) if !tray.trim().is_empty() && short(tray, TRAY_MAX) => {
                Place::Tray(tray.trim().to_owned())
            }
            (None, Some(_)) => return Err(bad("tray")),
            _ => return Err(bad("unit")),
        };
        if !short(&self.shot, SHOT_MAX) {
            return Err(bad("shot"));
        }
        // Before 2000 or beyond 2^53 is no camera's time.
        if self.taken.is_some_and(|t| !(946_684_800_000..9_007_199_254_740_992).contains(&t)) {
            return Err(bad("taken"));
        }
        Ok((to, self))
    }
}

/// Takes one photograph in. Answers the same however often it is sent.
pub async fn put(
    State(site): State<Site>,
    Extension(phone): Extension<Phone>,
    Path(id): Path<String>,
    query: Result<Query<Said>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<PhoneReceipt>, Fail> {
    let (lan, id) = (site.ctx.lan().clone(), api::id(&id)?);
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    let Query(said) = query.map_err(|_| bad("query"))?;
    let (to, said) = said.checked()?;
    let promised = promised(&headers)?;
    let limits = lan.limits();
    let name = staging::clean_name(&said.name);
    if declared(&headers) > limits.photo_bytes {
        return Err(too_large(&name, &limits).into());
    }
    let coming = lan.0.photos.come(phone.id, &limits)?;
    let body = Reader::new(body, limits);
    // Apart from the connection: what has come whole is stored even if the phone does not wait for the answer.
    let work = async move {
        let answer = take_in(&lan, &phone, id, to, &said, (name, promised, body)).await;
        drop(coming);
        answer
    };
    Ok(Json(detached(work).await?))
}

async fn take_in(
    lan: &Lan,
    phone: &Phone,
    id: Id,
    to: Place,
    said: &Said,
    (name, promised, body): (String, Option<blake3::Hash>, Reader),
) -> AppResult<PhoneReceipt> {
    let known = photo_receive::receipt(&phone.stall.store, id).await?;
    if !known.stored {
        photo_receive::can_go(&phone.stall.store, &to).await?;
    }
    let temp = lan.0.photos.place()?;
    let hash = receive(body, &temp.0, &name).await?;
    let other = || AppError::new(ErrorCode::HashMismatch).arg("id", id);
    if promised.is_some_and(|p| p != hash) {
        return Err(other());
    }
    // What was asked a while ago may have been answered otherwise since.
    phone.still().await?;
    if known.stored {
        return if known.blob.as_deref() == Some(hash.to_hex().as_str()) { Ok(known) } else { Err(other()) };
    }
    store(lan, phone, id, to, said, name, temp).await
}

/// Whether a photograph is stored.
pub async fn get(Extension(phone): Extension<Phone>, Path(id): Path<String>) -> Result<Json<PhoneReceipt>, Fail> {
    Ok(Json(photo_receive::receipt(&phone.stall.store, api::id(&id)?).await?))
}

/// The hash the phone says it sends.
fn promised(headers: &HeaderMap) -> AppResult<Option<blake3::Hash>> {
    let Some(value) = headers.get("x-blake3") else { return Ok(None) };
    let hash = value.to_str().ok().and_then(|v| blake3::Hash::from_hex(v).ok());
    hash.map(Some).ok_or_else(|| AppError::new(ErrorCode::BadInput).arg("field", "x-blake3"))
}

fn too_large(name: &str, limits: &Limits) -> AppError {
    AppError::new(ErrorCode::FileTooLarge)
        .arg("name", name)
        .arg("limit", format!("{} MB", limits.photo_bytes / 1_000_000))
}

/// Writes the body to a file; gives the BLAKE3 of what came.
async fn receive(mut body: Reader, path: &FilePath, name: &str) -> AppResult<blake3::Hash> {
    let max = body.limit();
    let io = |e: std::io::Error| AppError::from_io(&e).arg("name", name);
    let mut file = tokio::fs::File::create(path).await.map_err(io)?;
    let mut hasher = blake3::Hasher::new();
    while let Some(chunk) = body.next().await? {
        if body.seen > max.photo_bytes {
            return Err(too_large(name, &max));
        }
        hasher.update(&chunk);
        file.write_all(&chunk).await.map_err(io)?;
    }
    file.flush().await.map_err(io)?;
    if body.seen == 0 {
        return Err(AppError::new(ErrorCode::FileEmpty).arg("name", name));
    }
    Ok(hasher.finalize())
}

/// Files first, then the row that names them.
async fn store(
    lan: &Lan,
    phone: &Phone,
    id: Id,
    to: Place,
    said: &Said,
    name: String,
    temp: Temp,
) -> AppResult<PhoneReceipt> {
    let desk = &lan.0.photos;
    let turn = desk.turns.acquire().await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    let worker = lock(&desk.workers).pop();
    let (media, file_name) = (phone.stall.media.clone(), name.clone());
    let work = tokio::task::spawn_blocking(move || {
        let mut worker = match worker {
            Some(worker) => worker,
            None => Worker::new()?,
        };
        let taken = std::fs::read(&temp.0)
            .map_err(|e| AppError::from_io(&e))
            .and_then(|bytes| ingest(&media, &bytes, &file_name, &mut worker));
        Ok::<_, AppError>((taken, worker))
    });
    let (taken, worker) = work.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))??;
    lock(&desk.workers).push(worker);
    drop(turn);
    let mut photo = photos_job::row(taken?, &name);
    photo.shot.clone_from(&said.shot);
    photo.source = "phone".into();
    photo.taken_at = photo.taken_at.or(said.taken.map(Ms));
    let key = (phone.id, to.clone());
    let now = lan.0.env.now();
    let step = desk.step(&key, now);
    let arrived = Arrived { id, device: phone.id, to, photo };
    let out = photo_receive::receive(&phone.stall.store, &phone.actor(), &arrived, step).await?;
    if let Some(step) = out.changes.and_then(|c| c.step) {
        lock(&desk.steps).insert(key, (step, now));
    }
    Ok(out.value)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
