//! The QR of a passport: what is needed to hold a paper against a file, readable without a network.

use qrcode::{EcLevel, QrCode};

use crate::{Broken, doc::Document, key::fingerprint};

/// `STALLKEEPER/1/2611-0387-8/2/<seal, 32 digits>/<key, 16 digits>`: upper case, so that it stays small.
pub fn payload(doc: &Document) -> Result<String, Broken> {
    let id = doc.id()?;
    let key = fingerprint(&doc.seal.key).replace(' ', "");
    let (number, version) = (&doc.seal.number, doc.seal.version);
    Ok(format!("STALLKEEPER/1/{number}/{version}/{}/{key}", &id[..32]).to_uppercase())
}

/// Side of the square in modules with its quiet zone, and one SVG path that fills the dark ones.
pub fn path(text: &str) -> Result<(usize, String), Broken> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(Broken::of)?;
    let width = code.width();
    let mut path = String::new();
    for (row, line) in code.to_colors().chunks(width).enumerate() {
        let mut at = 0;
        while at < width {
            let from = at;
            while at < width && line[at] == qrcode::Color::Dark {
                at += 1;
            }
            if at > from {
                path.push_str(&format!("M{} {}h{}v1h-{}z", from + QUIET, row + QUIET, at - from, at - from));
            }
            at += 1;
        }
    }
    Ok((width + 2 * QUIET, path))
}

const QUIET: usize = 2;

/// The square as an SVG file.
pub fn svg(text: &str) -> Result<String, Broken> {
    let (side, path) = path(text)?;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"></path><path fill=\"#1a1815\" d=\"{path}\"></path></svg>"
    ))
}
