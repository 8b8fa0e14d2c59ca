//! The one list of commands: name, body, input, output, who may call it, and whether it writes.
//!
//! Both doors, the bindings, the OpenAPI description and the role test are made from this list.
//! It stands in the core so that bindings and the role table build without the window.

use super::*;
use crate::Role;

/// One command as the doors describe it.
#[derive(Debug, Clone, Copy)]
pub struct CommandSpec {
    /// `area.verb`; the HTTP path is `/api/<name>`.
    pub name: &'static str,
    pub doc: &'static str,
    pub roles: &'static [Role],
    pub writes: bool,
    /// Works only in the desktop window (native dialogues).
    pub window_only: bool,
    pub input: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
    pub output: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

impl CommandSpec {
    /// Whether this role may call it.
    #[must_use]
    pub fn allows(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// Everybody.
pub const ALL: &[Role] = &Role::ALL;
/// Who keeps the stock.
pub const STOCK: &[Role] = &[Role::Owner, Role::Control, Role::Photographer, Role::Technician];
/// Who plans shows.
pub const SHOW: &[Role] = &[Role::Owner, Role::Control, Role::Host];
/// Who inspects.
pub const INSPECT: &[Role] = &[Role::Owner, Role::Control, Role::Technician];
/// Who hands pictures out.
pub const PICTURES: &[Role] = &[Role::Owner, Role::Control, Role::Host, Role::Photographer];
/// Who handles orders and parcels.
pub const ORDERS: &[Role] = &[Role::Owner, Role::Control, Role::Packer];
/// Who packs and may see a receiver.
pub const PARCELS: &[Role] = &[Role::Owner, Role::Packer];
/// The owner alone.
pub const OWNER: &[Role] = &[Role::Owner];

/// Calls `$m!` with the whole list. Row: `"name" body: Input => Output, roles, read|write|window;`
#[macro_export]
macro_rules! for_each_command {
    ($m:ident) => {
        $m! {
            /// Who is asking, through which door, which stall is open.
            "app.info" app_info: Empty => AppInfo, ALL, read;
            /// The last step that can be undone and redone.
            "undo.state" undo_state: Empty => UndoState, ALL, read;
            /// Undoes the last action.
            "undo.undo" undo_undo: Empty => Step, ALL, write;
            /// Does the last undone action again.
            "undo.redo" undo_redo: Empty => Step, ALL, write;
            /// Long work running or just ended.
            "jobs.list" jobs_list: Empty => Jobs, ALL, read;
            /// Stops a job; what it has stored stays and can be undone.
            "jobs.cancel" jobs_cancel: ById => Empty, ALL, write;
            /// Where a finished export lies; for the role that made it, and the owner.
            "jobs.made" jobs_made: ById => Made, ALL, read;
            /// The stall's settings.
            "settings.get" settings_get: Empty => Settings, ALL, read;
            /// Replaces the stall's settings.
            "settings.set" settings_set: Settings => Settings, OWNER, write;
            /// The stall's people.
            "members.list" members_list: Empty => Members, ALL, read;
            /// Adds a person.
            "members.add" members_add: MemberInput => Member, OWNER, write;
            /// Removes a person; what they did stays under their name.
            "members.remove" members_remove: ById => Empty, OWNER, write;
            /// Says who is working at this screen from now on.
            "members.use" members_use: ById => Member, OWNER, write;
            /// The door for phones: open or not, addresses, certificate, what stands in its way.
            "lan.status" lan_status: Empty => LanStatus, OWNER, read;
            /// Opens or closes the door for phones; it stays so after a restart.
            "lan.switch" lan_switch: LanSwitch => LanStatus, OWNER, write;
            /// Invites one phone: a link that is good once, for ten minutes.
            "lan.invite" lan_invite: LanInviteInput => LanInvite, OWNER, write;
            /// Paired phones.
            "lan.devices" lan_devices: Empty => LanDevices, OWNER, read;
            /// Takes a phone's right away at once, or an invitation back.
            "lan.revoke" lan_revoke: ById => Empty, OWNER, write;
            /// Where this laptop stands with the stall's others.
            "sync.status" sync_status: Empty => SyncStatus, ALL, read;
            /// Founds the stall at a hub; answers the recovery phrase, once.
            "sync.found" sync_found: SyncFound => SyncPhrase, OWNER, write;
            /// Makes this laptop the hub of its network and founds the stall there, or closes it.
            "sync.host" sync_host: SyncHost => SyncPhrase, OWNER, write;
            /// Gives the stall a second hub, which relays what cannot reach the first, or takes it away.
            "sync.second" sync_second: SyncSecond => SyncStatus, OWNER, write;
            /// The hub is lost for good: another place orders the stall from now on, with what this laptop kept of the order.
            "sync.lost" sync_lost: SyncLost => SyncStatus, OWNER, write;
            /// Where the hub is, for laptops that knew the one before.
            "sync.address" sync_address: Empty => SyncAddress, ALL, read;
            /// Goes to the hub that another laptop of the stall shows.
            "sync.move" sync_move: SyncMove => SyncStatus, ALL, write;
            /// Asks to join a stall with the code an owner's laptop shows.
            "sync.join" sync_join: SyncJoin => SyncStatus, OWNER, write;
            /// Brings a stall back by its 24 words.
            "sync.recover" sync_recover: SyncRecover => SyncStatus, OWNER, write;
            /// Hubs in this network; listens for two seconds.
            "sync.nearby" sync_nearby: Empty => SyncNearby, OWNER, read;
            /// Invites a laptop; it is let in by itself when it shows the code.
            "sync.invite" sync_invite: SyncInviteInput => SyncInvite, OWNER, write;
            /// Takes an invitation back.
            "sync.uninvite" sync_uninvite: SyncUninvite => Empty, OWNER, write;
            /// The stall's laptops and open invitations.
            "sync.laptops" sync_laptops: Empty => SyncLaptops, OWNER, read;
            /// Takes a laptop out of the stall and makes new keys.
            "sync.revoke" sync_revoke: SyncRevoke => Empty, OWNER, write;
            /// Pauses the exchange, or keeps it to small pictures.
            "sync.set" sync_set: SyncSet => SyncStatus, OWNER, write;
            /// Exchanges now.
            "sync.now" sync_now: Empty => SyncStatus, ALL, write;
            /// This laptop leaves the stall and keeps what it has.
            "sync.leave" sync_leave: Empty => SyncStatus, OWNER, write;
            /// What people at other laptops have open now.
            "presence.list" presence_list: Empty => Presence, ALL, read;
            /// Says which record this screen has open: again within 20 s, or it counts as closed. Kept by nobody.
            "presence.set" presence_set: PresenceSet => Presence, ALL, write;
            /// Opens the sample stall beside the person's own, making it first if need be.
            "sample.open" sample_open: Empty => AppInfo, OWNER, write;
            /// Closes the sample stall and deletes it; the person's own stall is untouched.
            "sample.remove" sample_remove: Empty => AppInfo, OWNER, write;
            /// Opens a native dialogue (window only) and stages the chosen files.
            "files.pick" files_pick: PickInput => Picked, ALL, window;
            /// Saves a staged file where the person says (window only).
            "files.save" files_save: ById => Saved, ALL, window;
            /// Shows a made PDF in the system's own viewer (window only), which prints it.
            "files.open" files_open: ById => Empty, ALL, window;
            /// Finds units, orders, shows by words, numbers or tails.
            "find.all" find_all: FindInput => FindHits, ALL, read;
            /// What a scanned code names.
            "scan.resolve" scan_resolve: ScanInput => ScanHit, ALL, read;
            /// What to do now.
            "today.get" today_get: Empty => Today, ALL, read;

            /// One page of units.
            "units.list" units_list: UnitQuery => Page<UnitRow>, ALL, read;
            /// What each filter would leave, the others applied.
            "units.narrow" units_narrow: UnitQuery => UnitCounts, ALL, read;
            /// Every unit of a query at once, up to what one action may touch.
            "units.matching" units_matching: UnitQuery => Matching, ALL, read;
            /// What a bulk edit would do to prices; writes nothing.
            "units.bulk_preview" units_bulk_preview: UnitBulk => BulkPreview, STOCK, read;
            /// Edits many units by rules as one step: badges added and taken off, prices moved.
            "units.bulk" units_bulk: UnitBulk => Touched, STOCK, write;
            /// Saved views of the stock.
            "views.list" views_list: Empty => Views, ALL, read;
            /// Saves a view, new or over another.
            "views.save" views_save: ViewSave => SavedView, STOCK, write;
            /// Gives a view another name.
            "views.rename" views_rename: ViewRename => SavedView, STOCK, write;
            /// Deletes a view.
            "views.delete" views_delete: ById => Empty, STOCK, write;
            /// Counts beside the list.
            "units.facets" units_facets: Empty => UnitFacets, ALL, read;
            /// Everything about one unit.
            "units.get" units_get: ById => UnitDetail, ALL, read;
            /// The next free stock number.
            "units.next_no" units_next_no: Empty => StockNo, STOCK, read;
            /// Checks an IMEI, MEID, serial or stock number while it is typed.
            "units.check_code" units_check_code: CodeInput => CodeCheck, STOCK, read;
            /// Model names for the form, from the model book and the stall's own stock.
            "units.models" units_models: ModelQuery => ModelHints, STOCK, read;
            /// What an Apple model code says of a device.
            "units.model_code" units_model_code: CodeText => ModelCode, STOCK, read;
            /// Shelves, boxes and people the stall has units at.
            "units.places" units_places: Empty => Places, STOCK, read;
            /// Takes a unit into stock.
            "units.add" units_add: UnitPatch => UnitDetail, STOCK, write;
            /// Edits one or many units.
            "units.edit" units_edit: UnitEdit => Touched, STOCK, write;
            /// Moves the unit of a scanned code to a shelf, a box or a person.
            "units.move" units_move: MoveInput => MoveAnswer, STOCK, write;
            /// Deletes units entered by mistake; refused once anything has happened to them.
            "units.delete" units_delete: ByIds => Touched, STOCK, write;
            /// Takes units out of stock (kept, lost, scrapped).
            "units.withdraw" units_withdraw: WithdrawInput => Touched, STOCK, write;
            /// Puts withdrawn or returned units back into stock.
            "units.restore" units_restore: ByIds => Touched, STOCK, write;
            /// Reads a spreadsheet of units and judges every row; writes nothing.
            "units.import_preview" units_import_preview: ImportFile => ImportPreview, STOCK, read;
            /// Writes a judged spreadsheet of units as one undo step.
            "units.import_apply" units_import_apply: ImportApply => ImportDone, STOCK, write;
            /// What an export of units can hold, and how the last one was made.
            "units.export_choices" units_export_choices: Empty => ExportChoices, STOCK, read;
            /// Exports units as a job: a sheet, or a zip with their photographs; its `file` is there when it is done.
            "units.export" units_export: UnitExport => Job, STOCK, write;
            /// Judged rows of the preview, orders or units.
            "imports.rows" imports_rows: ImportRowsInput => ImportRows, STOCK_OR_ORDERS, read;

            /// Fields of the categories' templates and the owner's own.
            "fields.list" fields_list: Empty => Fields, ALL, read;
            /// Makes a field, or renames, hides or changes one.
            "fields.save" fields_save: FieldSave => FieldDef, OWNER, write;
            /// Puts fields in another order.
            "fields.order" fields_order: FieldsOrder => Fields, OWNER, write;
            /// Removes a field of the owner's own with its values, or gives a template's field its first shape back.
            "fields.remove" fields_remove: ByName => Empty, OWNER, write;
            /// The model book: built in, changed, own.
            "models.list" models_list: ModelQuery => ModelBook, STOCK, read;
            /// Adds a model or changes one of the book.
            "models.save" models_save: ModelEntry => ModelEntry, OWNER, write;
            /// Removes an own model, or gives a model of the book its first shape back.
            "models.remove" models_remove: ByName => Empty, OWNER, write;

            /// Lots, newest first.
            "lots.list" lots_list: Empty => Lots, STOCK, read;
            /// One lot and its units.
            "lots.get" lots_get: ById => LotSheet, STOCK, read;
            /// Begins a lot or changes its head.
            "lots.save" lots_save: LotInput => LotRow, STOCK, write;
            /// Takes the unit of a scanned code into the lot.
            "lots.scan" lots_scan: LotScan => LotAnswer, STOCK, write;
            /// Takes a scan back: the unit was never there.
            "lots.unscan" lots_unscan: LotUnscan => Touched, STOCK, write;
            /// Shares the cost and ends the lot.
            "lots.finish" lots_finish: LotFinish => LotSheet, STOCK, write;
            /// Stock-takes, newest first.
            "takes.list" takes_list: Empty => Takes, STOCK, read;
            /// One stock-take with its differences.
            "takes.get" takes_get: ById => TakeSheet, STOCK, read;
            /// Begins a stock-take.
            "takes.start" takes_start: TakeInput => TakeRow, STOCK, write;
            /// Notes a scanned code as seen.
            "takes.scan" takes_scan: TakeScan => TakeAnswer, STOCK, write;
            /// Takes a scan back.
            "takes.unscan" takes_unscan: ById => Touched, STOCK, write;
            /// Ends a stock-take and keeps its differences.
            "takes.finish" takes_finish: ById => TakeSheet, STOCK, write;

            /// Takes staged photographs into a unit as a job.
            "photos.add" photos_add: PhotosAdd => Job, STOCK, write;
            /// Orders a unit's photographs; the first is the cover.
            "photos.reorder" photos_reorder: PhotosOrder => Touched, STOCK, write;
            /// Takes photographs off a unit; the originals stay until the undo history forgets them.
            "photos.delete" photos_delete: ByIds => Touched, STOCK, write;
            /// Says which view of the shot list photographs show.
            "photos.shot" photos_shot: PhotosShot => Touched, STOCK, write;

            /// The views to photograph, by category.
            "shoot.lists" shoot_lists: Empty => ShotLists, ALL, read;
            /// Units in stock that lack required views: those of coming shows first, then the newest.
            "shoot.queue" shoot_queue: ShootQueueInput => ShootQueue, STOCK, read;
            /// Units of a stock number, IMEI, serial number or the tail of one, with what is photographed.
            "shoot.find" shoot_find: ShootFind => ShootHits, STOCK, read;
            /// Photographs that have no unit yet, grouped by device.
            "tray.list" tray_list: Empty => Tray, STOCK, read;
            /// Gives a group's photographs to a unit.
            "tray.assign" tray_assign: TrayAssign => Touched, STOCK, write;
            /// Takes a unit into stock with a group's photographs.
            "tray.new_unit" tray_new_unit: TrayNewUnit => UnitDetail, STOCK, write;
            /// Moves photographs to another group or to one of their own.
            "tray.move" tray_move: TrayMove => TrayMoved, STOCK, write;
            /// Replaces a photograph's edits (crop, turn, blur, marks); the original is kept as it came.
            "photos.edit" photos_edit: PhotoEdit => Touched, STOCK, write;
            /// The edits a photograph has.
            "photos.edits" photos_edits: ById => PhotoEdits, ALL, read;
            /// Which of these photographs are blurred, too dark, too bright, or like an earlier one.
            "photos.flags" photos_flags: ByIds => PhotoFlags, ALL, read;

            /// How labels look, which printers there are, and the papers.
            "labels.settings" labels_settings: Empty => LabelSetup, ALL, read;
            /// Replaces how labels look and the printers.
            "labels.set" labels_set: LabelSettings => LabelSetup, OWNER, write;
            /// One label as a picture, dot for dot as it prints.
            "labels.preview" labels_preview: LabelPreviewInput => LabelPreview, STOCK_OR_ORDERS, read;
            /// Labels as a file: PDF, picture, or the bytes of a printer's language.
            "labels.make" labels_make: LabelMake => StagedFile, STOCK_OR_ORDERS, read;
            /// Sends labels to a label printer as a job.
            "labels.print" labels_print: LabelPrint => Job, STOCK_OR_ORDERS, write;
            /// How many units want a label.
            "labels.missing" labels_missing: Empty => LabelsMissing, STOCK_OR_ORDERS, read;
            /// The units that want a label, by stock number.
            "labels.wanted" labels_wanted: Empty => ByIds, STOCK_OR_ORDERS, read;
            /// Says that labels were printed, or that they do not count after all.
            "labels.mark" labels_mark: LabelMark => Touched, STOCK_OR_ORDERS, write;
            /// How the last set of pictures was made, and the stall's watermark.
            "photos.export_choices" photos_export_choices: Empty => SetChoices, PICTURES, read;
            /// Pictures of units or of a show as a folder, a zip or nine-picture grids; a job.
            "photos.export" photos_export: PhotosExport => Job, PICTURES, write;
            /// What such a picture will look like.
            "photos.export_preview" photos_export_preview: SetPreviewInput => SetPreview, PICTURES, read;
            /// Sets the stall's watermark.
            "watermark.set" watermark_set: Watermark => Watermark, OWNER, write;
            /// Reads staged photographs of many units as a job and parts them; writes nothing to the stall.
            "batch.start" batch_start: BatchStart => Job, STOCK, write;
            /// The photographs being read or waiting to be given to units.
            "batch.get" batch_get: Empty => BatchState, STOCK, read;
            /// Says which photographs belong together and to which unit.
            "batch.arrange" batch_arrange: BatchArrange => BatchState, STOCK, write;
            /// Parts the photographs anew by other rules.
            "batch.regroup" batch_regroup: BatchRegroup => BatchState, STOCK, write;
            /// Gives the photographs to their units and the rest to the tray, as one undo step.
            "batch.apply" batch_apply: ById => BatchDone, STOCK, write;
            /// Lets go of the photographs; nothing of them is taken in.
            "batch.drop" batch_drop: ById => Empty, STOCK, write;

            /// The watched folder of this computer and what it is doing.
            "watch.get" watch_get: Empty => WatchStatus, STOCK, read;
            /// Looks at a folder before it is watched.
            "watch.check" watch_check: WatchFolderInput => WatchFolder, OWNER, read;
            /// Opens a native dialogue for the folder (window only).
            "watch.pick" watch_pick: Empty => WatchPicked, OWNER, window;
            /// Says which folder is watched and where its photographs go.
            "watch.set" watch_set: WatchSet => WatchStatus, OWNER, write;
            /// Says to which unit everything goes that arrives from now on.
            "watch.target" watch_target: WatchTarget => WatchStatus, STOCK, write;

            /// The checklists of all categories.
            "checklists.list" checklists_list: Empty => Checklists, ALL, read;
            /// Changes wording, evidence or presence of items, or adds items of the owner's own.
            "checklists.save" checklists_save: ChecklistSave => Checklist, OWNER, write;
            /// Gives an item or a whole list its first shape back.
            "checklists.reset" checklists_reset: ChecklistReset => Checklist, OWNER, write;
            /// Opens the draft of a unit's inspection, making it if there is none.
            "inspections.open" inspections_open: InspectionOpen => Inspection, INSPECT, write;
            /// A draft.
            "inspections.get" inspections_get: ById => Inspection, INSPECT, read;
            /// Answers items, as one undo step.
            "inspections.answer" inspections_answer: AnswersInput => Inspection, INSPECT, write;
            /// Ties a photograph of the unit to an item as evidence, or unties it.
            "inspections.photo" inspections_photo: EvidenceInput => Inspection, INSPECT, write;
            /// Sets the grade by hand: lower at will, higher with a reason.
            "inspections.grade" inspections_grade: ManualInput => Inspection, INSPECT, write;
            /// Ends a draft: the report is frozen and the unit takes grade, badges, battery and flaws from it.
            "inspections.finish" inspections_finish: FinishInput => Report, INSPECT, write;
            /// Throws a draft away.
            "inspections.discard" inspections_discard: ById => Empty, INSPECT, write;
            /// The reports of a unit.
            "inspections.reports" inspections_reports: ByUnit => Reports, ALL, read;
            /// One report.
            "inspections.report" inspections_report: ById => Report, ALL, read;
            /// Two reports side by side.
            "inspections.compare" inspections_compare: CompareInput => Compare, ALL, read;
            /// Units that wait for their inspection: drafts first, then those of coming shows.
            "inspections.queue" inspections_queue: InspectQueueInput => InspectQueue, INSPECT, read;
            /// Working time by person and category.
            "inspections.stats" inspections_stats: StatsInput => InspectionStats, INSPECT, read;
            /// Lifts one blocker of a unit's last report, with a note.
            "blockers.clear" blockers_clear: ClearInput => UnitInspection, INSPECT, write;
            /// Records that a unit's data were erased.
            "erasures.record" erasures_record: ErasureInput => UnitInspection, INSPECT, write;
            /// Says that somebody looked and nothing is left on the unit.
            "erasures.verify" erasures_verify: ErasureVerify => UnitInspection, INSPECT, write;
            /// When packing wants a verified erasure.
            "erasures.rule" erasures_rule: Empty => ErasureSetting, ALL, read;
            /// Sets when packing wants a verified erasure.
            "erasures.set_rule" erasures_set_rule: ErasureSetting => ErasureSetting, OWNER, write;
            /// Keeps a report of somebody else beside ours.
            "third_party.add" third_party_add: ThirdPartyInput => ThirdParty, INSPECT, write;
            /// Reports of others about a unit.
            "third_party.list" third_party_list: ByUnit => ThirdParties, ALL, read;
            /// Stages the file of a report of somebody else.
            "third_party.file" third_party_file: ById => StagedFile, ALL, read;
            /// Removes a report of somebody else.
            "third_party.remove" third_party_remove: ById => Empty, INSPECT, write;
            /// The last reports of several units as one sheet.
            "reports.sheet" reports_sheet: ReportSheetInput => StagedFile, ALL, read;

            /// The passports of a unit, and what another one lacks.
            "passports.list" passports_list: ByUnit => Passports, ALL, read;
            /// Issues the next version of a unit's passport from its last report, photographs and the stall's terms.
            "passports.issue" passports_issue: PassportIssue => PassportHead, STOCK, write;
            /// What a passport says, in one language.
            "passports.get" passports_get: PassportGet => Passport, ALL, read;
            /// A passport as a picture to look at.
            "passports.picture" passports_picture: PassportPictureInput => PassportPicture, ALL, read;
            /// A passport as a file to hand out. The buyer's copy names the full codes.
            "passports.file" passports_file: PassportFile => StagedFile, ALL, read;
            /// Checks a passport file: genuine or not, and what was altered.
            "passports.verify" passports_verify: PassportCheckInput => PassportVerdict, ALL, read;
            /// The keys the stall signs with.
            "passports.keys" passports_keys: Empty => StallKeys, ALL, read;
            /// Makes a new key; what was signed with the old one stays valid.
            "passports.new_key" passports_new_key: Empty => StallKeys, OWNER, write;
            /// What every passport says of the stall.
            "passports.settings" passports_settings: Empty => PassportSettings, ALL, read;
            /// Sets what every passport says of the stall from now on.
            "passports.set" passports_set: PassportSettings => PassportSettings, OWNER, write;

            /// All shows, coming ones first.
            "shows.list" shows_list: Empty => Shows, ALL, read;
            /// One run sheet.
            "shows.get" shows_get: ById => ShowSheet, ALL, read;
            /// Drafts a show.
            "shows.add" shows_add: ShowInput => ShowRow, SHOW, write;
            /// Changes a show's head.
            "shows.edit" shows_edit: ShowEdit => ShowRow, SHOW, write;
            /// Deletes a show and its items.
            "shows.delete" shows_delete: ById => Empty, SHOW, write;
            /// The segment types a sheet can use.
            "shows.segments" shows_segments: Empty => SegmentTypes, ALL, read;
            /// Inserts segments or units.
            "items.add" items_add: ItemsAdd => ShowSheet, SHOW, write;
            /// Edits one or many items.
            "items.edit" items_edit: ItemsEdit => Touched, SHOW, write;
            /// Moves items within the show.
            "items.move" items_move: ItemsMove => ShowSheet, SHOW, write;
            /// Takes items off the sheet.
            "items.delete" items_delete: ByIds => Touched, SHOW, write;

            /// Reads an order export and judges every row; writes nothing.
            "orders.import_preview" orders_import_preview: ImportFile => ImportPreview, ORDERS, read;
            /// Writes a judged order file as one undo step.
            "orders.import_apply" orders_import_apply: ImportApply => ImportDone, ORDERS, write;
            /// One page of orders.
            "orders.list" orders_list: OrderQuery => Page<OrderRow>, ORDERS, read;
            /// Counts beside the list.
            "orders.facets" orders_facets: Empty => OrderFacets, ORDERS, read;
            /// One order, receiver masked.
            "orders.get" orders_get: ById => OrderDetail, ORDERS, read;
            /// The receiver in full.
            "orders.reveal" orders_reveal: ById => Receiver, PARCELS, read;
            /// Reserves a unit at the hub for a minute, before it is given to an order; says which laptop did already.
            "units.claim" units_claim: ById => Claimed, ORDERS, read;
            /// Locks a unit to an order line.
            "orders.assign" orders_assign: AssignInput => OrderDetail, ORDERS, write;
            /// Frees a line's unit.
            "orders.unassign" orders_unassign: ByLine => OrderDetail, ORDERS, write;
            /// Says whether a line is a device or an accessory.
            "orders.line_kind" orders_line_kind: LineKindInput => OrderDetail, ORDERS, write;

            /// The packing queue.
            "bench.queue" bench_queue: Empty => BenchQueue, ORDERS, read;
            /// What a scan at the bench means; the right unit is packed by it.
            "bench.scan" bench_scan: BenchScan => BenchAnswer, PARCELS, write;
            /// Marks a packed parcel as shipped.
            "bench.ship" bench_ship: ShipInput => OrderDetail, PARCELS, write;
            /// Carriers a waybill number may belong to.
            "carriers.suggest" carriers_suggest: WaybillInput => CarrierGuesses, ORDERS, read;
            /// Every carrier known.
            "carriers.list" carriers_list: Empty => Carriers, ALL, read;
            /// What a bulk-ship export would hold.
            "bench.export_preview" bench_export_preview: Empty => ShipPreview, PARCELS, read;
            /// Makes the bulk-ship file of a platform.
            "bench.export" bench_export: ShipExportInput => ShipExport, PARCELS, write;

            /// The questions that laptops left to a person, as far as the caller may decide them.
            "inbox.list" inbox_list: Empty => Inbox, ALL, read;
            /// Answers one of them; every laptop takes the answer over, and it can be undone.
            "inbox.resolve" inbox_resolve: InboxResolve => Inbox, ALL, write;
            /// Where this laptop held something else than the stall's others (`ledger_audit`), until it is put away.
            "ledger.notices" ledger_notices: Empty => LedgerNotices, ALL, read;
            /// Puts such a notice away.
            "ledger.seen" ledger_seen: LedgerSeen => LedgerNotices, ALL, write;
        }
    };
}

/// Who may look at a preview's rows.
pub const STOCK_OR_ORDERS: &[Role] = &[Role::Owner, Role::Control, Role::Photographer, Role::Technician, Role::Packer];

macro_rules! specs {
    ($($(#[doc = $doc:literal])+ $name:literal $body:ident: $in:ty => $out:ty, $roles:ident, $kind:ident;)+) => {
        /// Every command.
        pub const COMMANDS: &[CommandSpec] = &[$(CommandSpec {
            name: $name,
            doc: concat!($($doc),+),
            roles: $roles,
            writes: !matches!(stringify!($kind).as_bytes(), b"read"),
            window_only: matches!(stringify!($kind).as_bytes(), b"window"),
            input: |g| g.subschema_for::<$in>(),
            output: |g| g.subschema_for::<$out>(),
        }),+];

        /// `commands.ts`: the map from name to input and output, for the UI's one `call` function.
        #[must_use]
        pub fn commands_ts() -> String {
            use ts_rs::TS;
            let cfg = ts_rs::Config::default();
            let mut names = std::collections::BTreeSet::new();
            let mut body = String::new();
            $(
                let (i, o) = (<$in as TS>::name(&cfg), <$out as TS>::name(&cfg));
                for n in [&i, &o] {
                    names.extend(n.split(['<', '>']).filter(|s| !s.is_empty()).map(str::to_owned));
                }
                body += &format!("  /** {} */\n  \"{}\": {{ input: {i}; output: {o} }};\n", concat!($($doc),+).trim(), $name);
            )+
            let imports: String = names.iter().map(|n| format!("import type {{ {n} }} from \"./{n}\";\n")).collect();
            format!("// Written by `cargo xtask bindings` from crates/core/src/api/list.rs. Do not edit.\n{imports}\nexport interface Commands {{\n{body}}}\n\nexport type CommandName = keyof Commands;\n")
        }
    };
}
for_each_command!(specs);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn export_bindings_commands() -> std::io::Result<()> {
        let dir = std::env::var("TS_RS_EXPORT_DIR").unwrap_or_else(|_| "./bindings".into());
        std::fs::create_dir_all(&dir)?;
        std::fs::write(std::path::Path::new(&dir).join("commands.ts"), commands_ts())
    }

    #[test]
    fn every_command_has_a_role_and_a_name_of_its_own() {
        let mut names: Vec<_> = COMMANDS.iter().map(|c| c.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
        assert!(COMMANDS.iter().all(|c| !c.roles.is_empty() && c.allows(Role::Owner)));
    }
}
