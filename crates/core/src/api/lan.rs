use serde::{Deserialize, Serialize};

use crate::{AppError, Id, Ms, Role};

/// Commands a paired device may call; its role decides as everywhere. Nothing that shows a buyer, nothing that undoes
/// what somebody at the laptop did.
pub const LAN_COMMANDS: &[&str] = &[
    "app.info",
    "units.list",
    "units.get",
    "units.next_no",
    "units.check_code",
    "scan.resolve",
    "shoot.lists",
    "shoot.queue",
    "shoot.find",
    "photos.reorder",
    "photos.delete",
    "checklists.list",
    "inspections.open",
    "inspections.get",
    "inspections.answer",
    "inspections.photo",
    "inspections.grade",
    "inspections.finish",
    "inspections.discard",
    "inspections.reports",
    "inspections.report",
    "inspections.queue",
    "erasures.record",
    "erasures.verify",
];

/// Roles a device can be invited as.
pub const LAN_ROLES: &[Role] = &[Role::Photographer, Role::Technician];

/// The door for phones of this stall's own network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanStatus {
    /// The owner wants it open; it opens again after a restart.
    pub on: bool,
    /// It is open now.
    pub open: bool,
    pub http_port: u16,
    /// The same pages over TLS.
    pub https_port: u16,
    /// Best first; the machine's own 127.0.0.1 only where there is no network.
    pub addresses: Vec<LanAddress>,
    /// SHA-256 of the certificate, pairs of hex digits with colons, as browsers show it.
    pub fingerprint: Option<String>,
    /// `lan_port_taken {port}`, `lan_no_network`, or why the folder refused the certificate.
    pub problem: Option<AppError>,
}

/// One address of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanAddress {
    pub ip: String,
    /// The system's name of the network card.
    pub card: String,
    pub http: String,
    pub https: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanSwitch {
    pub on: bool,
    /// Give up the ports used so far for free ones; phones must then be invited again.
    #[serde(default)]
    pub new_ports: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanInviteInput {
    /// Whose phone it is; stands beside what it sends.
    pub name: String,
    pub role: Role,
}

/// An invitation: good once, for ten minutes.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanInvite {
    /// The device's id once it is paired; `lan.revoke` takes an open invitation back too.
    pub id: Id,
    pub name: String,
    pub role: Role,
    /// The code in the links, for typing: letters and digits in groups of four.
    pub code: String,
    pub expires_at: Ms,
    /// By address, best first.
    pub links: Vec<LanLink>,
    pub fingerprint: Option<String>,
}

/// The links of one address, each also as a QR code (SVG text).
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanLink {
    pub ip: String,
    pub http: String,
    pub http_qr: String,
    pub https: String,
    pub https_qr: String,
}

/// A paired device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanDevice {
    pub id: Id,
    pub name: String,
    pub role: Role,
    pub paired_at: Ms,
    /// To the minute.
    pub last_seen: Option<Ms>,
    /// It asked or listened just now.
    pub connected: bool,
    /// Photographs it has sent.
    pub photos: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanDevices {
    pub devices: Vec<LanDevice>,
}

/// `POST /lan/pair`: the code of an invitation.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanPair {
    pub code: String,
}

/// What pairing gives. The token is also set as a cookie that scripts cannot read.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LanPaired {
    pub token: String,
    pub id: Id,
    pub name: String,
    pub role: Role,
    pub stall_name: String,
}

/// What the stall knows of a photograph a phone sent, by the phone's own id. Final once `stored` is true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PhoneReceipt {
    pub id: Id,
    pub stored: bool,
    /// Its row: the same id, or that of the same picture which was there already.
    pub photo_id: Option<Id>,
    /// BLAKE3 of the bytes.
    pub blob: Option<String>,
    /// Taken off again at the laptop since; it does not come back by being sent again.
    pub removed: bool,
    /// Where it is now.
    pub unit_id: Option<Id>,
    pub tray: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::COMMANDS;

    #[test]
    fn every_lan_command_is_there_and_allows_a_role_that_can_be_invited() {
        for name in LAN_COMMANDS {
            let spec = COMMANDS.iter().find(|c| c.name == *name);
            assert!(spec.is_some_and(|c| !c.window_only && LAN_ROLES.iter().any(|r| c.allows(*r))), "{name}");
        }
    }

    #[test]
    fn no_lan_command_reaches_settings_people_orders_or_the_undo_history() {
        let kept_in = ["settings.", "members.", "orders.", "bench.", "undo.", "sample.", "lan.", "files.", "find."];
        assert!(LAN_COMMANDS.iter().all(|name| !kept_in.iter().any(|area| name.starts_with(area))));
    }

    #[test]
    fn nobody_who_may_see_costs_floors_or_buyers_can_be_invited() {
        assert!(LAN_ROLES.iter().all(|r| !r.sees_cost() && !r.sees_floor() && !r.sees_buyers()));
    }
}
