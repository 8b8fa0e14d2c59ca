//! What the hub keeps beside the objects: who belongs to a stall, and the stall's envelopes in order.
//!
//! One set of SQL (folder `sql`) serves SQLite and PostgreSQL: the folder is compiled once for each, see `sqlite.rs`.
//! The queries are checked when they run, not when they are compiled: `query!` knows one database only. The same tests
//! run over both.

mod effs;
#[cfg(feature = "postgres")]
mod postgres;
mod records;
mod sqlite;

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;

#[cfg(feature = "postgres")]
pub use postgres::open as open_postgres;
pub use records::*;
pub use sqlite::{copy as copy_sqlite, open as open_sqlite};

use crate::error::HubResult;

/// A place for stalls, their members and their envelopes. Every call is one transaction.
///
/// Errors are [`crate::HubError`]; a database that does not answer is `internal` with its words as detail for the log.
#[async_trait]
pub trait Storage: Debug + Send + Sync {
    /// Whether the database answers.
    async fn ready(&self) -> HubResult<()>;
    /// Counts the beat up and gives it, and whether this is a copy taken for a backup.
    async fn beat(&self) -> HubResult<Beat>;
    /// Gives every stall a new lineage: this is an older hub than the one its laptops knew. Gives their number.
    async fn renew_lineages(&self, beat: i64) -> HubResult<u64>;
    /// Gives one stall a new lineage, unless it has another than `old` already. Gives the one it has now.
    async fn renew_lineage(&self, stall: &StallId, old: &Lineage) -> HubResult<Lineage>;
    /// The hash of the operator's token.
    async fn admin(&self) -> HubResult<Option<Hash>>;
    /// Sets the hash of the operator's token.
    async fn set_admin(&self, hash: &Hash) -> HubResult<()>;

    /// Keeps a right to found a stall. One of the same name that was not used ends.
    async fn add_founding(&self, founding: &Founding) -> HubResult<()>;
    /// Rights to found a stall that are good at `now`, without their codes.
    async fn foundings(&self, now: i64) -> HubResult<Vec<Founding>>;
    /// Makes a stall; with a `code` its name and quota are those of the founding, which is used up by it.
    ///
    /// `invite_gone` when there is no such founding, `exists` when the stall is here.
    async fn found(&self, code: Option<&Hash>, new: &NewStall) -> HubResult<()>;
    /// Keeps an owner's invite. `exists` when it is here.
    async fn add_invite(&self, stall: &StallId, invite: &NewInvite) -> HubResult<()>;
    /// The stall an invite is of, used or not.
    async fn invited_to(&self, invite: &Hash) -> HubResult<Option<StallId>>;
    /// Uses an invite up, keeps the laptop's request and its token.
    ///
    /// `invite_gone` when it was used or is too old, `exists` when the replica is a member or waits already.
    async fn join(&self, join: &NewJoin) -> HubResult<()>;
    /// Who waits for a certificate: request and time.
    async fn joins(&self, stall: &StallId) -> HubResult<Vec<(Bytes, i64)>>;
    /// Keeps a further token.
    async fn add_token(&self, stall: &StallId, token: &Hash, replica: &ReplicaId, now: i64) -> HubResult<()>;
    /// Whose token it is.
    async fn token(&self, stall: &StallId, token: &Hash) -> HubResult<Option<Bearer>>;

    /// The stalls, by name.
    async fn stalls(&self) -> HubResult<Vec<Stall>>;
    /// One stall.
    async fn stall(&self, stall: &StallId) -> HubResult<Option<Stall>>;
    /// Sets how many bytes a stall may keep; false when there is no such stall.
    async fn set_quota(&self, stall: &StallId, bytes: i64) -> HubResult<bool>;

    /// Appends certificates which were checked against the ones here (`known` of them), and says whom they make or
    /// revoke. False when others came in between: check again.
    async fn add_certificates(&self, stall: &StallId, known: i64, new: &[NewCertificate], now: i64) -> HubResult<bool>;
    /// Certificates in the order they came.
    async fn certificates(&self, stall: &StallId) -> HubResult<Vec<Bytes>>;
    /// A member's standing.
    async fn replica(&self, stall: &StallId, replica: &ReplicaId) -> HubResult<Option<Replica>>;
    /// Appends wrapped keys; those already here are left.
    async fn add_wraps(&self, stall: &StallId, wraps: &[Bytes]) -> HubResult<()>;
    /// Wrapped keys in the order they came, after the `after`th. Each with its number.
    async fn wraps(&self, stall: &StallId, after: i64) -> HubResult<Vec<(i64, Bytes)>>;

    /// Puts envelopes into the stall's order: all or none. See [`Pushed`].
    ///
    /// `gap`, `fork`, `bad_envelope` (the chain), `revoked`, `not_allowed` (no certificate), `quota`.
    async fn push(&self, stall: &StallId, envelopes: &[NewEnvelope], now: i64) -> HubResult<Pushed>;
    /// Makes the hub one that relays, or one that orders; what is held and has its place by then is let go. A new lineage for
    /// one that begins an order of its own. `gap` where the head is another than was named, `not_allowed` for one that is to
    /// take a lost hub's place and relays nothing.
    async fn set_relay(&self, stall: &StallId, to: Relay) -> HubResult<()>;
    /// The rseq expected next of an author and the id of its last envelope, of what is held; `None`: nothing is.
    async fn tail(&self, stall: &StallId, replica: &ReplicaId) -> HubResult<Option<(i64, Hash)>>;
    /// What is held for the hub that orders, author by author, after the first `skip`, as many as fit in `budget` bytes but at
    /// least one.
    async fn held(&self, stall: &StallId, skip: i64, budget: usize) -> HubResult<Vec<Held>>;
    /// Puts envelopes where another hub put them, and lets go what was held of them. Gives the head. The first ones bring their
    /// hub's lineage, all of them since when it orders.
    ///
    /// `not_allowed` for a hub that orders itself, `lineage`, `gap` with `head`, `bad_envelope` (the chain), `quota`.
    async fn place(&self, stall: &StallId, of: &Copied, placing: &[Placing]) -> HubResult<i64>;
    /// The next envelopes after `after`, as many as fit in `budget` bytes but at least one.
    async fn pull(&self, ask: &Pull) -> HubResult<Page>;
    /// Envelopes whole, for checking: every one with its parts.
    async fn walk(&self, stall: &StallId, after: i64, limit: i64) -> HubResult<Vec<Kept>>;
    /// Every member's standing, for checking.
    async fn replicas(&self, stall: &StallId) -> HubResult<Vec<Replica>>;

    /// Which of these are not here whole; those which are asked for are no longer doomed.
    async fn missing(&self, stall: &StallId, kind: Kind, names: &[Name]) -> HubResult<Vec<bool>>;
    /// An object and its pieces in order.
    async fn object(&self, stall: &StallId, kind: Kind, name: &[u8]) -> HubResult<Option<Object>>;
    /// Counts a piece that was stored. See [`Added`].
    async fn add_piece(&self, stall: &StallId, piece: &NewPiece) -> HubResult<Added>;
    /// Marks an object whose bytes were all received and checked as whole. False: it was already, or is gone.
    async fn finish(&self, stall: &StallId, kind: Kind, name: &[u8], now: i64) -> HubResult<bool>;
    /// Forgets an object; gives the paths of its pieces, which are deleted after.
    async fn drop_object(&self, stall: &StallId, kind: Kind, name: &[u8]) -> HubResult<Vec<String>>;
    /// First pass: marks objects as needless. Gives how many are here and were not marked yet.
    async fn doom(&self, stall: &StallId, kind: Kind, names: &[Name], now: i64) -> HubResult<u64>;
    /// Second pass: forgets a few that were marked by `doomed_by`, and unfinished ones nobody touched since `idle_by`.
    /// Gives the paths of their pieces; empty when there are no more.
    async fn sweep(&self, doomed_by: i64, idle_by: i64) -> HubResult<Vec<String>>;
    /// Objects of a kind, names in order, without their pieces.
    async fn objects(&self, stall: &StallId, kind: Kind) -> HubResult<Vec<Object>>;
    /// How many whole objects of a kind there are, without the 32 bytes that welcome a laptop.
    async fn count(&self, stall: &StallId, kind: Kind) -> HubResult<u64>;
    /// Their names in order, after `after`, at most `most`.
    async fn names(&self, stall: &StallId, kind: Kind, after: &[u8], most: i64) -> HubResult<Vec<Name>>;

    /// Reserves `what` for a member until a time, unless another has it. Gives who has it now, and until when.
    async fn claim(&self, stall: &StallId, claim: &Claim, now: i64) -> HubResult<(ReplicaId, i64)>;

    /// Waits for the next news of another process. `None`: this storage has no such news.
    async fn news(&self) -> Option<HubResult<Told>>;
    /// Tells other processes.
    async fn tell(&self, told: &Told);
    /// Ends, with everything written down.
    async fn close(&self);
}
