//! The stall's store: SQLite behind one write door.
//!
//! Every write goes through [`Store::transact`]. TEMP triggers capture what changed; at commit the capture becomes
//! the change log (for sync), the undo step, and the change flags that refresh open screens.

mod board;
mod capture;
pub mod clock;
mod derive;
mod fill;
pub mod inbox;
pub mod made;
mod op;
mod open;
pub mod sync;
pub mod tables;
mod transact;
mod undo;

pub use clock::Env;
pub use op::Op;
pub use open::{Store, schema};
pub use transact::{Actor, Committed, Output, Tx};
