//! Bodies of the commands: from the input to one call of the store and back. Rules are elsewhere.

pub mod app;
mod bench;
mod catalogue;
mod files;
pub mod imports;
mod orders;
mod photos;
mod shows;

pub use app::*;
pub use bench::*;
pub use catalogue::*;
pub use files::*;
pub use imports::*;
pub use orders::*;
pub use photos::*;
pub use shows::*;

use stall_core::{AppError, AppResult, ErrorCode};

/// A command whose table is being written in this very hour.
fn pending<T>() -> AppResult<T> {
    Err(AppError::new(ErrorCode::Internal).detail("not wired yet"))
}
