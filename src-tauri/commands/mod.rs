//! Bodies of the commands: from the input to one call of the store and back. Rules are elsewhere.

pub mod app;
mod batch;
mod bench;
mod catalogue;
mod exchange;
mod fields;
mod files;
pub mod imports;
mod inbox;
mod inspections;
mod labels;
mod lan;
mod ledger;
mod orders;
mod passports;
mod photos;
mod presence;
mod shoot;
mod shows;
mod sync;
mod watch;

pub use app::*;
pub use batch::*;
pub use bench::*;
pub use catalogue::*;
pub use exchange::*;
pub use fields::*;
pub use files::*;
pub use imports::*;
pub use inbox::*;
pub use inspections::*;
pub use labels::*;
pub use lan::*;
pub use ledger::*;
pub use orders::*;
pub use passports::*;
pub use photos::*;
pub use presence::*;
pub use shoot::*;
pub use shows::*;
pub use sync::*;
pub use watch::*;

/// Whether the caller's role may call a command.
fn may(caller: &crate::ctx::Caller, command: &str) -> bool {
    stall_core::api::COMMANDS.iter().any(|c| c.name == command && c.allows(caller.me.role))
}
