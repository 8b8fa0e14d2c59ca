//! The passport of a unit (一机一报): the signed document, its verifier, and its forms. Bytes in, bytes out: photographs, key and
//! time are handed in. `docs/passport.md` describes the format for strangers.

pub mod canon;
pub mod doc;
mod draft;
mod escape;
pub mod form;
mod issue;
mod key;
mod page;
mod page_words;
mod qr;
mod set;
mod small;
mod verify;
mod view;

pub use doc::Document;
pub use draft::{Facts, draft, terms};
pub use form::{Form, Sheet, lot_sheet, make};
pub use issue::{Place, closed, commitment, issue, salt, tail};
pub use key::{StallKey, fingerprint};
pub use page::html;
pub use small::size;
pub use verify::{Checked, Fault, verify};
pub use view::view;

pub use stall_core::passport_number as number;
use stall_core::{AppError, ErrorCode};

/// What cannot happen with documents of ours.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

impl Broken {
    pub(crate) fn of(what: impl ToString) -> Self {
        Self(what.to_string())
    }
}

impl From<Broken> for AppError {
    fn from(b: Broken) -> Self {
        Self::new(ErrorCode::Internal).detail(b)
    }
}
