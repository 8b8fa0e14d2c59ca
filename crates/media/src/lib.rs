//! Photographs: sniff, hash, decode, orient, resize, encode; originals kept by their BLAKE3 name.
//!
//! Pure and synchronous: the app calls it from blocking threads. [`ingest`] takes one photograph's bytes, and returns only
//! when the original and its two made copies are on disk and flushed, so a row never points at nothing.
//! [`ingest_many`] does the same for a batch of files on a few threads.

mod av1;
mod barcode;
mod blobs;
mod colour;
mod dhash;
mod edit;
mod exif;
mod grid;
mod heif;
mod ingest;
mod io_error;
mod jpeg;
mod marks;
mod orient;
mod other;
mod parts;
mod picture;
mod planes;
mod pool;
mod quality;
mod sniff;
mod text;
mod watermark;
mod worker;

pub use barcode::CodeReader;
pub use blobs::{Blob, BlobStore, Size, Swept};
pub use grid::{Cell, GRID_WIDTH, Layout, Strip, grid, layout};
pub use ingest::{MAX_BYTES, MAX_PIXELS, Taken, enlarge, ingest, is_copy, make_edited, remake};
pub use parts::Part;
pub use picture::Picture;
pub use pool::{FileIn, default_workers, ingest_many, read_many};
pub use sniff::{Format, sniff};
pub use text::Face;
pub use watermark::{Place, Stamp};
pub use worker::{Made, THUMB_SIDE, VIEW_SIDE, Worker};
