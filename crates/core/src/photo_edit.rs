//! Edits of a photograph that leave the original alone: what they are, which are allowed, and the name of the result.
//!
//! Numbers are whole so that the same edits always have the same text, and so the same name. Places are ten-thousandths of
//! the picture's width and height, from the top left.

use serde::{Deserialize, Serialize};

use crate::{AppError, AppResult, ErrorCode};

/// The far edge of a picture.
pub const FULL: u16 = 10_000;
/// Tenths of a degree, either way.
pub const MOST_TILT: i16 = 150;
/// Marks on one photograph.
pub const MOST_MARKS: usize = 60;
/// The shortest side of a crop: a hundredth of the picture.
const LEAST_SIDE: u16 = 100;

/// A rectangle inside a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct EditRect {
    pub x: u16,
    pub y: u16,
    pub w: u16,
    pub h: u16,
}

/// A point of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct EditPoint {
    pub x: u16,
    pub y: u16,
}

/// The colours of marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MarkColour {
    Red,
    Yellow,
    Green,
    Blue,
    White,
    Black,
}

impl MarkColour {
    /// sRGB.
    #[must_use]
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Self::Red => [228, 40, 40],
            Self::Yellow => [255, 205, 25],
            Self::Green => [40, 175, 85],
            Self::Blue => [40, 110, 235],
            Self::White => [255, 255, 255],
            Self::Black => [20, 20, 20],
        }
    }
}

/// One edit. Turn, tilt and crop count once each and act in that order, whatever their place in the list; marks are drawn in
/// the order they stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Edit {
    /// Quarter turns clockwise, 1-3.
    Turn { quarters: u8 },
    /// Tenths of a degree clockwise, -150 to 150. The picture grows so that no corner stays empty.
    Tilt { tenths: i16 },
    /// What is kept, in the turned and tilted picture.
    Crop { rect: EditRect },
    /// Made unreadable for good, in the upright original.
    Blur { rect: EditRect },
    /// From a tail to a head, in the upright original.
    Arrow { from: EditPoint, to: EditPoint, colour: MarkColour },
    /// An ellipse inside its rectangle, in the upright original.
    Circle { rect: EditRect, colour: MarkColour },
}

/// Edits in the order they act, each allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edits {
    /// Quarter turns clockwise, 0-3.
    pub quarters: u8,
    /// Tenths of a degree clockwise.
    pub tilt: i16,
    pub crop: Option<EditRect>,
    pub marks: Vec<Edit>,
}

impl Edits {
    /// Checks a list and puts it in order. An edit that changes nothing is left out.
    ///
    /// # Errors
    /// `BadInput` for numbers outside their range, two crops, or more than `MOST_MARKS` marks.
    pub fn of(list: &[Edit]) -> AppResult<Self> {
        let mut edits = Self::default();
        let (mut turned, mut tilted) = (false, false);
        for edit in list {
            match *edit {
                Edit::Turn { quarters } if !turned && quarters < 4 => (edits.quarters, turned) = (quarters, true),
                Edit::Tilt { tenths } if !tilted && tenths.unsigned_abs() <= MOST_TILT.unsigned_abs() => {
                    (edits.tilt, tilted) = (tenths, true)
                }
                Edit::Crop { rect } if edits.crop.is_none() && inside(rect, LEAST_SIDE) => edits.crop = Some(rect),
                Edit::Blur { rect } | Edit::Circle { rect, .. } if inside(rect, 1) => edits.marks.push(*edit),
                Edit::Arrow { from, to, .. } if [from.x, from.y, to.x, to.y].iter().all(|v| *v <= FULL) => {
                    edits.marks.push(*edit);
                }
                _ => return Err(refuse()),
            }
        }
        if edits.marks.len() > MOST_MARKS {
            return Err(refuse());
        }
        if edits.crop == Some(EditRect { x: 0, y: 0, w: FULL, h: FULL }) {
            edits.crop = None;
        }
        Ok(edits)
    }

    /// Reads what a row holds.
    ///
    /// # Errors
    /// `BadInput` when it is not such a list.
    pub fn read(json: &str) -> AppResult<Self> {
        Self::of(&serde_json::from_str::<Vec<Edit>>(json).map_err(|e| refuse().detail(e))?)
    }

    /// Nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The list in its one order.
    #[must_use]
    pub fn list(&self) -> Vec<Edit> {
        let turn = (self.quarters != 0).then_some(Edit::Turn { quarters: self.quarters });
        let tilt = (self.tilt != 0).then_some(Edit::Tilt { tenths: self.tilt });
        let crop = self.crop.map(|rect| Edit::Crop { rect });
        turn.into_iter().chain(tilt).chain(crop).chain(self.marks.iter().copied()).collect()
    }

    /// The one text of these edits, for the row.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(&self.list()).unwrap_or_default()
    }

    /// The name of the edited picture's copies: the original's own when nothing is changed, else the BLAKE3 of that name, a
    /// line end and the edits' text.
    #[must_use]
    pub fn shown(&self, blob: &str) -> String {
        if self.is_empty() {
            return blob.to_owned();
        }
        blake3::hash(format!("{blob}\n{}", self.json()).as_bytes()).to_hex().to_string()
    }
}

fn inside(rect: EditRect, least: u16) -> bool {
    let fits = |at: u16, len: u16| len >= least && u32::from(at) + u32::from(len) <= u32::from(FULL);
    fits(rect.x, rect.w) && fits(rect.y, rect.h)
}

fn refuse() -> AppError {
    AppError::new(ErrorCode::BadInput).arg("field", "edits")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const RECT: EditRect = EditRect { x: 1_000, y: 2_000, w: 3_000, h: 500 };

    #[test]
    fn the_same_edits_have_the_same_text_and_name_in_whatever_order_they_came() {
        let blur = Edit::Blur { rect: RECT };
        let (turn, crop) =
            (Edit::Turn { quarters: 1 }, Edit::Crop { rect: EditRect { x: 0, y: 0, w: 5_000, h: 5_000 } });
        let a = Edits::of(&[blur, crop, turn]).unwrap();
        let b = Edits::of(&[turn, crop, blur]).unwrap();
        assert_eq!(a, b);
        let blob = "ab".repeat(32);
        assert_eq!(a.shown(&blob), b.shown(&blob));
        assert_ne!(a.shown(&blob), a.shown(&"cd".repeat(32)));
        assert_ne!(a.shown(&blob), Edits::of(&[turn, crop]).unwrap().shown(&blob));
        assert_eq!(Edits::read(&a.json()).unwrap(), a);
        assert_eq!(
            a.json(),
            r#"[{"kind":"turn","quarters":1},{"kind":"crop","rect":{"x":0,"y":0,"w":5000,"h":5000}},{"kind":"blur","rect":{"x":1000,"y":2000,"w":3000,"h":500}}]"#
        );
    }

    #[test]
    fn edits_that_change_nothing_are_none_and_show_the_original() {
        let none = [
            Edit::Turn { quarters: 0 },
            Edit::Tilt { tenths: 0 },
            Edit::Crop { rect: EditRect { x: 0, y: 0, w: FULL, h: FULL } },
        ];
        let edits = Edits::of(&none).unwrap();
        assert!(edits.is_empty() && edits.list().is_empty());
        assert_eq!(edits.shown("name"), "name");
        assert!(Edits::of(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_lies_outside_its_range_is_refused() {
        let point = EditPoint { x: 0, y: 0 };
        let colour = MarkColour::Red;
        for bad in [
            vec![Edit::Turn { quarters: 4 }],
            vec![Edit::Turn { quarters: 1 }; 2],
            vec![Edit::Tilt { tenths: 151 }],
            vec![Edit::Tilt { tenths: i16::MIN }],
            vec![Edit::Crop { rect: EditRect { x: 9_950, y: 0, w: 100, h: 100 } }],
            vec![Edit::Crop { rect: EditRect { x: 0, y: 0, w: 99, h: 5_000 } }],
            vec![Edit::Crop { rect: RECT }; 2],
            vec![Edit::Blur { rect: EditRect { x: 0, y: 0, w: 0, h: 5 } }],
            vec![Edit::Circle { rect: EditRect { x: u16::MAX, y: 0, w: 1, h: 5 }, colour }],
            vec![Edit::Arrow { from: point, to: EditPoint { x: FULL + 1, y: 0 }, colour }],
            vec![Edit::Blur { rect: RECT }; MOST_MARKS + 1],
        ] {
            assert_eq!(Edits::of(&bad).unwrap_err().code, ErrorCode::BadInput, "{bad:?}");
        }
        assert_eq!(Edits::read("{}").unwrap_err().code, ErrorCode::BadInput);
        assert_eq!(Edits::of(&vec![Edit::Blur { rect: RECT }; MOST_MARKS]).unwrap().marks.len(), MOST_MARKS);
    }
}
