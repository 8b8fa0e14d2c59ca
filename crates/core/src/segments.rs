//! Segment types of a live show (`segment_types.json`).

use std::sync::LazyLock;

use crate::api::SegmentType;

#[derive(serde::Deserialize, Default)]
struct File {
    segments: Vec<SegmentType>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../assets/data/segment_types.json")).unwrap_or_default());

/// The segment a unit gets when nothing else is said: one device, one talk, sold means locked.
pub const SINGLE: &str = "single";

/// Minutes of a segment nobody knows.
pub const FALLBACK_MINUTES: u32 = 5;

/// Every segment type in the order of a show.
#[must_use]
pub fn all() -> &'static [SegmentType] {
    &FILE.segments
}

/// A segment type by id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static SegmentType> {
    all().iter().find(|s| s.id == id)
}

/// Its usual length in minutes.
#[must_use]
pub fn default_minutes(id: &str) -> u32 {
    by_id(id).map_or(FALLBACK_MINUTES, |s| s.default_minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_segment_is_read_with_its_prompts() {
        assert_eq!(all().len(), 26);
        assert!(all().iter().all(|s| !s.zh.is_empty() && !s.en.is_empty() && s.default_minutes > 0));
        assert!(
            all().iter().all(|s| ["none", "one", "many", "one_or_many", "orders"].contains(&s.needs_device.as_str()))
        );
        assert!(all().iter().any(|s| !s.host_prompts_zh.is_empty()));
    }

    #[test]
    fn a_unit_has_its_own_segment() {
        assert_eq!(by_id(SINGLE).map(|s| s.needs_device.as_str()), Some("one"));
        assert_eq!(default_minutes(SINGLE), 4);
        assert_eq!(default_minutes("no such"), FALLBACK_MINUTES);
    }
}
