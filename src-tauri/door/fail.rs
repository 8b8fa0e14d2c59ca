//! Errors as HTTP answers.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use stall_core::{AppError, ErrorCode};

/// An error on its way out: the status follows from the code unless the door says otherwise.
#[derive(Debug)]
pub struct Fail(pub StatusCode, pub AppError);

impl From<AppError> for Fail {
    fn from(e: AppError) -> Self {
        Self(status(e.code), e)
    }
}

impl From<ErrorCode> for Fail {
    fn from(code: ErrorCode) -> Self {
        AppError::new(code).into()
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

/// The status an error code is sent with.
#[must_use]
pub fn status(code: ErrorCode) -> StatusCode {
    use ErrorCode as E;
    match code {
        E::BadInput => StatusCode::BAD_REQUEST,
        E::NoSession => StatusCode::UNAUTHORIZED,
        E::NotAllowed | E::PairCode => StatusCode::FORBIDDEN,
        E::TooMany => StatusCode::TOO_MANY_REQUESTS,
        E::UnknownCommand | E::NotFound | E::CodeUnknown | E::FileMissing | E::PrinterUnknown | E::PrinterMissing => {
            StatusCode::NOT_FOUND
        }
        E::TooLarge | E::FileTooLarge | E::PhotoTooManyPixels | E::SheetTooManyRows => StatusCode::PAYLOAD_TOO_LARGE,
        E::FileWrongType | E::PhotoNotImage | E::PhotoUnsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        E::StallBusy
        | E::LanOff
        | E::LanPortTaken
        | E::LanOtherStall
        | E::SyncOff
        | E::SyncOn
        | E::SyncNotEmpty
        | E::SyncSample
        | E::UndoNothing
        | E::UndoStale
        | E::Cancelled
        | E::ImeiInStock
        | E::StockNoTaken
        | E::CodeShared
        | E::UnitHasFacts
        | E::UnitNotInStock
        | E::FileLocked
        | E::PhotoDuplicate
        | E::PhotoRepeated
        | E::PassportBlocked
        | E::PassportNumberTaken
        | E::PassportOvertaken
        | E::BatchReading
        | E::UnitTwiceInShow
        | E::UnitBlocked
        | E::UnitNotErased
        | E::UnitSoldTwice
        | E::InboxGone
        | E::InspectionIncomplete
        | E::InspectionPhotosMissing
        | E::InspectionCodeDiffers
        | E::ErasureMissing
        | E::AlreadyDone
        | E::OrderClosed
        | E::OrderNotPaid
        | E::LineTaken
        | E::UnitTaken
        | E::NotPacked
        | E::AlreadyShipped
        | E::WaybillUsed
        | E::NothingToExport
        | E::NothingToLabel => StatusCode::CONFLICT,
        E::Internal | E::StallNewer | E::StallDamaged | E::FolderReadOnly => StatusCode::INTERNAL_SERVER_ERROR,
        E::SyncOffline | E::PrinterUnreachable | E::PrinterRefused | E::PrinterHangs | E::PrinterBrokeOff => {
            StatusCode::BAD_GATEWAY
        }
        E::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        // A rule of the stall or of a file refused a value.
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
