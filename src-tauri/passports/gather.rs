//! What a passport is made from: the unit, its last report, its photographs as copies of their own.

use std::sync::Arc;

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{Category, PassportSettings, PassportWant, Photo, Report, UnitDetail},
    shot_list,
};
use stall_media::{Blob, Size, Worker, sniff};
use stall_passport::doc::{self, OpenCode, Say};
use stall_store::tables::{inspection_reports, passports as table, settings, units};

use crate::{photo_copies, stall::Stall};

/// Long side and quality of an embedded copy.
const SIDE: usize = 1_080;
const QUALITY: i32 = 82;
/// More make a file nobody sends.
const PHOTOS_MOST: usize = 24;
/// Views that show the device's codes.
const PRIVATE: [&str; 1] = ["imei"];

/// All that bears on a passport but the pictures themselves.
#[derive(Debug)]
pub struct Source {
    pub unit: UnitDetail,
    /// The last report.
    pub report: Option<Report>,
    pub settings: PassportSettings,
    pub stall: String,
    pub codes: Vec<OpenCode>,
}

/// Reads it.
///
/// # Errors
/// `NotFound`.
pub async fn source(stall: &Stall, unit: Id) -> AppResult<Source> {
    let unit = units::get(&stall.store, unit).await?;
    let report = match unit.inspection.reports.first() {
        Some(head) => Some(inspection_reports::get(&stall.store, head.id).await?),
        None => None,
    };
    let codes = [("imei", &unit.imei), ("imei2", &unit.imei2), ("meid", &unit.meid), ("serial", &unit.serial)];
    let codes = codes
        .into_iter()
        .filter_map(|(kind, code)| {
            Some(OpenCode { kind: kind.to_owned(), code: code.clone().filter(|c| !c.is_empty())? })
        })
        .collect();
    Ok(Source {
        report,
        settings: table::settings(&stall.store).await?,
        stall: settings::get(&stall.store).await?.stall_name,
        codes,
        unit,
    })
}

impl Source {
    /// What is lacking.
    #[must_use]
    pub fn wants(&self) -> Vec<PassportWant> {
        let mut wants = Vec::new();
        match &self.report {
            None => wants.push(PassportWant::Inspection),
            Some(r) if r.head.blocked > 0 || r.result.last.is_none() => wants.push(PassportWant::Unblocked),
            Some(_) => {}
        }
        if self.unit.photos.is_empty() {
            wants.push(PassportWant::Photos);
        }
        if self.stall.is_empty() {
            wants.push(PassportWant::StallName);
        }
        wants
    }

    /// The first thing that is lacking, as an error.
    ///
    /// # Errors
    /// `PassportNoReport`, `PassportBlocked {what}`, `PassportNoPhotos`, `PassportNoStallName`.
    pub fn ready(&self) -> AppResult<&Report> {
        let no = |code: ErrorCode| Err(AppError::new(code).arg("stock_no", &self.unit.row.stock_no));
        match self.wants().first() {
            Some(PassportWant::Inspection) => no(ErrorCode::PassportNoReport),
            Some(PassportWant::Unblocked) => no(ErrorCode::PassportBlocked),
            Some(PassportWant::Photos) => no(ErrorCode::PassportNoPhotos),
            Some(PassportWant::StallName) => no(ErrorCode::PassportNoStallName),
            None => self.report.as_ref().map_or_else(|| no(ErrorCode::PassportNoReport), Ok),
        }
    }

    /// Whether a passport says what is so now.
    #[must_use]
    pub fn said_by(&self, document: &stall_passport::Document, report_id: Id) -> bool {
        let s = &document.sections;
        let photos = self.unit.photos.iter().take(PHOTOS_MOST).map(|p| (p.blob.as_str(), p.edited));
        let erased = self.unit.inspection.erasure.as_ref().map(|e| (e.done.at.0, e.verified.as_ref().map(|v| v.at.0)));
        self.report.as_ref().is_some_and(|r| r.head.id == report_id)
            && photos.eq(s.photos.iter().map(|p| (p.original.as_str(), p.edited)))
            && erased == s.history.erasure.as_ref().map(|e| (e.at, e.verified_at))
            && s.stall.name == self.stall
            && s.stall.address == self.settings.address
            && s.stall.signer == self.settings.signer
            && s.terms == stall_passport::terms(&self.settings)
    }
}

/// The unit's photographs with copies made for the passport: files before rows.
///
/// # Errors
/// `FileMissing`, `PhotoDamaged`, `DiskFull`.
pub async fn photos(stall: &Arc<Stall>, unit: &UnitDetail) -> AppResult<Vec<doc::Photo>> {
    let mut out = Vec::new();
    for photo in unit.photos.iter().take(PHOTOS_MOST) {
        let (bytes, _) = photo_copies::load(stall, Blob::parse(&photo.shown)?, Size::View).await?;
        let media = stall.media.clone();
        let work = move || -> AppResult<(String, u32, u32)> {
            let picture = Worker::new()?.upright(&bytes, sniff(&bytes, "")?)?.within(SIDE)?;
            let name = media.put(&picture.jpeg(QUALITY)?)?.as_str().to_owned();
            let pixels = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            Ok((name, pixels(picture.width), pixels(picture.height)))
        };
        let (copy, width, height) = crate::labels::away(work).await?;
        out.push(described(photo, unit.row.category, copy, width, height));
    }
    Ok(out)
}

fn described(photo: &Photo, category: Category, copy: String, width: u32, height: u32) -> doc::Photo {
    let shot = shot_list::of(category).iter().find(|s| s.id == photo.shot);
    doc::Photo {
        shot: photo.shot.clone(),
        title: shot.map_or_else(|| Say::new("照片", "Photograph"), |s| Say::new(&s.zh, &s.en)),
        original: photo.blob.clone(),
        copy,
        width,
        height,
        edited: photo.edited,
        taken_at: photo.taken_at.map(|at| at.0),
        private: PRIVATE.contains(&photo.shot.as_str()),
    }
}
