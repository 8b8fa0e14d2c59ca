//! Which files, in which order.

use std::collections::HashSet;

use stall_core::sync::Scope;
use stall_media::{Blob, Size};
use stall_store::tables::named_files::{NamedAs, NamedFile};

/// One file that is to be at both ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wanted {
    pub blob: Blob,
    pub size: Size,
    /// Of the column that names it.
    pub scope: Scope,
    /// The smaller, the earlier.
    rank: u8,
}

/// From here on they wait on a metered line.
const LARGE: u8 = 4;

impl Wanted {
    /// A picture of a photograph, or its original, as goods.
    #[must_use]
    pub fn of(blob: Blob, size: Size) -> Self {
        Self::in_scope(blob, size, Scope::Goods)
    }

    /// The same of rows of another scope.
    #[must_use]
    pub fn in_scope(blob: Blob, size: Size, scope: Scope) -> Self {
        let rank = match size {
            Size::Thumb => 1,
            Size::View => 3,
            Size::Full => LARGE,
        };
        Self { blob, size, scope, rank }
    }

    /// Whether it goes over a line that costs by the byte.
    #[must_use]
    pub fn is_small(&self) -> bool {
        self.rank < LARGE
    }

    /// Most bytes it may have when sealed: a hub does not fill the disk.
    pub(super) fn most(&self) -> u64 {
        match self.size {
            Size::Thumb => 4 << 20,
            Size::View => 32 << 20,
            Size::Full => 512 << 20,
        }
    }
}

/// Each file once: thumbnails, of covers first, then views and pictures of documents, then originals. Among equals the newest
/// come first, as they are named.
pub(super) fn wanted(named: Vec<NamedFile>) -> Vec<Wanted> {
    let mut all = Vec::new();
    for NamedFile { blob, what, cover, scope } in named {
        // A row of somebody's may name anything; only a hash becomes a path.
        let Ok(blob) = Blob::parse(&blob) else { continue };
        let mut add = |size, rank| all.push(Wanted { blob: blob.clone(), size, scope, rank });
        if matches!(what, NamedAs::Photo | NamedAs::Edited) {
            add(Size::Thumb, u8::from(!cover));
            add(Size::View, 2 + u8::from(!cover));
        }
        match what {
            NamedAs::Photo | NamedAs::File => add(Size::Full, LARGE),
            NamedAs::Picture => add(Size::Full, LARGE - 1),
            NamedAs::Edited => {}
        }
    }
    all.sort_by_key(|w| w.rank);
    let mut seen = HashSet::new();
    all.retain(|w| seen.insert((w.blob.clone(), w.size, w.scope)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(n: u8, what: NamedAs, cover: bool) -> NamedFile {
        NamedFile { blob: format!("{n:064x}"), what, cover, scope: Scope::Goods }
    }

    #[test]
    fn covers_come_first_and_originals_last_and_each_file_once() {
        let mut bad = named(9, NamedAs::Photo, false);
        bad.blob = "../../etc/passwd".to_owned();
        let all = wanted(vec![
            named(1, NamedAs::Photo, false),
            named(2, NamedAs::Photo, true),
            named(3, NamedAs::Picture, false),
            named(1, NamedAs::File, false),
            bad,
        ]);
        let order: Vec<_> = all.iter().map(|w| (u8::from_str_radix(&w.blob.as_str()[62..], 16), w.size)).collect();
        let of = |n, size| (Ok(n), size);
        assert_eq!(
            order,
            [
                of(2, Size::Thumb),
                of(1, Size::Thumb),
                of(2, Size::View),
                of(1, Size::View),
                of(3, Size::Full),
                of(1, Size::Full),
                of(2, Size::Full)
            ]
        );
        assert_eq!(all.iter().filter(|w| w.is_small()).count(), 5);
    }
}
