//! What goes wrong between laptops, as the person is told it.

use stall_core::{AppError, ErrorCode, sync::wire::HubCode};
use stall_sync::SyncError;

/// The error for a screen.
pub fn said(e: SyncError) -> AppError {
    let code = match &e {
        SyncError::Store(e) => return e.clone(),
        SyncError::Offline(_) | SyncError::Broken(_) => ErrorCode::SyncOffline,
        SyncError::Lineage => ErrorCode::SyncRestored,
        SyncError::Seal(_) => ErrorCode::SyncForged,
        SyncError::Strange(_) | SyncError::TwoOrders | SyncError::GivenUp => ErrorCode::SyncRefused,
        SyncError::NotLost => ErrorCode::SyncNotLost,
        SyncError::Hub(h) => match h.code {
            HubCode::InviteGone => ErrorCode::SyncInviteGone,
            HubCode::Revoked | HubCode::NoToken => ErrorCode::SyncRemoved,
            HubCode::Lineage => ErrorCode::SyncRestored,
            HubCode::Busy => ErrorCode::SyncOffline,
            HubCode::Slow => ErrorCode::TooMany,
            _ => ErrorCode::SyncRefused,
        },
    };
    let said = AppError::new(code).detail(&e);
    match &e {
        SyncError::Hub(h) if code == ErrorCode::SyncRefused => {
            let name = serde_json::to_value(h.code).ok().and_then(|v| v.as_str().map(str::to_owned));
            said.arg("why", name.unwrap_or_default())
        }
        SyncError::Hub(h) if code == ErrorCode::TooMany => {
            let ms: u64 = h.args.get("after_ms").and_then(|ms| ms.parse().ok()).unwrap_or(1000);
            said.arg("seconds", ms.div_ceil(1000))
        }
        SyncError::Strange(_) => said.arg("why", "strange"),
        SyncError::TwoOrders => said.arg("why", "two_orders"),
        SyncError::GivenUp => said.arg("why", "given_up"),
        _ => said,
    }
}
