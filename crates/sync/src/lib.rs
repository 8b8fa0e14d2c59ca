//! The client of sync: what the store has to say, sealed, to a hub; what others said, checked and opened, into the store.
//!
//! [`Client::round`] is one exchange. It may be cut off anywhere: what was pushed is pushed again with the same bytes or
//! acknowledged, what was pulled was applied whole or not at all. [`Client::files`] gives the [`Files`] beside the rows: neither
//! waits for the other.

mod again;
mod audit;
mod carry;
mod claims;
mod error;
#[macro_use]
mod files;
mod found;
mod http;
mod identity;
mod laptops;
mod lost;
mod order;
mod people;
mod pin;
mod presence;
mod round;
mod shelf;
mod snapshot;
mod welcome;

pub use audit::{AUDIT, Audited, BEFORE_AUDIT};
pub use carry::{Carried, found_second, goes_by};
pub use claims::{Claims, Hubs};
pub use error::{SyncError, SyncResult};
pub use files::{FileWish, Files, FilesRound, Tidied, Wanted};
pub use found::{Founded, found, recover};
pub use http::Http;
pub use identity::{Identity, Second};
pub use laptops::{Laptop, laptops, revoke};
pub use lost::arrive;
pub use people::{ask, invite, let_in, waiting};
pub use pin::fingerprint;
pub use presence::{Hearing, Other, Presence};
pub use round::{Client, Round};
pub use snapshot::{Begun, Made, Snapshots};
