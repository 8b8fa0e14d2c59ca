//! One unit's photographs as they leave: sized, stamped, named.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{MarkPlace, SetHow, SetSize, SheetLanguage, Watermark},
    grades, manifest, money_text, shot_list,
    units_export::UnitRecord,
};
use stall_media::{Blob, BlobStore, Face, Picture, Place, Size, Stamp, Strip, Worker, grid, sniff};
use stall_store::tables::unit_export::UnitPhoto;

/// Quality of what leaves, by size: an original should stay one.
const QUALITY: i32 = 85;
const QUALITY_ORIGINAL: i32 = 92;
/// Side of a square picture.
const SQUARE: usize = 1_080;

/// Makes pictures; keeps its decoder and its face.
pub(super) struct Renderer {
    media: Arc<BlobStore>,
    how: SetHow,
    mark: Option<Mark>,
    face: Face,
    worker: Worker,
}

struct Mark {
    mark: Watermark,
    logo: Option<Vec<u8>>,
    stall: String,
}

/// A file of a set.
pub(super) struct Shot {
    pub name: String,
    pub jpeg: Vec<u8>,
}

/// The PNG behind a watermark's logo.
///
/// # Errors
/// `BadInput` for text that is no base64.
pub(super) fn logo(mark: &Watermark) -> AppResult<Option<Vec<u8>>> {
    let decode = |text: &String| {
        STANDARD.decode(text).map_err(|e| AppError::new(ErrorCode::BadInput).arg("field", "logo").detail(e))
    };
    mark.logo.as_ref().map(decode).transpose()
}

impl Renderer {
    pub fn new(media: Arc<BlobStore>, how: SetHow, mark: Option<(Watermark, String)>) -> AppResult<Self> {
        let mark = match mark {
            Some((mark, stall)) => Some(Mark { logo: logo(&mark)?, mark, stall }),
            None => None,
        };
        Ok(Self { media, how, mark, face: super::face()?, worker: Worker::new()? })
    }

    /// The photograph at the set's size, stamped.
    pub fn picture(&mut self, unit: &UnitRecord, photo: &UnitPhoto) -> AppResult<Picture> {
        let picture = match self.how.size {
            SetSize::Original => self.original(photo)?,
            SetSize::View => self.view(photo)?,
            SetSize::Square => self.view(photo)?.square(SQUARE)?,
        };
        self.stamped(unit, picture)
    }

    fn view(&mut self, photo: &UnitPhoto) -> AppResult<Picture> {
        self.decoded(&super::picture::view(&self.media, photo)?)
    }

    fn original(&mut self, photo: &UnitPhoto) -> AppResult<Picture> {
        // What a person cut off or blurred must not leave with the original.
        if photo.edits.is_some() {
            return self.view(photo);
        }
        let bytes = self.media.read(&Blob::parse(&photo.blob)?, Size::Full)?;
        self.decoded(&bytes)
    }

    fn decoded(&mut self, bytes: &[u8]) -> AppResult<Picture> {
        self.worker.upright(bytes, sniff(bytes, "")?)
    }

    fn stamped(&self, unit: &UnitRecord, mut picture: Picture) -> AppResult<Picture> {
        if let Some(mark) = &self.mark {
            let short = picture.width.min(picture.height) as f32;
            let high = short * f32::from(mark.mark.size) / 100.0;
            let stamp = match &mark.logo {
                // A logo is a picture: it wants more room than words of the same height.
                Some(png) => Some(Stamp::logo(png, (high * 2.0) as usize)?),
                None => Some(mark.words(unit)).filter(|w| !w.is_empty()).map(|w| Stamp::words(&self.face, high, &w)),
            };
            let place = match mark.mark.place {
                MarkPlace::Corner => Place::Corner,
                MarkPlace::Tiled => Place::Tiled,
            };
            if let Some(stamp) = stamp {
                stamp.stamp(&mut picture, place, f32::from(mark.mark.opacity) / 100.0);
            }
        }
        Ok(picture)
    }

    /// The pictures of a unit one by one, each as it is made.
    pub fn shot(&mut self, unit: &UnitRecord, n: usize, photo: &UnitPhoto) -> AppResult<Shot> {
        let quality = if self.how.size == SetSize::Original { QUALITY_ORIGINAL } else { QUALITY };
        let jpeg = self.picture(unit, photo)?.jpeg(quality)?;
        let no = manifest::file_part(number(unit));
        let view = shot_list::all().lists.iter().flat_map(|l| &l.shots).find(|s| s.id == photo.shot);
        let name = match (view, self.how.language) {
            (Some(view), SheetLanguage::Zh) => format!("{no}-{n:02}-{}.jpg", manifest::file_part(&view.zh)),
            (Some(view), SheetLanguage::En) => format!("{no}-{n:02}-{}.jpg", manifest::file_part(&view.en)),
            (None, _) => format!("{no}-{n:02}.jpg"),
        };
        Ok(Shot { name, jpeg })
    }

    /// Up to nine photographs in one picture, stamped as a whole.
    pub fn nine(&mut self, unit: &UnitRecord, photos: &[UnitPhoto]) -> AppResult<Picture> {
        let mut pictures = Vec::new();
        for photo in photos.iter().take(9) {
            pictures.push(self.view(photo)?);
        }
        let photos = self.stamped(unit, grid(&pictures, None)?)?;
        if !self.how.strip {
            return Ok(photos);
        }
        // Words stand under the pictures, not under the stamp.
        let words = strip(unit, self.how.language);
        let below = grid(&[], Some((&words, &self.face)))?;
        let mut out = Picture::plain(photos.width, photos.height + below.height, [255; 3]);
        out.put(&photos, 0, 0);
        out.put(&below, 0, photos.height);
        Ok(out)
    }

    pub fn nine_shot(&mut self, unit: &UnitRecord, photos: &[UnitPhoto]) -> AppResult<Shot> {
        let jpeg = self.nine(unit, photos)?.jpeg(QUALITY)?;
        let what = if self.how.language == SheetLanguage::En { "grid" } else { "九宫格" };
        Ok(Shot { name: format!("{}-{what}.jpg", manifest::file_part(number(unit))), jpeg })
    }
}

fn number(unit: &UnitRecord) -> &str {
    unit.unit.stock_no.as_deref().unwrap_or_default()
}

impl Mark {
    fn words(&self, unit: &UnitRecord) -> String {
        self.mark.text.replace("{stall}", &self.stall).replace("{no}", number(unit)).trim().to_owned()
    }
}

/// What the strip says: only what stands on a shelf tag. No cost, no floor price, no buyer.
fn strip(unit: &UnitRecord, language: SheetLanguage) -> Strip {
    let u = &unit.unit;
    let join = |parts: &[&Option<String>]| {
        parts.iter().filter_map(|p| p.as_deref()).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let grade = u.grade.as_deref().and_then(grades::by_id).map(|g| match language {
        SheetLanguage::Zh => g.zh.clone(),
        SheetLanguage::En => g.en.clone(),
    });
    let battery = u.battery.flatten().map(|b| match language {
        SheetLanguage::Zh => format!("电池 {b}%"),
        SheetLanguage::En => format!("Battery {b}%"),
    });
    let mut facts: Vec<String> = [grade, battery].into_iter().flatten().collect();
    facts.extend(u.badges.clone().unwrap_or_default());
    let price = u.price_live.flatten().or(u.price_list.flatten());
    Strip {
        stock_no: number(unit).to_owned(),
        name: join(&[&u.model, &u.storage, &u.colour]),
        facts: facts.join(" · "),
        price: price.map_or_else(String::new, |p| format!("¥{}", money_text::plain(p))),
    }
}
