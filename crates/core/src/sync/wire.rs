//! The JSON of the hub's API (`/v1`). Push and pull bodies are octets: see `stall-seal`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};

use super::{Hex, HexBytes, ReplicaId, Scope};
use crate::Ms;

/// The version of the protocol.
pub const PROTO: u32 = 1;

/// A list in which a newer program may have put what this one does not know, a scope of tomorrow: that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent, bound(deserialize = "T: Deserialize<'de>"))]
pub struct Known<T>(#[serde(deserialize_with = "known")] pub Vec<T>);

fn known<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum One<T> {
        Known(T),
        Newer(IgnoredAny),
    }
    let all = Vec::<One<T>>::deserialize(from)?;
    Ok(all.into_iter().filter_map(|one| if let One::Known(one) = one { Some(one) } else { None }).collect())
}

/// `POST /v1/hello`: what this laptop has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub proto: u32,
    /// Number of the newest migration.
    pub schema: u32,
    pub replica: ReplicaId,
    /// The hub's, as last heard; none before the first exchange.
    pub lineage: Option<Hex<16>>,
    /// All groups up to this seq are applied.
    pub cursor: i64,
    pub next_rseq: i64,
    /// The laptop's clock.
    pub clock: Ms,
}

/// Where the hub stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloAnswer {
    /// Changes when the hub was restored from an older backup: then laptops send again what they retain.
    pub lineage: Hex<16>,
    pub head: i64,
    /// The replica's next group here. Higher than the laptop's own: it was restored from a backup and takes a new id.
    pub expect_rseq: i64,
    /// Id of the replica's last envelope here: `prev` of the next. Zeros before the first.
    pub last: Hex<32>,
    /// The hub's clock.
    pub now: Ms,
    pub snapshot: Option<SnapshotInfo>,
    pub limits: Limits,
    /// Certificates of the stall: another number than is known says that somebody came or went. 0: an older hub's.
    #[serde(default)]
    pub certificates: u64,
    /// Another hub orders the groups: what is pushed here waits until it is carried there.
    #[serde(default)]
    pub relay: bool,
    /// When the order began that this hub has or copies, by a hub's clock; 0: with the stall. The later one is the stall's:
    /// the hub of the earlier was given up as lost.
    #[serde(default)]
    pub since: Ms,
}

/// `POST /v1/relay`, by an owner: what the hub is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RelayAsk {
    pub relay: bool,
    /// The head as the asker knows it: with another nothing is changed (`gap`).
    pub head: i64,
    /// Forgets the order that is here.
    #[serde(default)]
    pub clear: bool,
    /// The hub that ordered is lost for good: this one begins an order of its own, from what it has.
    #[serde(default)]
    pub lost: bool,
    /// [`HelloAnswer::since`] of the hub whose place it takes; not for `lost`.
    #[serde(default)]
    pub since: Ms,
}

/// A sealed picture of the stall after `seq`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotInfo {
    pub seq: i64,
    #[serde(deserialize_with = "known")]
    pub parts: Vec<SnapshotPart>,
}

/// What of a snapshot belongs to one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPart {
    pub scope: Scope,
    pub key_epoch: u32,
    pub bytes: u64,
    /// BLAKE3 of the sealed bytes.
    pub hash: Hex<32>,
}

/// In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// An envelope of several groups.
    pub envelope: u64,
    /// An envelope of one group.
    pub group: u64,
    /// A push body.
    pub push: u64,
    /// A pull page, where it holds more than one envelope.
    pub page: u64,
    /// A part of a blob in one request.
    pub blob_part: u64,
    /// All of the stall; none: no limit.
    pub quota: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { envelope: 4 << 20, group: 16 << 20, push: 17 << 20, page: 512 << 10, blob_part: 4 << 20, quota: None }
    }
}

/// Answer to `POST /v1/push`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushAnswer {
    /// The hub has the replica's groups up to this rseq.
    pub acked_to: i64,
    pub head: i64,
    pub now: Ms,
}

/// An event of `GET /v1/wait`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub head: i64,
}

/// An event of `GET /v1/presence`: what a laptop said of itself, sealed (`stall_seal::presence`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceSaid {
    pub replica: ReplicaId,
    pub sealed: HexBytes,
}

/// `POST /v1/blobs/missing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobsAsk {
    pub names: Vec<Hex<32>>,
}

/// Its answer: bit `i` (least significant first) is set where the hub lacks name `i`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobsMissing {
    pub missing: HexBytes,
}

impl BlobsMissing {
    /// From one flag a name.
    #[must_use]
    pub fn of(flags: &[bool]) -> Self {
        let byte = |c: &[bool]| c.iter().enumerate().fold(0u8, |b, (i, f)| b | u8::from(*f) << i);
        Self { missing: HexBytes(flags.chunks(8).map(byte).collect()) }
    }

    /// Whether the hub lacks name `i`; what was not answered is lacking.
    #[must_use]
    pub fn lacks(&self, i: usize) -> bool {
        self.missing.0.get(i / 8).is_none_or(|b| b >> (i % 8) & 1 == 1)
    }
}

/// Answer to `GET /v1/blobs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobsCount {
    /// Whole ones.
    pub count: u64,
}

/// `POST /v1/claim`: holds a unit while a sale is being made. A courtesy, never truth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAsk {
    /// Keyed hash of the unit's id: the hub need not know it.
    pub subject: Hex<32>,
    pub replica: ReplicaId,
    /// How long; 0 lets it go.
    pub hold_ms: u32,
}

/// Its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAnswer {
    /// Whether the asker holds it now.
    pub held: bool,
    /// Who holds it.
    pub by: Option<ReplicaId>,
    pub until: Option<Ms>,
}

/// What every failed request answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?} {args:?}")]
pub struct HubError {
    pub code: HubCode,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

/// Why the hub refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HubCode {
    BadInput,
    /// No token, or one that is not known.
    NoToken,
    /// The token is another replica's, or the role may not.
    NotAllowed,
    /// The member was removed.
    Revoked,
    NotFound,
    TooLarge,
    /// The stall's space is used up.
    Quota,
    /// Too many requests; arg `after_ms`.
    Slow,
    /// The protocol is too old or too new; arg `proto` is the hub's.
    Proto,
    /// The groups do not follow on; arg `expect` is the rseq that would.
    Gap,
    /// Other bytes under an (replica, rseq) that is known already: the laptop was cloned or restored.
    Fork,
    /// The signature, a hash or the chain does not hold.
    BadEnvelope,
    /// The hub was restored from an older backup.
    Lineage,
    /// A stall, invitation or certificate of this name is there already.
    Exists,
    /// The invitation was used, revoked or is too old.
    InviteGone,
    /// For the moment.
    Busy,
    Internal,
    /// Of a newer hub.
    #[serde(other)]
    Unknown,
}

impl HubCode {
    /// The HTTP status it is sent with.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::BadInput | Self::BadEnvelope => 400,
            Self::NoToken => 401,
            Self::NotAllowed | Self::Revoked => 403,
            Self::NotFound => 404,
            Self::Gap | Self::Fork | Self::Lineage | Self::Exists => 409,
            Self::InviteGone => 410,
            Self::TooLarge => 413,
            Self::Proto => 426,
            Self::Slow => 429,
            Self::Internal | Self::Unknown => 500,
            Self::Busy => 503,
            Self::Quota => 507,
        }
    }
}

impl From<HubCode> for HubError {
    fn from(code: HubCode) -> Self {
        Self { code, args: BTreeMap::new() }
    }
}

impl HubError {
    /// With an argument more.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_bitmap_says_which_names_are_missing() {
        let flags: Vec<bool> = (0..19).map(|i| i % 3 == 0).collect();
        let answer = BlobsMissing::of(&flags);
        assert!((0..19).all(|i| answer.lacks(i) == flags[i]));
        assert!(answer.lacks(100));
    }

    #[test]
    fn a_part_of_a_newer_scope_is_left_out_and_the_rest_is_read() {
        let part =
            |scope: &str| format!(r#"{{"scope":"{scope}","key_epoch":1,"bytes":9,"hash":"{}"}}"#, "0".repeat(64));
        let text = format!(r#"{{"seq":7,"parts":[{},{}],"since":3}}"#, part("ledger"), part("money"));
        let read: SnapshotInfo = serde_json::from_str(&text).unwrap();
        assert_eq!(read.parts.iter().map(|p| p.scope).collect::<Vec<_>>(), [Scope::Money]);
        let list: Known<SnapshotPart> = serde_json::from_str(&format!("[{}]", part("ledger"))).unwrap();
        assert!(list.0.is_empty());
    }

    #[test]
    fn a_code_of_a_newer_hub_is_read_as_unknown() {
        let e: HubError = serde_json::from_str(r#"{"code":"too_blue"}"#).unwrap();
        assert_eq!(e.code, HubCode::Unknown);
        let e = HubError::from(HubCode::Gap).arg("expect", 7);
        assert_eq!(serde_json::to_string(&e).unwrap(), r#"{"code":"gap","args":{"expect":"7"}}"#);
    }
}
