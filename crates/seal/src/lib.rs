//! What leaves a laptop: signed and sealed envelopes of changes, keys, certificates, blobs. Bytes in, bytes out; the hub
//! uses the open half (headers, signatures, frames) and holds no key.

mod aead;
pub mod blob;
mod block;
pub mod body;
mod bytes;
pub mod cert;
mod chain;
pub mod envelope;
pub mod frame;
pub mod invite;
pub mod keys;
pub mod parts;
pub mod phrase;
pub mod presence;
pub mod random;
pub mod snapshot;
pub mod wrap;

pub use bytes::{Reader, Writer};
pub use chain::Chains;
pub use envelope::{Envelope, EnvelopeId, GroupHead, Header, PartHead, ReplicaKey, VerifyKey};
pub use keys::{Ring, ScopeKey};
pub use parts::{Place, open, seal};
pub use phrase::Phrase;
pub use wrap::WrapKey;

/// Why bytes were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// They end too early, hold what cannot be, or go on after the end.
    #[error("the bytes cannot be read")]
    Malformed,
    /// Of a newer program.
    #[error("a newer version of the format")]
    Newer,
    #[error("longer than allowed")]
    TooLong,
    /// The key, the signature, the hash or the tag does not fit.
    #[error("not genuine")]
    NotGenuine,
    /// An envelope of the author is missing, or came in another's place.
    #[error("the chain is broken")]
    Chain,
    #[error("the key is not here")]
    NoKey,
    /// The system has no random numbers.
    #[error("no random numbers")]
    NoRandom,
}
