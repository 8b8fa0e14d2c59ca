//! The closed list of user actions. Each has a sentence in both dictionaries (`op.<name>`).

/// A user action: what one transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    AddUnit,
    EditUnits,
    DeleteUnits,
    WithdrawUnits,
    RestoreUnits,
    ImportUnits,
    MoveUnits,
    TakeLot,
    StartTake,
    ScanTake,
    FinishTake,
    SaveField,
    OrderFields,
    RemoveField,
    SaveModel,
    RemoveModel,
    AddPhotos,
    ReorderPhotos,
    DeletePhotos,
    NameShots,
    AssignTray,
    TakeInTray,
    MoveTray,
    TakePhotos,
    TrayPhotos,
    EditPhoto,
    SaveChecklist,
    ResetChecklist,
    OpenInspection,
    AnswerInspection,
    TieEvidence,
    GradeByHand,
    FinishInspection,
    DiscardInspection,
    ClearBlocker,
    RecordErasure,
    VerifyErasure,
    SetErasureRule,
    AddThirdParty,
    RemoveThirdParty,
    AddShow,
    EditShow,
    DeleteShow,
    AddItems,
    EditItems,
    MoveItems,
    DeleteItems,
    ImportOrders,
    AssignUnit,
    UnassignUnit,
    SetLineKind,
    Pack,
    Ship,
    ResolveConflict,
    SetSettings,
    SetHubs,
    SetLabels,
    MarkLabels,
    IssuePassport,
    SetPassport,
    NewKey,
    KeepChoices,
    SetWatch,
    AddMember,
    RemoveMember,
    PairDevice,
    RevokeDevice,
    SaveView,
    RenameView,
    DeleteView,
    SetUp,
    /// Changes of other laptops, applied.
    Sync,
    Undo,
    Redo,
}

impl Op {
    /// Every action, for the dictionary check.
    pub const ALL: &[Self] = &[
        Self::AddUnit,
        Self::EditUnits,
        Self::DeleteUnits,
        Self::WithdrawUnits,
        Self::RestoreUnits,
        Self::ImportUnits,
        Self::MoveUnits,
        Self::TakeLot,
        Self::StartTake,
        Self::ScanTake,
        Self::FinishTake,
        Self::SaveField,
        Self::OrderFields,
        Self::RemoveField,
        Self::SaveModel,
        Self::RemoveModel,
        Self::AddPhotos,
        Self::ReorderPhotos,
        Self::DeletePhotos,
        Self::NameShots,
        Self::AssignTray,
        Self::TakeInTray,
        Self::MoveTray,
        Self::TakePhotos,
        Self::TrayPhotos,
        Self::EditPhoto,
        Self::SaveChecklist,
        Self::ResetChecklist,
        Self::OpenInspection,
        Self::AnswerInspection,
        Self::TieEvidence,
        Self::GradeByHand,
        Self::FinishInspection,
        Self::DiscardInspection,
        Self::ClearBlocker,
        Self::RecordErasure,
        Self::VerifyErasure,
        Self::SetErasureRule,
        Self::AddThirdParty,
        Self::RemoveThirdParty,
        Self::AddShow,
        Self::EditShow,
        Self::DeleteShow,
        Self::AddItems,
        Self::EditItems,
        Self::MoveItems,
        Self::DeleteItems,
        Self::ImportOrders,
        Self::AssignUnit,
        Self::UnassignUnit,
        Self::SetLineKind,
        Self::Pack,
        Self::Ship,
        Self::ResolveConflict,
        Self::SetSettings,
        Self::SetHubs,
        Self::SetLabels,
        Self::MarkLabels,
        Self::IssuePassport,
        Self::SetPassport,
        Self::NewKey,
        Self::KeepChoices,
        Self::SetWatch,
        Self::AddMember,
        Self::RemoveMember,
        Self::PairDevice,
        Self::RevokeDevice,
        Self::SaveView,
        Self::RenameView,
        Self::DeleteView,
        Self::SetUp,
        Self::Sync,
        Self::Undo,
        Self::Redo,
    ];

    /// The name in the change log and the dictionaries.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AddUnit => "add_unit",
            Self::EditUnits => "edit_units",
            Self::DeleteUnits => "delete_units",
            Self::WithdrawUnits => "withdraw_units",
            Self::RestoreUnits => "restore_units",
            Self::ImportUnits => "import_units",
            Self::MoveUnits => "move_units",
            Self::TakeLot => "take_lot",
            Self::StartTake => "start_take",
            Self::ScanTake => "scan_take",
            Self::FinishTake => "finish_take",
            Self::SaveField => "save_field",
            Self::OrderFields => "order_fields",
            Self::RemoveField => "remove_field",
            Self::SaveModel => "save_model",
            Self::RemoveModel => "remove_model",
            Self::AddPhotos => "add_photos",
            Self::ReorderPhotos => "reorder_photos",
            Self::DeletePhotos => "delete_photos",
            Self::NameShots => "name_shots",
            Self::AssignTray => "assign_tray",
            Self::TakeInTray => "take_in_tray",
            Self::MoveTray => "move_tray",
            Self::TakePhotos => "take_photos",
            Self::TrayPhotos => "tray_photos",
            Self::EditPhoto => "edit_photo",
            Self::SaveChecklist => "save_checklist",
            Self::ResetChecklist => "reset_checklist",
            Self::OpenInspection => "open_inspection",
            Self::AnswerInspection => "answer_inspection",
            Self::TieEvidence => "tie_evidence",
            Self::GradeByHand => "grade_by_hand",
            Self::FinishInspection => "finish_inspection",
            Self::DiscardInspection => "discard_inspection",
            Self::ClearBlocker => "clear_blocker",
            Self::RecordErasure => "record_erasure",
            Self::VerifyErasure => "verify_erasure",
            Self::SetErasureRule => "set_erasure_rule",
            Self::AddThirdParty => "add_third_party",
            Self::RemoveThirdParty => "remove_third_party",
            Self::AddShow => "add_show",
            Self::EditShow => "edit_show",
            Self::DeleteShow => "delete_show",
            Self::AddItems => "add_items",
            Self::EditItems => "edit_items",
            Self::MoveItems => "move_items",
            Self::DeleteItems => "delete_items",
            Self::ImportOrders => "import_orders",
            Self::AssignUnit => "assign_unit",
            Self::UnassignUnit => "unassign_unit",
            Self::SetLineKind => "set_line_kind",
            Self::Pack => "pack",
            Self::Ship => "ship",
            Self::ResolveConflict => "resolve_conflict",
            Self::SetSettings => "set_settings",
            Self::SetHubs => "set_hubs",
            Self::SetLabels => "set_labels",
            Self::MarkLabels => "mark_labels",
            Self::IssuePassport => "issue_passport",
            Self::SetPassport => "set_passport",
            Self::NewKey => "new_key",
            Self::KeepChoices => "keep_choices",
            Self::SetWatch => "set_watch",
            Self::AddMember => "add_member",
            Self::RemoveMember => "remove_member",
            Self::PairDevice => "pair_device",
            Self::RevokeDevice => "revoke_device",
            Self::SaveView => "save_view",
            Self::RenameView => "rename_view",
            Self::DeleteView => "delete_view",
            Self::SetUp => "set_up",
            Self::Sync => "sync",
            Self::Undo => "undo",
            Self::Redo => "redo",
        }
    }

    /// Facts and money are fsynced at commit; plain edits may lose the last moments to a power cut (never to a crash
    /// of the program).
    #[must_use]
    pub fn durable(self) -> bool {
        !matches!(
            self,
            Self::SaveView
                | Self::RenameView
                | Self::DeleteView
                | Self::EditUnits
                | Self::EditShow
                | Self::EditItems
                | Self::MoveItems
                | Self::ReorderPhotos
                | Self::NameShots
                | Self::MoveTray
                | Self::MoveUnits
                | Self::ScanTake
                | Self::OpenInspection
                | Self::AnswerInspection
                | Self::TieEvidence
        )
    }

    /// Whether a person can take it back. Undo and redo are steps of the history, not new ones. Who may come in is no
    /// matter for Ctrl+Z: a lost phone must not be let in again in passing. A print is on paper, and is taken back by
    /// telling that it does not count. A passport that was signed may be in a buyer's hands: the next version follows it.
    /// matter for Ctrl+Z: a lost phone must not be let in again in passing. Three hundred scans of a stock-take would push
    /// everything else out of the history, and a scan changes nothing but what was seen.
    #[must_use]
    pub fn undoable(self) -> bool {
        !matches!(
            self,
            Self::Undo
                | Self::Redo
                | Self::SetUp
                | Self::Sync
                | Self::KeepChoices
                | Self::PairDevice
                | Self::RevokeDevice
                | Self::MarkLabels
                | Self::IssuePassport
                | Self::NewKey
                | Self::SetHubs
                | Self::ScanTake
        )
    }
}
