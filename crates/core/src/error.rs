//! Errors are data: a code, its arguments, and a detail for the log. The UI translates the code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What went wrong, as the UI's dictionaries know it (`error.<code>`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ErrorCode {
    // the door
    BadInput,
    UnknownCommand,
    NotAllowed,
    NoSession,
    TooLarge,
    Internal,
    // the store
    /// A page of sync does not follow what was applied; args `cursor`, `seq`.
    SyncGap,
    NotFound,
    StallBusy,
    StallNewer,
    StallDamaged,
    FolderReadOnly,
    DiskFull,
    UndoNothing,
    UndoStale,
    Cancelled,
    // stock
    ImeiLength,
    ImeiLuhn,
    ImeiInStock,
    MeidInvalid,
    SerialInvalid,
    StockNoTaken,
    StockNoInvalid,
    UnitHasFacts,
    UnitNotInStock,
    PriceInvalid,
    FieldTooLong,
    NameMissing,
    /// A field of the category or the owner's own; arg `field` is its name.
    FieldNotNumber,
    FieldNotYesNo,
    /// The costs said by hand do not add up to the lot's; arg `left` is the difference in fen.
    LotCostDiffers,
    /// Nothing in the stall has the scanned code; arg `code`.
    CodeUnknown,
    /// Several units that are here have it; arg `code`.
    CodeShared,
    /// A stock-take or lot that was ended takes no more scans.
    AlreadyDone,
    // files and tables
    FileMissing,
    FileEmpty,
    FileTooLarge,
    FileWrongType,
    FileDamaged,
    FileEncoding,
    FileLocked,
    SheetNoRows,
    SheetNoHeader,
    SheetColumnMissing,
    SheetTooManyRows,
    // rows of an import; args: row, column, value
    OrderNoMissing,
    /// A number cell or scientific notation: digits are already lost.
    OrderNoFloat,
    /// The same for any other identifier: IMEI, serial, waybill, SKU code.
    IdentifierFloat,
    AmountInvalid,
    QuantityInvalid,
    DateInvalid,
    StatusUnknown,
    /// Closed without after-sales and without payment: there is nothing to keep.
    NeverPaid,
    /// Another row of the same order was refused; arg `other` is that row.
    OrderRowRefused,
    GradeUnknown,
    CategoryUnknown,
    BatteryInvalid,
    /// The same code stands in an earlier row of the file; arg `other` is that row.
    RowRepeated,
    // phones
    /// The invitation's code is wrong, used or too old.
    PairCode,
    /// Too many requests; arg `seconds` says when to come back.
    TooMany,
    LanOff,
    LanPortTaken,
    LanNoNetwork,
    /// The laptop shows the sample stall, this phone belongs to the person's own: wait.
    LanOtherStall,
    /// What arrived is not what was sent.
    HashMismatch,
    // a zip of units and photographs
    /// A name in it points outside of it.
    ArchivePath,
    /// It unpacks to far more than any photographs would.
    ArchiveBomb,
    /// A file in it is not the one the manifest means.
    ArchiveHash,
    ArchiveMissing,
    ArchiveManifest,
    ArchiveNewer,
    // photographs
    PhotoNotImage,
    PhotoTruncated,
    PhotoDamaged,
    PhotoTooManyPixels,
    /// A picture, but in a variant or by a codec that is not read.
    PhotoUnsupported,
    PhotoDuplicate,
    /// The same picture stands twice among the files handed in.
    PhotoRepeated,
    /// The photographs are still being read.
    BatchReading,
    // passports
    /// The unit was never inspected to the end.
    PassportNoReport,
    /// The last report has a blocker that is not cleared.
    PassportBlocked,
    PassportNoPhotos,
    /// A passport names the stall, and the stall has no name.
    PassportNoStallName,
    /// The stock number has no digits, or too many, for a number that is read aloud.
    PassportNoNumber,
    /// The passport of another unit has the `number`.
    PassportNumberTaken,
    /// Another version was issued meanwhile.
    PassportOvertaken,
    /// The stall's key is there and cannot be read.
    KeyUnreadable,
    // the watched folder
    WatchFolderMissing,
    WatchFolderDenied,
    /// It holds the stall, or lies in it.
    WatchFolderOwn,
    // shows
    ShowMinutes,
    UnitTwiceInShow,
    // orders and shipping
    OrderClosed,
    OrderNotPaid,
    /// A refund or return is under way: do not pack or ship.
    OrderHeld,
    LineTaken,
    UnitTaken,
    LineUnmatched,
    NotPacked,
    AlreadyShipped,
    WaybillMissing,
    WaybillUsed,
    NothingToExport,
    // inspection
    /// Required items are open; arg `n`.
    InspectionIncomplete,
    /// Items that want a photograph have none; arg `n`.
    InspectionPhotosMissing,
    /// A grade above the computed one wants its reason.
    GradeReasonMissing,
    /// An identifier read off the device is not the unit's; args `unit_has`, `answer`.
    InspectionCodeDiffers,
    /// The unit's last report has a blocker that nobody cleared; args `stock_no`, `what_zh`, `what_en`.
    UnitBlocked,
    /// Its data are not erased, or nobody has verified it; arg `stock_no`.
    UnitNotErased,
    /// Two laptops sold it to different orders; args `stock_no`, `orders`.
    UnitSoldTwice,
    /// Somebody answered the question, or what it was about has settled.
    InboxGone,
    /// There is no erasure to verify.
    ErasureMissing,
    /// What was done must be written down.
    NoteMissing,
    /// The house's checklist needs this item; arg `what`.
    ChecklistItemNeeded,
    // the stall's other laptops
    /// This laptop stands alone.
    SyncOff,
    /// It belongs to a stall of several already; arg `hub`.
    SyncOn,
    /// What is here would be mixed into the other stall.
    SyncNotEmpty,
    /// The sample stall belongs to this laptop only.
    SyncSample,
    /// Not an address of a hub.
    SyncHubAddress,
    /// Not an invitation's code.
    SyncCodeBad,
    /// 24 words of the list that are no phrase: one is another, or two have changed places.
    SyncWordsBad,
    /// Not 24 words; arg `n`.
    SyncWordsCount,
    /// A word is of no list; arg `no`, from 1.
    SyncWordUnknown,
    /// The words are of a stall that is not at this hub.
    SyncNoStall,
    /// The hub of that address has not this stall, or does not know this laptop.
    SyncElsewhere,
    /// The hub that is to be given up answers; arg `hub`.
    SyncNotLost,
    /// No way to the hub.
    SyncOffline,
    /// The code was used, taken back or is too old.
    SyncInviteGone,
    /// An owner took this laptop out of the stall.
    SyncRemoved,
    /// The hub does not do it; arg `why`, its own code.
    SyncRefused,
    /// What the hub sent is not genuine; nothing of it was taken over.
    SyncForged,
    /// The hub was put back to an earlier day.
    SyncRestored,
    // labels
    /// No address, or one that cannot be a printer's.
    PrinterAddress,
    PrinterUnknown,
    /// Nobody answers at the address: off, another network, wrong address.
    PrinterUnreachable,
    /// The machine is there and takes no print data at this port.
    PrinterRefused,
    /// It took the connection and stopped reading: out of paper, cover open, another job.
    PrinterHangs,
    /// It broke the connection off in the middle.
    PrinterBrokeOff,
    PrinterMissing,
    /// The system does not let this program write to it.
    PrinterNoRights,
    NothingToLabel,
    TooManyLabels,
    /// The system has no program that shows the file.
    NoViewer,
}

/// The one error type that crosses to the UI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema, thiserror::Error)]
#[error("{code:?} {args:?} {}", detail.as_deref().unwrap_or(""))]
#[ts(export)]
pub struct AppError {
    pub code: ErrorCode,
    /// Values the translated sentence names: row, column, stock number, limit.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
    /// For the log and the bug report; never shown as the message, never holds a buyer's data.
    #[serde(default)]
    pub detail: Option<String>,
}

/// The result of every command.
pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    /// An error with no arguments.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self { code, args: BTreeMap::new(), detail: None }
    }

    /// Adds a named argument of the translated sentence.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Adds a technical detail for the log.
    #[must_use]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }
}

impl From<ErrorCode> for AppError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

#[cfg(feature = "sqlx")]
impl From<sqlx::Error> for AppError {
    /// SQLite's result codes that a person can do something about become codes of their own.
    fn from(e: sqlx::Error) -> Self {
        let code = match &e {
            sqlx::Error::RowNotFound => ErrorCode::NotFound,
            sqlx::Error::Database(db) => match db.code().and_then(|c| c.parse::<u32>().ok()).map(|c| c & 0xff) {
                Some(5 | 6) => ErrorCode::StallBusy,
                Some(8 | 14) => ErrorCode::FolderReadOnly,
                Some(11 | 26) => ErrorCode::StallDamaged,
                Some(13) => ErrorCode::DiskFull,
                _ => ErrorCode::Internal,
            },
            sqlx::Error::Io(io) => return Self::from_io(io),
            _ => ErrorCode::Internal,
        };
        // Constraint messages name columns, never values, so the detail holds no buyer's data.
        Self::new(code).detail(e)
    }
}

impl AppError {
    /// Maps an I/O error to what the person can do: free space, another folder, or try again.
    #[must_use]
    pub fn from_io(e: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let code = match e.kind() {
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => ErrorCode::DiskFull,
            K::ReadOnlyFilesystem | K::PermissionDenied => ErrorCode::FolderReadOnly,
            K::NotFound => ErrorCode::FileMissing,
            _ => ErrorCode::Internal,
        };
        Self::new(code).detail(e)
    }
}
