//! A copy of the hub's order, for the day the hub is lost for good: an owner's laptop keeps the pages as they came. All of it is
//! sealed; it lies beside the stall's file and is as long as the hub's own log.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use stall_core::sync::Hex;

use crate::shelf::aside;

/// Of a page: its length (u32) and the seq of its last group (i64), then the page.
const HEAD: usize = 12;
/// A page is of a hub's `page_bytes`; a length beyond it is no length.
const MOST: usize = 64 << 20;

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    dir: PathBuf,
}

impl Order {
    pub fn of(stall: &Path) -> Self {
        Self { dir: stall.join("sync").join("order") }
    }

    /// The seq up to which the order of this lineage is kept.
    pub async fn head(&self, lineage: Hex<16>) -> io::Result<i64> {
        let file = self.file(lineage);
        aside(move || Ok(end(&file)?.1)).await
    }

    /// Puts a page behind the others; orders of other lineages go. What a halt left of a page is cut off first.
    pub async fn add(&self, lineage: Hex<16>, page: Vec<u8>, last: i64) -> io::Result<()> {
        let of = self.clone();
        aside(move || {
            let file = of.file(lineage);
            fs::create_dir_all(&of.dir)?;
            let (size, _) = end(&file)?;
            let mut out = OpenOptions::new().create(true).truncate(false).write(true).open(&file)?;
            out.set_len(size)?;
            out.seek(SeekFrom::End(0))?;
            let mut head = Vec::with_capacity(HEAD + page.len());
            head.extend_from_slice(&u32::try_from(page.len()).map_err(io::Error::other)?.to_be_bytes());
            head.extend_from_slice(&last.to_be_bytes());
            head.extend_from_slice(&page);
            out.write_all(&head)?;
            out.sync_data()?;
            if size == 0 { of.forget_others(&file) } else { Ok(()) }
        })
        .await
    }

    /// The pages in their order, from the one that holds the group after `after`.
    pub async fn pages(&self, lineage: Hex<16>, after: i64) -> io::Result<Pages> {
        let file = self.file(lineage);
        aside(move || {
            let of = match File::open(file) {
                Ok(file) => Some(BufReader::new(file)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => None,
                Err(e) => return Err(e),
            };
            Ok(Pages { of, after })
        })
        .await
    }

    fn file(&self, lineage: Hex<16>) -> PathBuf {
        self.dir.join(format!("{lineage}.pages"))
    }

    fn forget_others(&self, file: &Path) -> io::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            if path != file && path.extension().is_some_and(|e| e == "pages") {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// Pages that are read one after the other.
#[derive(Debug)]
pub(crate) struct Pages {
    of: Option<BufReader<File>>,
    after: i64,
}

impl Pages {
    /// The next one; `None` at the end, or where a halt left half a page.
    pub async fn next(mut self) -> io::Result<(Self, Option<Vec<u8>>)> {
        aside(move || {
            let Some(of) = &mut self.of else { return Ok((self, None)) };
            loop {
                let Some((size, last)) = head(of)? else { return Ok((self, None)) };
                if last <= self.after {
                    of.seek_relative(i64::try_from(size).unwrap_or(i64::MAX))?;
                    continue;
                }
                let mut page = vec![0; size];
                let whole = match of.read_exact(&mut page) {
                    Ok(()) => true,
                    Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => false,
                    Err(e) => return Err(e),
                };
                return Ok((self, whole.then_some(page)));
            }
        })
        .await
    }
}

fn head(of: &mut impl io::Read) -> io::Result<Option<(usize, i64)>> {
    let mut head = [0; HEAD];
    match of.read_exact(&mut head) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(e) => return Err(e),
    }
    let [a, b, c, d, last @ ..] = head;
    let size = usize::try_from(u32::from_be_bytes([a, b, c, d])).map_err(io::Error::other)?;
    Ok((size <= MOST).then_some((size, i64::from_be_bytes(last))))
}

/// The length of the whole pages, and the seq of the last.
fn end(file: &Path) -> io::Result<(u64, i64)> {
    let of = match File::open(file) {
        Ok(of) => of,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok((0, 0)),
        Err(e) => return Err(e),
    };
    let size = of.metadata()?.len();
    let mut of = BufReader::new(of);
    let (mut at, mut seq) = (0, 0);
    while let Some((page, last)) = head(&mut of)? {
        let next = at + HEAD as u64 + page as u64;
        if next > size {
            break;
        }
        of.seek_relative(i64::try_from(page).map_err(io::Error::other)?)?;
        (at, seq) = (next, last);
    }
    Ok((at, seq))
}
