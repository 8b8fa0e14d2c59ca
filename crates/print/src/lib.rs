//! What the stall prints. A label is laid out once, in whole dots of the printer it is for, and then painted: as bits
//! for label printers and previews, as a PDF with text and vector bars for the print dialogue.
//!
//! Whole dots are why labels are not set by typst: a bar or a QR module that ends between two dots of a 203 dpi head
//! prints ragged and stops being readable, and a typesetter that thinks in points cannot promise that.

pub mod bits;
mod codes;
mod fit;
mod font;
mod layout;
mod marks;
mod pdf;
pub mod raw;
mod sheet;
mod template;

pub use bits::Bits;
pub use font::Fonts;
pub use layout::{Laid, lay_out};
pub use marks::{Mark, Weight};
pub use pdf::{Page, Placed, pdf};
pub use sheet::{pages, sheets_needed};

use stall_core::{AppError, ErrorCode};

/// Dots a millimetre of a resolution. Label printers of 203 and 300 dpi have 8 and 12 (11.8) dots a millimetre.
#[must_use]
pub fn dots_per_mm(dpi: u16) -> f32 {
    match dpi {
        203 => 8.0,
        _ => f32::from(dpi) / 25.4,
    }
}

/// What cannot happen with the fonts and layouts that are built in.
fn broken(what: impl ToString) -> AppError {
    AppError::new(ErrorCode::Internal).detail(what)
}
