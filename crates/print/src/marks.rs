//! What a laid-out label is made of. Coordinates are dots from the label's top left corner.

/// Weight of type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    Medium,
    Bold,
}

/// Something painted.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A black rectangle of whole dots.
    Rect { x: i32, y: i32, w: i32, h: i32 },
    /// A line of text: left end of the baseline, height of the em.
    Text { x: i32, y: i32, em: f32, weight: Weight, white: bool, text: String },
}
