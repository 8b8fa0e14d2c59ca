//! The manifest of a zip of units with their photographs: `manifest.json`, described in docs/exchange.md.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Ms;

/// What `format` says.
pub const FORMAT: &str = "stallkeeper-units";
/// The newest version this program writes and reads.
pub const VERSION: u32 = 1;
/// Name of the manifest inside the zip.
pub const NAME: &str = "manifest.json";
/// Name of the sheet inside the zip.
pub const SHEET: &str = "units.xlsx";
/// Folder of the photographs inside the zip.
pub const FOLDER: &str = "photos/";

/// The manifest as it is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    pub made_at: Ms,
    /// `original` or `view`.
    pub photos: String,
    pub units: Vec<UnitPhotos>,
}

/// One unit's photographs in order; the first is the cover.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitPhotos {
    /// Names the row of the sheet.
    pub stock_no: String,
    pub photos: Vec<PhotoEntry>,
}

/// One photograph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoEntry {
    /// Where it lies in the zip: `photos/0387/01.jpg`.
    pub file: String,
    /// BLAKE3 of that file.
    pub hash: String,
    pub bytes: u64,
    /// BLAKE3 of the original: the same as `hash` in a zip of originals.
    pub blob: String,
    /// Edits made on the original, as the stall keeps them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits: Option<Value>,
    /// View of the shot list it shows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shot: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Name it was taken in under.
    #[serde(default)]
    pub file_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<Ms>,
}

/// Whether a name is a place inside the zip's folder of photographs and nowhere else, on any system.
#[must_use]
pub fn safe(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(FOLDER) else { return false };
    let part = |p: &str| !p.is_empty() && p != "." && p != ".." && !p.ends_with(['.', ' ']);
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    rest.len() <= 200 && !rest.contains(odd) && rest.split('/').count() == 2 && rest.split('/').all(part)
}

/// The text as a part of a file name that Windows, macOS and Linux all take: odd characters go, reserved names get an
/// underscore. Empty text gives `_`.
#[must_use]
pub fn file_part(text: &str) -> String {
    const RESERVED: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
    let odd = |c: &char| !c.is_control() && !matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let kept: String = text.chars().filter(odd).take(60).collect();
    let kept = kept.trim().trim_end_matches(['.', ' ']).to_owned();
    let upper = kept.to_ascii_uppercase();
    let port = |p: &str| upper.strip_prefix(p).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()));
    if kept.is_empty() || RESERVED.contains(&upper.as_str()) || port("COM") || port("LPT") {
        return format!("{kept}_");
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_in_a_folder_of_photographs_is_a_safe_name() {
        assert!(safe("photos/0387/01.jpg"));
        for bad in [
            "photos/../x.jpg",
            "photos/a/../../x",
            "/photos/a/1.jpg",
            "photos\\a\\1.jpg",
            "photos/a\\b/1.jpg",
            "photos/C:/1.jpg",
            "photos/a/",
            "photos//1.jpg",
            "photos/1.jpg",
            "photos/a/b/1.jpg",
            "photos/a/1.jpg ",
            "photos/a/\u{0}",
            "../photos/a/1.jpg",
            "manifest.json",
        ] {
            assert!(!safe(bad), "{bad}");
        }
    }

    #[test]
    fn a_part_of_a_file_name_is_fit_for_every_system() {
        assert_eq!(file_part("0387"), "0387");
        assert_eq!(file_part("iPhone 13: \"新\"?"), "iPhone 13 新");
        assert_eq!(
            (file_part("con"), file_part("COM1"), file_part("COM12")),
            ("con_".into(), "COM1_".into(), "COM12".into())
        );
        assert_eq!((file_part(""), file_part("..."), file_part("a. ")), ("_".into(), "_".into(), "a".into()));
    }
}
