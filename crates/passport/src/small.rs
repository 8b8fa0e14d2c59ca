//! Photographs as small as their place on paper needs: a passport of a megabyte is not sent.

use std::sync::Arc;

use stall_core::{AppError, AppResult, ErrorCode};
use stall_media::{Format, Worker};

const QUALITY: i32 = 80;
/// A JPEG of fewer bytes is taken as it is.
const LIGHT: usize = 90_000;

/// How large a photograph will stand, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// The whole picture, its longer side at most this.
    Within(usize),
    /// A frame of this width and height, filled; made to its pixel, so that the typesetter need not resize it again.
    Frame(usize, usize),
}

/// A file's name, its JPEG, its room.
pub type Wanted = (String, Arc<Vec<u8>>, Room);

/// Each as small as its room, on all cores.
///
/// # Errors
/// `PhotoDamaged`, `PhotoTruncated` with the file's `name`.
pub fn all(wanted: Vec<Wanted>) -> AppResult<Vec<(String, Arc<Vec<u8>>)>> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).clamp(1, 4);
    let size = wanted.len().div_ceil(threads).max(1);
    std::thread::scope(|s| {
        let work: Vec<_> = wanted.chunks(size).map(|part| s.spawn(|| some(part))).collect();
        let mut out = Vec::new();
        for w in work {
            out.extend(w.join().map_err(|_| AppError::new(ErrorCode::Internal).detail("a picture's thread"))??);
        }
        Ok(out)
    })
}

fn some(part: &[Wanted]) -> AppResult<Vec<(String, Arc<Vec<u8>>)>> {
    let mut worker = Worker::new()?;
    part.iter()
        .map(|(name, jpeg, room)| {
            let made = one(&mut worker, jpeg, *room).map_err(|e| e.arg("name", name))?;
            Ok((name.clone(), made))
        })
        .collect()
}

fn one(worker: &mut Worker, jpeg: &Arc<Vec<u8>>, room: Room) -> AppResult<Arc<Vec<u8>>> {
    if let Room::Within(side) = room {
        let (width, height) = size(jpeg)?;
        if width.max(height) as usize <= side && jpeg.len() < LIGHT {
            return Ok(jpeg.clone());
        }
    }
    let picture = worker.upright(jpeg, Format::Jpeg)?;
    let small = match room {
        Room::Within(side) => picture.within(side)?,
        Room::Frame(width, height) => picture.cover(width, height)?,
    };
    small.jpeg(QUALITY).map(Arc::new)
}

/// Width and height of a JPEG in pixels.
///
/// # Errors
/// `PhotoDamaged`.
pub fn size(jpeg: &[u8]) -> AppResult<(u32, u32)> {
    let reader = image::ImageReader::with_format(std::io::Cursor::new(jpeg), image::ImageFormat::Jpeg);
    reader.into_dimensions().map_err(|e| AppError::new(ErrorCode::PhotoDamaged).detail(e))
}
