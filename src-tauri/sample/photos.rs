//! The drawn photographs of the sample, taken in like a person's own.

use std::collections::HashMap;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use stall_core::{AppError, AppResult, ErrorCode, api::Category, shot_list};
use stall_media::{BlobStore, Worker, ingest};
use stall_store::tables::photos::NewPhoto;

static PHOTOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/sample/photos");
const DESIGNS: &str = include_str!("../../assets/sample/designs.json");

/// A device and its photographs.
#[derive(Debug, Clone, Deserialize)]
pub struct Design {
    pub category: Category,
    pub brand: String,
    pub model: String,
    pub storage: Vec<String>,
    pub colour: String,
    files: Vec<View>,
    #[serde(skip)]
    pub photos: Vec<NewPhoto>,
}

#[derive(Debug, Clone, Deserialize)]
struct View {
    view: String,
    file: String,
}

impl Design {
    /// Photographs of a unit: flaws and the battery page only where the unit has them.
    pub fn photos_of(&self, flawed: bool) -> Vec<NewPhoto> {
        let fits = |v: &View| flawed || !v.view.starts_with("flaw");
        self.files.iter().zip(&self.photos).filter(|(v, _)| fits(v)).map(|(_, p)| p.clone()).collect()
    }
}

/// Makes every photograph's copies; `step` gets percent done.
///
/// # Errors
/// `DiskFull`, `FolderReadOnly`, or what `step` answers.
pub async fn take_in(media: BlobStore, step: impl Fn(u32) -> AppResult<()>) -> AppResult<Vec<Design>> {
    let broken = |e: &dyn std::fmt::Display| AppError::new(ErrorCode::Internal).detail(e);
    let mut designs: Vec<Design> = serde_json::from_str(DESIGNS).map_err(|e| broken(&e))?;
    let (tell, mut told) = tokio::sync::mpsc::channel(4);
    let files: Vec<String> = designs.iter().flat_map(|d| d.files.iter().map(|v| v.file.clone())).collect();
    let total = files.len().max(1);
    let making = tokio::task::spawn_blocking(move || {
        let mut worker = Worker::new()?;
        for file in files {
            let bytes =
                PHOTOS.get_file(&file).ok_or_else(|| AppError::new(ErrorCode::FileMissing).arg("name", &file))?;
            let taken = ingest(&media, bytes.contents(), &file, &mut worker)?;
            let photo = NewPhoto {
                blob: taken.blob.as_str().to_owned(),
                file_name: file.clone(),
                width: taken.width,
                height: taken.height,
                bytes: u64::from(taken.bytes),
                dhash: Some(taken.dhash),
                sharp: Some(taken.sharp),
                light: Some(taken.light),
                shot: String::new(),
                source: String::new(),
                taken_at: taken.taken_at,
            };
            if tell.blocking_send((file, photo)).is_err() {
                break;
            }
        }
        AppResult::Ok(())
    });
    let mut done = HashMap::new();
    while let Some((file, photo)) = told.recv().await {
        done.insert(file, photo);
        step(u32::try_from(done.len() * 100 / total).unwrap_or(100))?;
    }
    making.await.map_err(|e| broken(&e))??;
    for d in &mut designs {
        let named = |v: &View| Some(NewPhoto { shot: shot_of(d.category, &v.view), ..done.get(&v.file)?.clone() });
        d.photos = d.files.iter().filter_map(named).collect();
    }
    Ok(designs)
}

/// The view of the shot list that a drawn view is.
fn shot_of(category: Category, view: &str) -> String {
    let lit = format!("{view}_on");
    let plain = view.trim_end_matches(|c: char| c.is_ascii_digit());
    let ids = [lit.as_str(), plain];
    let found = ids.into_iter().find(|id| shot_list::of(category).iter().any(|s| s.id == *id));
    found.unwrap_or_default().to_owned()
}
