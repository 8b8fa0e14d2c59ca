//! From units and places to labels: pictures, documents, bytes. Laid out away from the async threads.

use base64::Engine;
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{
        LabelFormat, LabelLanguage, LabelMake, LabelPreview, LabelPreviewInput, LabelPrinter, LabelSettings, LabelShow,
        LabelWhat, PrinterLanguage, StagedFile,
    },
    labels::{self, DPIS, LabelWords, MAX_LABELS, Paper},
};
use stall_print::{
    Bits, Fonts, Laid, dots_per_mm, lay_out, pages, pdf,
    raw::{self, Roll},
};
use stall_store::tables::{
    labels::{self as table, Printed},
    settings,
};

use crate::ctx::Ctx;

/// Copies of one label.
const COPIES: std::ops::RangeInclusive<u8> = 1..=20;
/// A laser printer's dots: sheets are drawn on this grid.
const SHEET_DPI: u16 = 600;

/// The words of the labels wanted, and for units what marks them as printed.
#[derive(Debug)]
pub struct Order {
    pub words: Vec<LabelWords>,
    /// As long as `words` for units, empty else.
    pub prints: Vec<Printed>,
}

/// Reads what is wanted.
///
/// # Errors
/// `NothingToLabel`, `TooManyLabels {max}`, `NotFound` when a unit is gone, `BadInput` for a place's name.
pub async fn order(ctx: &Ctx, what: &LabelWhat, show: &LabelShow, language: LabelLanguage) -> AppResult<Order> {
    let stall = ctx.stall();
    match what {
        LabelWhat::Units { ids } => {
            counted(ids.len())?;
            let facts = table::facts(&stall.store, ids).await?;
            let words = facts.iter().map(|f| labels::unit_words(f, show, language)).collect();
            let states = |f: &labels::LabelFacts| Some(labels::stated(f, show).to_string());
            let prints = facts.iter().filter_map(|f| Some(Printed { unit: f.unit?, states: states(f) })).collect();
            Ok(Order { words, prints })
        }
        LabelWhat::Shelves { names } => {
            counted(names.len())?;
            let stall_name = settings::get(&stall.store).await?.stall_name;
            let words = |n: &String| labels::shelf_name(n).map(|n| labels::shelf_words(&n, &stall_name));
            Ok(Order { words: names.iter().map(words).collect::<AppResult<_>>()?, prints: Vec::new() })
        }
        LabelWhat::Example => Ok(Order {
            words: vec![labels::unit_words(&labels::example(language), show, language)],
            prints: Vec::new(),
        }),
    }
}

fn counted(n: usize) -> AppResult<()> {
    match n {
        0 => Err(ErrorCode::NothingToLabel.into()),
        n if n > MAX_LABELS => Err(AppError::new(ErrorCode::TooManyLabels).arg("max", MAX_LABELS)),
        _ => Ok(()),
    }
}

/// What marks these units as labelled with what their labels state now, or takes that back.
///
/// # Errors
/// As [`order`].
pub async fn prints(ctx: &Ctx, ids: &[Id], printed: bool) -> AppResult<Vec<Printed>> {
    if !printed {
        counted(ids.len())?;
        return Ok(ids.iter().map(|unit| Printed { unit: *unit, states: None }).collect());
    }
    let s = table::settings(&ctx.stall().store).await?;
    Ok(order(ctx, &LabelWhat::Units { ids: ids.to_vec() }, &s.show, s.language).await?.prints)
}

/// One label as a picture.
///
/// # Errors
/// As [`order`]; `BadInput` for a paper or resolution there is not.
pub async fn preview(ctx: &Ctx, input: LabelPreviewInput) -> AppResult<LabelPreview> {
    let s = table::settings(&ctx.stall().store).await?;
    let (show, language) = (input.show.unwrap_or(s.show), input.language.unwrap_or(s.language));
    let paper = labels::paper(&input.paper)?;
    let dpi = checked_dpi(input.dpi)?;
    let (one, count) = only(input.what, input.index);
    let words = order(ctx, &one, &show, language).await?.words.into_iter().next().ok_or(ErrorCode::NothingToLabel)?;
    away(move || {
        let (fonts, mm) = (Fonts::open()?, dots_per_mm(dpi));
        let laid = lay_out(&fonts, paper, &words, mm)?;
        let png = Bits::of(&fonts, &laid).png(mm)?;
        let image = format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(png));
        let instead = if words.bars.first().is_none_or(|b| *b == laid.bars) { String::new() } else { laid.bars };
        Ok(LabelPreview { image, width: paper.width, height: paper.height, count, instead })
    })
    .await
}

/// One of what is wanted, and how many there are.
fn only(what: LabelWhat, index: u32) -> (LabelWhat, u32) {
    let at = index as usize;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    match what {
        LabelWhat::Units { ids } => {
            let one = ids.get(at).or(ids.last()).copied().into_iter().collect();
            (LabelWhat::Units { ids: one }, count(ids.len()))
        }
        LabelWhat::Shelves { names } => {
            let one = names.get(at).or(names.last()).cloned().into_iter().collect();
            (LabelWhat::Shelves { names: one }, count(names.len()))
        }
        LabelWhat::Example => (LabelWhat::Example, 1),
    }
}

/// Makes a file of labels.
///
/// # Errors
/// As [`preview`]; `FileTooLarge`, `DiskFull`.
pub async fn make(ctx: &Ctx, input: LabelMake) -> AppResult<StagedFile> {
    let s = table::settings(&ctx.stall().store).await?;
    let paper = labels::paper(&input.paper)?;
    let copies = checked_copies(input.copies)?;
    let order = order(ctx, &input.what, &s.show, s.language).await?;
    let words: Vec<LabelWords> =
        order.words.into_iter().flat_map(|w| std::iter::repeat_n(w, usize::from(copies))).collect();
    if words.len() > MAX_LABELS {
        return Err(AppError::new(ErrorCode::TooManyLabels).arg("max", MAX_LABELS));
    }
    let name = format!("labels-{}-{}.{}", paper.id, words.len(), ending(input.format));
    let bytes = away(move || bytes(&words, paper, &s, &input)).await?;
    ctx.staging().put(ctx.env().new_id()?, &name, &bytes)
}

fn bytes(words: &[LabelWords], paper: &'static Paper, s: &LabelSettings, input: &LabelMake) -> AppResult<Vec<u8>> {
    let fonts = Fonts::open()?;
    let document = input.format == LabelFormat::Pdf && paper.sheet.is_some();
    let mm = dots_per_mm(if document { SHEET_DPI } else { s.dpi });
    let laid: Vec<Laid> = words.iter().map(|w| lay_out(&fonts, paper, w, mm)).collect::<AppResult<_>>()?;
    let language = match input.format {
        LabelFormat::Pdf => return pdf(&fonts, &pages(paper, laid, input.start), "Labels"),
        LabelFormat::Png => return Bits::strip(&fonts, &laid).png(mm),
        LabelFormat::Tspl => PrinterLanguage::Tspl,
        LabelFormat::Zpl => PrinterLanguage::Zpl,
        LabelFormat::Escpos => PrinterLanguage::Escpos,
    };
    let roll = Roll {
        language,
        width: paper.width,
        height: paper.height,
        gap: paper.gap,
        dots_per_mm: mm,
        darkness: 8,
        copies: 1,
    };
    Ok(laid.iter().flat_map(|l| raw::label(&Bits::of(&fonts, l), &roll)).collect())
}

fn ending(format: LabelFormat) -> &'static str {
    match format {
        LabelFormat::Pdf => "pdf",
        LabelFormat::Png => "png",
        LabelFormat::Tspl => "tspl",
        LabelFormat::Zpl => "zpl",
        LabelFormat::Escpos => "bin",
    }
}

/// The bytes that print one label on this printer.
///
/// # Errors
/// `BadInput` for a paper there is not.
pub fn for_printer(words: &LabelWords, printer: &LabelPrinter, copies: u8) -> AppResult<Vec<u8>> {
    let (fonts, mm, paper) = (Fonts::open()?, dots_per_mm(printer.dpi), labels::paper(&printer.paper)?);
    let tenths = |n: i8| (f32::from(n) / 10.0 * mm).round() as i32;
    let bits = Bits::of(&fonts, &lay_out(&fonts, paper, words, mm)?);
    let roll = Roll {
        language: printer.language,
        width: paper.width,
        height: paper.height,
        gap: f32::from(printer.gap) / 10.0,
        dots_per_mm: mm,
        darkness: printer.darkness,
        copies,
    };
    Ok(raw::label(&bits.shifted(tenths(printer.shift_x), tenths(printer.shift_y)), &roll))
}

/// Checks how many copies of each label are wanted.
///
/// # Errors
/// `BadInput`.
pub fn checked_copies(copies: u8) -> AppResult<u8> {
    if COPIES.contains(&copies) { Ok(copies) } else { Err(AppError::new(ErrorCode::BadInput).arg("field", "copies")) }
}

fn checked_dpi(dpi: u16) -> AppResult<u16> {
    if DPIS.contains(&dpi) || dpi == SHEET_DPI {
        Ok(dpi)
    } else {
        Err(AppError::new(ErrorCode::BadInput).arg("field", "dpi"))
    }
}

/// Work that would hold an async thread.
pub async fn away<T: Send + 'static>(work: impl FnOnce() -> AppResult<T> + Send + 'static) -> AppResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
}
