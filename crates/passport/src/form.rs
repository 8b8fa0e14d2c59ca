//! The forms that are set as pages: A4, card, long and short picture, and the sheet of a lot.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{PassportCopy, PassportLang, PassportView},
};

use crate::{
    Document,
    page::stamp,
    page_words::{Words, words},
    qr, set,
    small::{self, Room},
    view::view,
};

/// JPEGs by BLAKE3 of their bytes.
pub type Pictures = BTreeMap<String, Arc<Vec<u8>>>;

/// A form made by the typesetter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A4 as PDF.
    Pdf,
    /// PDF of one page, 100 mm wide.
    Card,
    /// JPEG, 1080 pixels wide, as high as it needs.
    Long,
    /// JPEG, 1080 x 1350.
    Short,
}

impl Form {
    fn template(self) -> &'static str {
        match self {
            Self::Pdf => "a4",
            Self::Card => "card",
            Self::Long => "long",
            Self::Short => "short",
        }
    }

    /// The room of the hero, of a flaw's photograph and of any other. The frames are those of the templates, in pixels of
    /// the picture; paper is printed at a resolution of its own and takes a picture whole.
    fn rooms(self) -> [Room; 3] {
        match self {
            Self::Pdf => [Room::Within(720), Room::Within(720), Room::Within(420)],
            Self::Card => [Room::Within(560), Room::Within(560), Room::Within(300)],
            Self::Long => [Room::Frame(430, 600), Room::Frame(462, 250), Room::Frame(228, 214)],
            Self::Short => [Room::Frame(396, 524), Room::Frame(396, 524), Room::Frame(228, 214)],
        }
    }

    /// The room of one photograph; one that stands in two frames is cut to neither.
    fn room(self, hero: bool, flaw: bool) -> Room {
        let [at_hero, at_flaw, other] = self.rooms();
        match (hero, flaw) {
            (true, true) => Room::Within(760),
            (true, false) => at_hero,
            (false, true) => at_flaw,
            (false, false) => other,
        }
    }
}

#[derive(Serialize)]
struct Data<'a> {
    v: &'a PassportView,
    w: &'a Words,
    stamp: Vec<String>,
    /// Place of a photograph -> its file; private ones have none.
    photos: Vec<Option<String>>,
    qr: bool,
}

/// Makes a form from the embedded copies.
///
/// # Errors
/// `FileMissing` for a photograph that is not handed in; `Internal` when a template fails.
pub fn make(
    doc: &Document,
    form: Form,
    lang: PassportLang,
    copy: PassportCopy,
    pictures: &Pictures,
) -> AppResult<Vec<u8>> {
    let v = view(doc, lang, copy)?;
    let w = words(&v, copy);
    let mut files = set::Files::default();
    let mut photos = Vec::new();
    let mut wanted = Vec::new();
    for (n, p) in v.photos.iter().enumerate() {
        if p.copy.is_empty() {
            photos.push(None);
            continue;
        }
        let jpeg = pictures.get(&p.copy).ok_or_else(|| AppError::new(ErrorCode::FileMissing).arg("name", &p.copy))?;
        let at = u32::try_from(n).ok();
        let room = form.room(v.hero == at, v.flaws.iter().any(|f| f.photo == at));
        wanted.push((format!("{n}.jpg"), jpeg.clone(), room));
        photos.push(Some(format!("{n}.jpg")));
    }
    if form == Form::Short {
        // It shows the hero and the flaws only.
        wanted.retain(|(name, ..)| name.trim_end_matches(".jpg").parse().is_ok_and(|n: u32| shown_short(&v, n)));
    }
    files.extend(small::all(wanted)?);
    files.insert("qr.svg".to_owned(), Arc::new(qr::svg(&qr::payload(doc)?)?.into_bytes()));
    let data = Data { v: &v, w: &w, stamp: stamp(&v.stall), photos, qr: true };
    set::set(form.template(), &data, files, output(form), &format!("{} {} {}", w.title, v.number, v.model))
}

fn shown_short(v: &PassportView, n: u32) -> bool {
    v.hero == Some(n) || v.flaws.iter().take(2).any(|f| f.photo == Some(n))
}

fn output(form: Form) -> set::Output {
    match form {
        Form::Pdf | Form::Card => set::Output::Pdf,
        Form::Long | Form::Short => set::Output::Jpeg { width: 1080 },
    }
}

/// A sheet that lists several units.
#[derive(Debug, Clone, Serialize)]
pub struct Sheet {
    pub title: String,
    /// Stall, day, how many.
    pub note: String,
    pub heads: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Below it.
    pub foot: String,
    pub lang: PassportLang,
}

/// The sheet as a PDF, A4 across.
///
/// # Errors
/// `Internal` when the template fails.
pub fn lot_sheet(sheet: &Sheet) -> AppResult<Vec<u8>> {
    set::set("lot", sheet, set::Files::default(), set::Output::Pdf, &sheet.title)
}
