use serde::{Deserialize, Serialize};

use super::SyncLedger;
use crate::{AppError, Ms, Role};

/// Whether this laptop belongs to a stall of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SyncState {
    /// It stands alone.
    Off,
    /// It has asked to join and waits for an owner's laptop.
    Asked,
    /// It is in step with the others, or will be when it can.
    On,
}

/// How the line to the hub is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SyncLine {
    /// Nothing was tried yet.
    New,
    Busy,
    Idle,
    /// No way to the hub: it is tried again, nothing is lost.
    Offline,
    /// `problem` says what.
    Trouble,
    Paused,
}

/// Where this laptop stands with the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncStatus {
    pub state: SyncState,
    pub line: SyncLine,
    /// `https://…` or `http://…` without a fingerprint; empty while it stands alone.
    pub hub: String,
    /// What the others call it.
    pub name: String,
    pub role: Role,
    /// The last exchange that came to its end.
    pub last: Option<Ms>,
    /// Changes of this laptop that the hub lacks.
    #[ts(type = "number")]
    pub waiting: i64,
    /// Photographs on their way, in either direction.
    #[ts(type = "number")]
    pub files: u64,
    /// The hub's clock less this laptop's.
    #[ts(type = "number")]
    pub offset_ms: i64,
    pub problem: Option<AppError>,
    pub paused: bool,
    /// Small pictures only: a line that is paid for by the megabyte.
    pub small_only: bool,
    pub host: SyncHosting,
    /// The hub was not reached: the last exchange went by way of the second one.
    pub away: bool,
    pub second: Option<SyncSecondState>,
    pub ledger: SyncLedger,
    /// The sample stall stays where it is.
    pub sample: bool,
}

/// The stall's second hub, as this laptop knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncSecondState {
    /// Without a fingerprint.
    pub hub: String,
    /// When this laptop last carried there; only an owner's does.
    pub last: Option<Ms>,
    pub problem: Option<AppError>,
}

/// Gives the stall a second hub, or takes it away.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncSecond {
    /// Empty: takes it away.
    pub hub: String,
    /// The operator's founding code.
    pub code: String,
}

/// Where the stall's hub is to be, now that the one it had is lost for good.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(tag = "to", rename_all = "snake_case")]
#[ts(export)]
pub enum SyncLost {
    /// The second hub: what it holds of the order is the stall's from now on.
    Second,
    /// This laptop.
    Here,
    /// A server, with its operator's founding code.
    Server { hub: String, code: String },
}

/// Where the stall's hub is, for laptops that belong to the stall and knew the one before.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncAddress {
    /// Without a fingerprint.
    pub hub: String,
    /// `stallkeeper:<hub>/hub/<fingerprint>`, for a scanner or a message. No secret.
    pub link: String,
    /// The link as SVG.
    pub qr: String,
}

/// Goes to the hub that another laptop of the stall shows.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncMove {
    /// A link of [`SyncAddress`], an invitation's link, or an address with its fingerprint.
    pub link: String,
}

/// This laptop as the hub of its own network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncHosting {
    /// The owner wants it; it opens again after a restart.
    pub on: bool,
    pub open: bool,
    pub port: u16,
    /// Best first.
    pub addresses: Vec<String>,
    pub problem: Option<AppError>,
}

/// Founds the stall at a hub.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncFound {
    pub hub: String,
    /// The operator's founding code (`stall-hub stall create`).
    pub code: String,
    /// What the others call this laptop.
    pub name: String,
}

/// Makes this laptop the hub of its network, or no longer.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncHost {
    pub on: bool,
    pub name: String,
}

/// The recovery phrase, shown once; empty where the stall had one before.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncPhrase {
    /// 24 words of BIP-39, Chinese and English: either list restores the stall.
    pub zh: Vec<String>,
    pub en: Vec<String>,
}

/// Asks to join a stall.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncJoin {
    /// As the invitation or `sync.nearby` says it, with its fingerprint.
    pub hub: String,
    /// The invitation's code, however it is typed.
    pub code: String,
    pub name: String,
}

/// Brings a stall back whose every laptop is gone.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncRecover {
    pub hub: String,
    pub words: String,
    pub name: String,
}

/// A hub found in this network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncHubNear {
    /// The laptop that is the hub.
    pub name: String,
    /// For `sync.join`.
    pub hub: String,
    pub ip: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncNearby {
    pub hubs: Vec<SyncHubNear>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncInviteInput {
    pub name: String,
    pub role: Role,
}

/// An invitation, good once and for half an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncInvite {
    pub name: String,
    pub role: Role,
    /// To be read out or typed: 16 letters and digits, in fours.
    pub code: String,
    /// What the new laptop must be told besides, without the fingerprint.
    pub hub: String,
    /// Both and the fingerprint in one line, for a scanner or a message.
    pub link: String,
    /// The link as SVG.
    pub qr: String,
    pub expires_at: Ms,
}

/// Which invitation: its code.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncUninvite {
    pub code: String,
}

/// A laptop of the stall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncLaptop {
    /// 32 hex digits.
    pub replica: String,
    pub name: String,
    pub role: Role,
    pub since: Ms,
    pub gone: Option<Ms>,
    /// The one that asks.
    pub here: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncLaptops {
    pub laptops: Vec<SyncLaptop>,
    /// Open invitations.
    pub invites: Vec<SyncInvite>,
}

/// Takes a laptop out of the stall.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncRevoke {
    pub replica: String,
}

/// How much is exchanged.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncSet {
    pub paused: bool,
    pub small_only: bool,
}
