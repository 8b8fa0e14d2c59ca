//! What a file is, by its first bytes; names lie.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Empty,
    /// A zip archive; whether it is a workbook shows on opening.
    Xlsx,
    /// An OLE container: an old workbook, or a new one under a password.
    Xls,
    Text,
    /// Something else, by name: jpeg, pdf, html, …
    Other(&'static str),
}

const MAGIC: &[(&[u8], &str)] = &[
    (b"\xFF\xD8\xFF", "jpeg"),
    (b"\x89PNG", "png"),
    (b"GIF8", "gif"),
    (b"%PDF", "pdf"),
    (b"Rar!", "rar"),
    (b"7z\xBC\xAF", "7z"),
    (b"\x1F\x8B", "gzip"),
    (b"MZ\x90", "exe"),
    (b"\x7FELF", "exe"),
    (b"SQLite format 3", "sqlite"),
    (b"{\\rtf", "rtf"),
];

pub fn kind(bytes: &[u8]) -> Kind {
    let utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if body.iter().all(u8::is_ascii_whitespace) || (utf16 && bytes.len() <= 2) {
        return Kind::Empty;
    }
    if bytes.starts_with(b"PK") {
        return Kind::Xlsx;
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Kind::Xls;
    }
    if let Some((_, name)) = MAGIC.iter().find(|(m, _)| bytes.starts_with(m)) {
        return Kind::Other(name);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Kind::Other("webp");
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Kind::Other("heic");
    }
    if utf16 {
        return Kind::Text;
    }
    let start: Vec<u8> =
        body.iter().skip_while(|b| b.is_ascii_whitespace()).take(256).map(u8::to_ascii_lowercase).collect();
    // "xls" files of old back offices are often web pages.
    if [&b"<!doctype"[..], b"<html", b"<table", b"<?xml", b"<meta", b"<head", b"<style"]
        .iter()
        .any(|m| start.starts_with(m))
    {
        return Kind::Other("html");
    }
    if matches!(start.first(), Some(b'{')) && start.contains(&b'"') && start.contains(&b':') {
        return Kind::Other("json");
    }
    // No text but UTF-16 has NULs.
    if body.iter().take(4096).any(|b| *b == 0) {
        return Kind::Other("binary");
    }
    Kind::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_bytes() {
        for (bytes, want) in [
            (&b""[..], Kind::Empty),
            (b"\xEF\xBB\xBF", Kind::Empty),
            (b" \r\n\t", Kind::Empty),
            (b"\xFF\xD8\xFF\xE0abc", Kind::Other("jpeg")),
            (b"%PDF-1.7", Kind::Other("pdf")),
            (b"  <HTML><body>", Kind::Other("html")),
            (b"\xEF\xBB\xBF<table>", Kind::Other("html")),
            (b"a\x00\x01", Kind::Other("binary")),
            (b"\xFF\xFEa\x00", Kind::Text),
            (b"PK\x03\x04", Kind::Xlsx),
            (b"\xD0\xCF\x11\xE0", Kind::Xls),
            (b"a,b\n1,2", Kind::Text),
            (b"{\"a\": 1}", Kind::Other("json")),
        ] {
            assert_eq!(kind(bytes), want, "{bytes:?}");
        }
    }
}
