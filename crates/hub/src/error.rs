//! Errors are data: a code of the protocol, its arguments, and a detail for the log which never leaves the hub.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
pub use stall_core::sync::wire::HubCode;
use stall_core::sync::wire::HubError as Said;

/// An error of the hub.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code:?} {args:?} {detail}")]
pub struct HubError {
    pub code: HubCode,
    pub args: BTreeMap<String, String>,
    /// For the log of the hub.
    pub detail: String,
}

/// Result of the hub's library.
pub type HubResult<T> = Result<T, HubError>;

impl HubError {
    /// An error without arguments.
    #[must_use]
    pub fn new(code: HubCode) -> Self {
        Self { code, args: BTreeMap::new(), detail: String::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Adds words for the log.
    #[must_use]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = detail.to_string();
        self
    }

    /// `bad_input` for a field.
    #[must_use]
    pub fn bad(field: &str) -> Self {
        Self::new(HubCode::BadInput).arg("field", field)
    }

    /// `internal` with words for the log.
    #[must_use]
    pub fn internal(detail: impl ToString) -> Self {
        Self::new(HubCode::Internal).detail(detail)
    }

    /// `slow`: ask again after so many milliseconds.
    #[must_use]
    pub fn slow(after_ms: i64) -> Self {
        Self::new(HubCode::Slow).arg("after_ms", after_ms)
    }
}

impl From<HubCode> for HubError {
    fn from(code: HubCode) -> Self {
        Self::new(code)
    }
}

impl From<sqlx::Error> for HubError {
    fn from(e: sqlx::Error) -> Self {
        Self::internal(e)
    }
}

impl From<object_store::Error> for HubError {
    fn from(e: object_store::Error) -> Self {
        Self::internal(e)
    }
}

impl From<std::io::Error> for HubError {
    fn from(e: std::io::Error) -> Self {
        Self::internal(e)
    }
}

impl IntoResponse for HubError {
    fn into_response(self) -> Response {
        if self.code == HubCode::Internal {
            tracing::error!(detail = %self.detail, "internal error");
        } else {
            tracing::debug!(code = ?self.code, args = ?self.args, detail = %self.detail, "refused");
        }
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let after = self.args.get("after_ms").and_then(|ms| ms.parse::<u64>().ok());
        let mut response = (status, Json(Said { code: self.code, args: self.args })).into_response();
        if let Some(ms) = after {
            response.headers_mut().insert(header::RETRY_AFTER, ms.div_ceil(1000).into());
        }
        response
    }
}
