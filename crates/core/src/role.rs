//! Who may do what. The command list names the roles; nothing else decides.

use serde::{Deserialize, Serialize};

/// A member's role at the stall.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Role {
    Owner,
    Photographer,
    Host,
    Control,
    Packer,
    Technician,
}

impl Role {
    /// Every role, in the order shown to people.
    pub const ALL: [Self; 6] =
        [Self::Owner, Self::Control, Self::Host, Self::Photographer, Self::Packer, Self::Technician];

    /// May see what a unit cost and what it earns.
    #[must_use]
    pub fn sees_cost(self) -> bool {
        self == Self::Owner
    }

    /// May see the floor price.
    #[must_use]
    pub fn sees_floor(self) -> bool {
        matches!(self, Self::Owner | Self::Control)
    }

    /// May see a receiver's full name, phone and address.
    #[must_use]
    pub fn sees_buyers(self) -> bool {
        matches!(self, Self::Owner | Self::Packer)
    }

    /// The name stored in the database and sent in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Photographer => "photographer",
            Self::Host => "host",
            Self::Control => "control",
            Self::Packer => "packer",
            Self::Technician => "technician",
        }
    }
}
