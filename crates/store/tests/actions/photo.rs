//! A photograph as the tests take it.

use stall_store::tables::photos::NewPhoto;

/// Another number, another picture.
pub fn photo(n: u64) -> NewPhoto {
    NewPhoto {
        blob: format!("{n:064x}"),
        file_name: format!("IMG_{n}.jpg"),
        width: 4032,
        height: 3024,
        bytes: 3_000_000,
        dhash: None,
        sharp: None,
        light: None,
        shot: String::new(),
        source: String::new(),
        taken_at: None,
    }
}
