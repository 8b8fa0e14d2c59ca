//! What the disk said, as errors that a person can act on.

use std::io::{Error, ErrorKind};

use stall_core::{AppError, ErrorCode};

/// An error met while writing into the stall's folder.
pub(crate) fn writing(error: &Error) -> AppError {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => ErrorCode::FolderReadOnly,
        _ => ErrorCode::Internal,
    };
    AppError::new(code).detail(error)
}

/// An error met while reading a file that a person named.
pub(crate) fn reading(error: &Error, name: &str) -> AppError {
    let code = match error.kind() {
        ErrorKind::NotFound => ErrorCode::FileMissing,
        ErrorKind::PermissionDenied | ErrorKind::ResourceBusy => ErrorCode::FileLocked,
        // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows have no kind of their own.
        _ if cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)) => ErrorCode::FileLocked,
        _ => ErrorCode::FileDamaged,
    };
    AppError::new(code).arg("name", name).detail(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_read_only_folder_have_their_own_names() {
        let code = |kind: ErrorKind| writing(&Error::from(kind)).code;
        assert_eq!(code(ErrorKind::StorageFull), ErrorCode::DiskFull);
        assert_eq!(code(ErrorKind::QuotaExceeded), ErrorCode::DiskFull);
        assert_eq!(code(ErrorKind::ReadOnlyFilesystem), ErrorCode::FolderReadOnly);
        assert_eq!(code(ErrorKind::PermissionDenied), ErrorCode::FolderReadOnly);
        assert_eq!(code(ErrorKind::BrokenPipe), ErrorCode::Internal);
    }

    #[test]
    fn a_missing_or_locked_file_is_named_with_its_name() {
        let missing = reading(&Error::from(ErrorKind::NotFound), "a.jpg");
        assert_eq!((missing.code, missing.args["name"].as_str()), (ErrorCode::FileMissing, "a.jpg"));
        assert_eq!(reading(&Error::from(ErrorKind::PermissionDenied), "a.jpg").code, ErrorCode::FileLocked);
    }
}
