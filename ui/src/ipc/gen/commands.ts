// Written by `cargo xtask bindings` from crates/core/src/api/list.rs. Do not edit.
import type { AnswersInput } from "./AnswersInput";
import type { AppInfo } from "./AppInfo";
import type { AssignInput } from "./AssignInput";
import type { BatchArrange } from "./BatchArrange";
import type { BatchDone } from "./BatchDone";
import type { BatchRegroup } from "./BatchRegroup";
import type { BatchStart } from "./BatchStart";
import type { BatchState } from "./BatchState";
import type { BenchAnswer } from "./BenchAnswer";
import type { BenchQueue } from "./BenchQueue";
import type { BenchScan } from "./BenchScan";
import type { BulkPreview } from "./BulkPreview";
import type { ById } from "./ById";
import type { ByIds } from "./ByIds";
import type { ByLine } from "./ByLine";
import type { ByName } from "./ByName";
import type { ByUnit } from "./ByUnit";
import type { CarrierGuesses } from "./CarrierGuesses";
import type { Carriers } from "./Carriers";
import type { Checklist } from "./Checklist";
import type { ChecklistReset } from "./ChecklistReset";
import type { ChecklistSave } from "./ChecklistSave";
import type { Checklists } from "./Checklists";
import type { Claimed } from "./Claimed";
import type { ClearInput } from "./ClearInput";
import type { CodeCheck } from "./CodeCheck";
import type { CodeInput } from "./CodeInput";
import type { CodeText } from "./CodeText";
import type { Compare } from "./Compare";
import type { CompareInput } from "./CompareInput";
import type { Empty } from "./Empty";
import type { ErasureInput } from "./ErasureInput";
import type { ErasureSetting } from "./ErasureSetting";
import type { ErasureVerify } from "./ErasureVerify";
import type { EvidenceInput } from "./EvidenceInput";
import type { ExportChoices } from "./ExportChoices";
import type { FieldDef } from "./FieldDef";
import type { FieldSave } from "./FieldSave";
import type { Fields } from "./Fields";
import type { FieldsOrder } from "./FieldsOrder";
import type { FindHits } from "./FindHits";
import type { FindInput } from "./FindInput";
import type { FinishInput } from "./FinishInput";
import type { ImportApply } from "./ImportApply";
import type { ImportDone } from "./ImportDone";
import type { ImportFile } from "./ImportFile";
import type { ImportPreview } from "./ImportPreview";
import type { ImportRows } from "./ImportRows";
import type { ImportRowsInput } from "./ImportRowsInput";
import type { Inbox } from "./Inbox";
import type { InboxResolve } from "./InboxResolve";
import type { InspectQueue } from "./InspectQueue";
import type { InspectQueueInput } from "./InspectQueueInput";
import type { Inspection } from "./Inspection";
import type { InspectionOpen } from "./InspectionOpen";
import type { InspectionStats } from "./InspectionStats";
import type { ItemsAdd } from "./ItemsAdd";
import type { ItemsEdit } from "./ItemsEdit";
import type { ItemsMove } from "./ItemsMove";
import type { Job } from "./Job";
import type { Jobs } from "./Jobs";
import type { LabelMake } from "./LabelMake";
import type { LabelMark } from "./LabelMark";
import type { LabelPreview } from "./LabelPreview";
import type { LabelPreviewInput } from "./LabelPreviewInput";
import type { LabelPrint } from "./LabelPrint";
import type { LabelSettings } from "./LabelSettings";
import type { LabelSetup } from "./LabelSetup";
import type { LabelsMissing } from "./LabelsMissing";
import type { LanDevices } from "./LanDevices";
import type { LanInvite } from "./LanInvite";
import type { LanInviteInput } from "./LanInviteInput";
import type { LanStatus } from "./LanStatus";
import type { LanSwitch } from "./LanSwitch";
import type { LedgerNotices } from "./LedgerNotices";
import type { LedgerSeen } from "./LedgerSeen";
import type { LineKindInput } from "./LineKindInput";
import type { LotAnswer } from "./LotAnswer";
import type { LotFinish } from "./LotFinish";
import type { LotInput } from "./LotInput";
import type { LotRow } from "./LotRow";
import type { LotScan } from "./LotScan";
import type { LotSheet } from "./LotSheet";
import type { LotUnscan } from "./LotUnscan";
import type { Lots } from "./Lots";
import type { Made } from "./Made";
import type { ManualInput } from "./ManualInput";
import type { Matching } from "./Matching";
import type { Member } from "./Member";
import type { MemberInput } from "./MemberInput";
import type { Members } from "./Members";
import type { ModelBook } from "./ModelBook";
import type { ModelCode } from "./ModelCode";
import type { ModelEntry } from "./ModelEntry";
import type { ModelHints } from "./ModelHints";
import type { ModelQuery } from "./ModelQuery";
import type { MoveAnswer } from "./MoveAnswer";
import type { MoveInput } from "./MoveInput";
import type { OrderDetail } from "./OrderDetail";
import type { OrderFacets } from "./OrderFacets";
import type { OrderQuery } from "./OrderQuery";
import type { OrderRow } from "./OrderRow";
import type { Page } from "./Page";
import type { Passport } from "./Passport";
import type { PassportCheckInput } from "./PassportCheckInput";
import type { PassportFile } from "./PassportFile";
import type { PassportGet } from "./PassportGet";
import type { PassportHead } from "./PassportHead";
import type { PassportIssue } from "./PassportIssue";
import type { PassportPicture } from "./PassportPicture";
import type { PassportPictureInput } from "./PassportPictureInput";
import type { PassportSettings } from "./PassportSettings";
import type { PassportVerdict } from "./PassportVerdict";
import type { Passports } from "./Passports";
import type { PhotoEdit } from "./PhotoEdit";
import type { PhotoEdits } from "./PhotoEdits";
import type { PhotoFlags } from "./PhotoFlags";
import type { PhotosAdd } from "./PhotosAdd";
import type { PhotosExport } from "./PhotosExport";
import type { PhotosOrder } from "./PhotosOrder";
import type { PhotosShot } from "./PhotosShot";
import type { PickInput } from "./PickInput";
import type { Picked } from "./Picked";
import type { Places } from "./Places";
import type { Presence } from "./Presence";
import type { PresenceSet } from "./PresenceSet";
import type { Receiver } from "./Receiver";
import type { Report } from "./Report";
import type { ReportSheetInput } from "./ReportSheetInput";
import type { Reports } from "./Reports";
import type { Saved } from "./Saved";
import type { SavedView } from "./SavedView";
import type { ScanHit } from "./ScanHit";
import type { ScanInput } from "./ScanInput";
import type { SegmentTypes } from "./SegmentTypes";
import type { SetChoices } from "./SetChoices";
import type { SetPreview } from "./SetPreview";
import type { SetPreviewInput } from "./SetPreviewInput";
import type { Settings } from "./Settings";
import type { ShipExport } from "./ShipExport";
import type { ShipExportInput } from "./ShipExportInput";
import type { ShipInput } from "./ShipInput";
import type { ShipPreview } from "./ShipPreview";
import type { ShootFind } from "./ShootFind";
import type { ShootHits } from "./ShootHits";
import type { ShootQueue } from "./ShootQueue";
import type { ShootQueueInput } from "./ShootQueueInput";
import type { ShotLists } from "./ShotLists";
import type { ShowEdit } from "./ShowEdit";
import type { ShowInput } from "./ShowInput";
import type { ShowRow } from "./ShowRow";
import type { ShowSheet } from "./ShowSheet";
import type { Shows } from "./Shows";
import type { StagedFile } from "./StagedFile";
import type { StallKeys } from "./StallKeys";
import type { StatsInput } from "./StatsInput";
import type { Step } from "./Step";
import type { StockNo } from "./StockNo";
import type { SyncAddress } from "./SyncAddress";
import type { SyncFound } from "./SyncFound";
import type { SyncHost } from "./SyncHost";
import type { SyncInvite } from "./SyncInvite";
import type { SyncInviteInput } from "./SyncInviteInput";
import type { SyncJoin } from "./SyncJoin";
import type { SyncLaptops } from "./SyncLaptops";
import type { SyncLost } from "./SyncLost";
import type { SyncMove } from "./SyncMove";
import type { SyncNearby } from "./SyncNearby";
import type { SyncPhrase } from "./SyncPhrase";
import type { SyncRecover } from "./SyncRecover";
import type { SyncRevoke } from "./SyncRevoke";
import type { SyncSecond } from "./SyncSecond";
import type { SyncSet } from "./SyncSet";
import type { SyncStatus } from "./SyncStatus";
import type { SyncUninvite } from "./SyncUninvite";
import type { TakeAnswer } from "./TakeAnswer";
import type { TakeInput } from "./TakeInput";
import type { TakeRow } from "./TakeRow";
import type { TakeScan } from "./TakeScan";
import type { TakeSheet } from "./TakeSheet";
import type { Takes } from "./Takes";
import type { ThirdParties } from "./ThirdParties";
import type { ThirdParty } from "./ThirdParty";
import type { ThirdPartyInput } from "./ThirdPartyInput";
import type { Today } from "./Today";
import type { Touched } from "./Touched";
import type { Tray } from "./Tray";
import type { TrayAssign } from "./TrayAssign";
import type { TrayMove } from "./TrayMove";
import type { TrayMoved } from "./TrayMoved";
import type { TrayNewUnit } from "./TrayNewUnit";
import type { UndoState } from "./UndoState";
import type { UnitBulk } from "./UnitBulk";
import type { UnitCounts } from "./UnitCounts";
import type { UnitDetail } from "./UnitDetail";
import type { UnitEdit } from "./UnitEdit";
import type { UnitExport } from "./UnitExport";
import type { UnitFacets } from "./UnitFacets";
import type { UnitInspection } from "./UnitInspection";
import type { UnitPatch } from "./UnitPatch";
import type { UnitQuery } from "./UnitQuery";
import type { UnitRow } from "./UnitRow";
import type { ViewRename } from "./ViewRename";
import type { ViewSave } from "./ViewSave";
import type { Views } from "./Views";
import type { WatchFolder } from "./WatchFolder";
import type { WatchFolderInput } from "./WatchFolderInput";
import type { WatchPicked } from "./WatchPicked";
import type { WatchSet } from "./WatchSet";
import type { WatchStatus } from "./WatchStatus";
import type { WatchTarget } from "./WatchTarget";
import type { Watermark } from "./Watermark";
import type { WaybillInput } from "./WaybillInput";
import type { WithdrawInput } from "./WithdrawInput";

export interface Commands {
  /** Who is asking, through which door, which stall is open. */
  "app.info": { input: Empty; output: AppInfo };
  /** The last step that can be undone and redone. */
  "undo.state": { input: Empty; output: UndoState };
  /** Undoes the last action. */
  "undo.undo": { input: Empty; output: Step };
  /** Does the last undone action again. */
  "undo.redo": { input: Empty; output: Step };
  /** Long work running or just ended. */
  "jobs.list": { input: Empty; output: Jobs };
  /** Stops a job; what it has stored stays and can be undone. */
  "jobs.cancel": { input: ById; output: Empty };
  /** Where a finished export lies; for the role that made it, and the owner. */
  "jobs.made": { input: ById; output: Made };
  /** The stall's settings. */
  "settings.get": { input: Empty; output: Settings };
  /** Replaces the stall's settings. */
  "settings.set": { input: Settings; output: Settings };
  /** The stall's people. */
  "members.list": { input: Empty; output: Members };
  /** Adds a person. */
  "members.add": { input: MemberInput; output: Member };
  /** Removes a person; what they did stays under their name. */
  "members.remove": { input: ById; output: Empty };
  /** Says who is working at this screen from now on. */
  "members.use": { input: ById; output: Member };
  /** The door for phones: open or not, addresses, certificate, what stands in its way. */
  "lan.status": { input: Empty; output: LanStatus };
  /** Opens or closes the door for phones; it stays so after a restart. */
  "lan.switch": { input: LanSwitch; output: LanStatus };
  /** Invites one phone: a link that is good once, for ten minutes. */
  "lan.invite": { input: LanInviteInput; output: LanInvite };
  /** Paired phones. */
  "lan.devices": { input: Empty; output: LanDevices };
  /** Takes a phone's right away at once, or an invitation back. */
  "lan.revoke": { input: ById; output: Empty };
  /** Where this laptop stands with the stall's others. */
  "sync.status": { input: Empty; output: SyncStatus };
  /** Founds the stall at a hub; answers the recovery phrase, once. */
  "sync.found": { input: SyncFound; output: SyncPhrase };
  /** Makes this laptop the hub of its network and founds the stall there, or closes it. */
  "sync.host": { input: SyncHost; output: SyncPhrase };
  /** Gives the stall a second hub, which relays what cannot reach the first, or takes it away. */
  "sync.second": { input: SyncSecond; output: SyncStatus };
  /** The hub is lost for good: another place orders the stall from now on, with what this laptop kept of the order. */
  "sync.lost": { input: SyncLost; output: SyncStatus };
  /** Where the hub is, for laptops that knew the one before. */
  "sync.address": { input: Empty; output: SyncAddress };
  /** Goes to the hub that another laptop of the stall shows. */
  "sync.move": { input: SyncMove; output: SyncStatus };
  /** Asks to join a stall with the code an owner's laptop shows. */
  "sync.join": { input: SyncJoin; output: SyncStatus };
  /** Brings a stall back by its 24 words. */
  "sync.recover": { input: SyncRecover; output: SyncStatus };
  /** Hubs in this network; listens for two seconds. */
  "sync.nearby": { input: Empty; output: SyncNearby };
  /** Invites a laptop; it is let in by itself when it shows the code. */
  "sync.invite": { input: SyncInviteInput; output: SyncInvite };
  /** Takes an invitation back. */
  "sync.uninvite": { input: SyncUninvite; output: Empty };
  /** The stall's laptops and open invitations. */
  "sync.laptops": { input: Empty; output: SyncLaptops };
  /** Takes a laptop out of the stall and makes new keys. */
  "sync.revoke": { input: SyncRevoke; output: Empty };
  /** Pauses the exchange, or keeps it to small pictures. */
  "sync.set": { input: SyncSet; output: SyncStatus };
  /** Exchanges now. */
  "sync.now": { input: Empty; output: SyncStatus };
  /** This laptop leaves the stall and keeps what it has. */
  "sync.leave": { input: Empty; output: SyncStatus };
  /** What people at other laptops have open now. */
  "presence.list": { input: Empty; output: Presence };
  /** Says which record this screen has open: again within 20 s, or it counts as closed. Kept by nobody. */
  "presence.set": { input: PresenceSet; output: Presence };
  /** Opens the sample stall beside the person's own, making it first if need be. */
  "sample.open": { input: Empty; output: AppInfo };
  /** Closes the sample stall and deletes it; the person's own stall is untouched. */
  "sample.remove": { input: Empty; output: AppInfo };
  /** Opens a native dialogue (window only) and stages the chosen files. */
  "files.pick": { input: PickInput; output: Picked };
  /** Saves a staged file where the person says (window only). */
  "files.save": { input: ById; output: Saved };
  /** Shows a made PDF in the system's own viewer (window only), which prints it. */
  "files.open": { input: ById; output: Empty };
  /** Finds units, orders, shows by words, numbers or tails. */
  "find.all": { input: FindInput; output: FindHits };
  /** What a scanned code names. */
  "scan.resolve": { input: ScanInput; output: ScanHit };
  /** What to do now. */
  "today.get": { input: Empty; output: Today };
  /** One page of units. */
  "units.list": { input: UnitQuery; output: Page<UnitRow> };
  /** What each filter would leave, the others applied. */
  "units.narrow": { input: UnitQuery; output: UnitCounts };
  /** Every unit of a query at once, up to what one action may touch. */
  "units.matching": { input: UnitQuery; output: Matching };
  /** What a bulk edit would do to prices; writes nothing. */
  "units.bulk_preview": { input: UnitBulk; output: BulkPreview };
  /** Edits many units by rules as one step: badges added and taken off, prices moved. */
  "units.bulk": { input: UnitBulk; output: Touched };
  /** Saved views of the stock. */
  "views.list": { input: Empty; output: Views };
  /** Saves a view, new or over another. */
  "views.save": { input: ViewSave; output: SavedView };
  /** Gives a view another name. */
  "views.rename": { input: ViewRename; output: SavedView };
  /** Deletes a view. */
  "views.delete": { input: ById; output: Empty };
  /** Counts beside the list. */
  "units.facets": { input: Empty; output: UnitFacets };
  /** Everything about one unit. */
  "units.get": { input: ById; output: UnitDetail };
  /** The next free stock number. */
  "units.next_no": { input: Empty; output: StockNo };
  /** Checks an IMEI, MEID, serial or stock number while it is typed. */
  "units.check_code": { input: CodeInput; output: CodeCheck };
  /** Model names for the form, from the model book and the stall's own stock. */
  "units.models": { input: ModelQuery; output: ModelHints };
  /** What an Apple model code says of a device. */
  "units.model_code": { input: CodeText; output: ModelCode };
  /** Shelves, boxes and people the stall has units at. */
  "units.places": { input: Empty; output: Places };
  /** Takes a unit into stock. */
  "units.add": { input: UnitPatch; output: UnitDetail };
  /** Edits one or many units. */
  "units.edit": { input: UnitEdit; output: Touched };
  /** Moves the unit of a scanned code to a shelf, a box or a person. */
  "units.move": { input: MoveInput; output: MoveAnswer };
  /** Deletes units entered by mistake; refused once anything has happened to them. */
  "units.delete": { input: ByIds; output: Touched };
  /** Takes units out of stock (kept, lost, scrapped). */
  "units.withdraw": { input: WithdrawInput; output: Touched };
  /** Puts withdrawn or returned units back into stock. */
  "units.restore": { input: ByIds; output: Touched };
  /** Reads a spreadsheet of units and judges every row; writes nothing. */
  "units.import_preview": { input: ImportFile; output: ImportPreview };
  /** Writes a judged spreadsheet of units as one undo step. */
  "units.import_apply": { input: ImportApply; output: ImportDone };
  /** What an export of units can hold, and how the last one was made. */
  "units.export_choices": { input: Empty; output: ExportChoices };
  /** Exports units as a job: a sheet, or a zip with their photographs; its `file` is there when it is done. */
  "units.export": { input: UnitExport; output: Job };
  /** Judged rows of the preview, orders or units. */
  "imports.rows": { input: ImportRowsInput; output: ImportRows };
  /** Fields of the categories' templates and the owner's own. */
  "fields.list": { input: Empty; output: Fields };
  /** Makes a field, or renames, hides or changes one. */
  "fields.save": { input: FieldSave; output: FieldDef };
  /** Puts fields in another order. */
  "fields.order": { input: FieldsOrder; output: Fields };
  /** Removes a field of the owner's own with its values, or gives a template's field its first shape back. */
  "fields.remove": { input: ByName; output: Empty };
  /** The model book: built in, changed, own. */
  "models.list": { input: ModelQuery; output: ModelBook };
  /** Adds a model or changes one of the book. */
  "models.save": { input: ModelEntry; output: ModelEntry };
  /** Removes an own model, or gives a model of the book its first shape back. */
  "models.remove": { input: ByName; output: Empty };
  /** Lots, newest first. */
  "lots.list": { input: Empty; output: Lots };
  /** One lot and its units. */
  "lots.get": { input: ById; output: LotSheet };
  /** Begins a lot or changes its head. */
  "lots.save": { input: LotInput; output: LotRow };
  /** Takes the unit of a scanned code into the lot. */
  "lots.scan": { input: LotScan; output: LotAnswer };
  /** Takes a scan back: the unit was never there. */
  "lots.unscan": { input: LotUnscan; output: Touched };
  /** Shares the cost and ends the lot. */
  "lots.finish": { input: LotFinish; output: LotSheet };
  /** Stock-takes, newest first. */
  "takes.list": { input: Empty; output: Takes };
  /** One stock-take with its differences. */
  "takes.get": { input: ById; output: TakeSheet };
  /** Begins a stock-take. */
  "takes.start": { input: TakeInput; output: TakeRow };
  /** Notes a scanned code as seen. */
  "takes.scan": { input: TakeScan; output: TakeAnswer };
  /** Takes a scan back. */
  "takes.unscan": { input: ById; output: Touched };
  /** Ends a stock-take and keeps its differences. */
  "takes.finish": { input: ById; output: TakeSheet };
  /** Takes staged photographs into a unit as a job. */
  "photos.add": { input: PhotosAdd; output: Job };
  /** Orders a unit's photographs; the first is the cover. */
  "photos.reorder": { input: PhotosOrder; output: Touched };
  /** Takes photographs off a unit; the originals stay until the undo history forgets them. */
  "photos.delete": { input: ByIds; output: Touched };
  /** Says which view of the shot list photographs show. */
  "photos.shot": { input: PhotosShot; output: Touched };
  /** The views to photograph, by category. */
  "shoot.lists": { input: Empty; output: ShotLists };
  /** Units in stock that lack required views: those of coming shows first, then the newest. */
  "shoot.queue": { input: ShootQueueInput; output: ShootQueue };
  /** Units of a stock number, IMEI, serial number or the tail of one, with what is photographed. */
  "shoot.find": { input: ShootFind; output: ShootHits };
  /** Photographs that have no unit yet, grouped by device. */
  "tray.list": { input: Empty; output: Tray };
  /** Gives a group's photographs to a unit. */
  "tray.assign": { input: TrayAssign; output: Touched };
  /** Takes a unit into stock with a group's photographs. */
  "tray.new_unit": { input: TrayNewUnit; output: UnitDetail };
  /** Moves photographs to another group or to one of their own. */
  "tray.move": { input: TrayMove; output: TrayMoved };
  /** Replaces a photograph's edits (crop, turn, blur, marks); the original is kept as it came. */
  "photos.edit": { input: PhotoEdit; output: Touched };
  /** The edits a photograph has. */
  "photos.edits": { input: ById; output: PhotoEdits };
  /** Which of these photographs are blurred, too dark, too bright, or like an earlier one. */
  "photos.flags": { input: ByIds; output: PhotoFlags };
  /** How labels look, which printers there are, and the papers. */
  "labels.settings": { input: Empty; output: LabelSetup };
  /** Replaces how labels look and the printers. */
  "labels.set": { input: LabelSettings; output: LabelSetup };
  /** One label as a picture, dot for dot as it prints. */
  "labels.preview": { input: LabelPreviewInput; output: LabelPreview };
  /** Labels as a file: PDF, picture, or the bytes of a printer's language. */
  "labels.make": { input: LabelMake; output: StagedFile };
  /** Sends labels to a label printer as a job. */
  "labels.print": { input: LabelPrint; output: Job };
  /** How many units want a label. */
  "labels.missing": { input: Empty; output: LabelsMissing };
  /** The units that want a label, by stock number. */
  "labels.wanted": { input: Empty; output: ByIds };
  /** Says that labels were printed, or that they do not count after all. */
  "labels.mark": { input: LabelMark; output: Touched };
  /** How the last set of pictures was made, and the stall's watermark. */
  "photos.export_choices": { input: Empty; output: SetChoices };
  /** Pictures of units or of a show as a folder, a zip or nine-picture grids; a job. */
  "photos.export": { input: PhotosExport; output: Job };
  /** What such a picture will look like. */
  "photos.export_preview": { input: SetPreviewInput; output: SetPreview };
  /** Sets the stall's watermark. */
  "watermark.set": { input: Watermark; output: Watermark };
  /** Reads staged photographs of many units as a job and parts them; writes nothing to the stall. */
  "batch.start": { input: BatchStart; output: Job };
  /** The photographs being read or waiting to be given to units. */
  "batch.get": { input: Empty; output: BatchState };
  /** Says which photographs belong together and to which unit. */
  "batch.arrange": { input: BatchArrange; output: BatchState };
  /** Parts the photographs anew by other rules. */
  "batch.regroup": { input: BatchRegroup; output: BatchState };
  /** Gives the photographs to their units and the rest to the tray, as one undo step. */
  "batch.apply": { input: ById; output: BatchDone };
  /** Lets go of the photographs; nothing of them is taken in. */
  "batch.drop": { input: ById; output: Empty };
  /** The watched folder of this computer and what it is doing. */
  "watch.get": { input: Empty; output: WatchStatus };
  /** Looks at a folder before it is watched. */
  "watch.check": { input: WatchFolderInput; output: WatchFolder };
  /** Opens a native dialogue for the folder (window only). */
  "watch.pick": { input: Empty; output: WatchPicked };
  /** Says which folder is watched and where its photographs go. */
  "watch.set": { input: WatchSet; output: WatchStatus };
  /** Says to which unit everything goes that arrives from now on. */
  "watch.target": { input: WatchTarget; output: WatchStatus };
  /** The checklists of all categories. */
  "checklists.list": { input: Empty; output: Checklists };
  /** Changes wording, evidence or presence of items, or adds items of the owner's own. */
  "checklists.save": { input: ChecklistSave; output: Checklist };
  /** Gives an item or a whole list its first shape back. */
  "checklists.reset": { input: ChecklistReset; output: Checklist };
  /** Opens the draft of a unit's inspection, making it if there is none. */
  "inspections.open": { input: InspectionOpen; output: Inspection };
  /** A draft. */
  "inspections.get": { input: ById; output: Inspection };
  /** Answers items, as one undo step. */
  "inspections.answer": { input: AnswersInput; output: Inspection };
  /** Ties a photograph of the unit to an item as evidence, or unties it. */
  "inspections.photo": { input: EvidenceInput; output: Inspection };
  /** Sets the grade by hand: lower at will, higher with a reason. */
  "inspections.grade": { input: ManualInput; output: Inspection };
  /** Ends a draft: the report is frozen and the unit takes grade, badges, battery and flaws from it. */
  "inspections.finish": { input: FinishInput; output: Report };
  /** Throws a draft away. */
  "inspections.discard": { input: ById; output: Empty };
  /** The reports of a unit. */
  "inspections.reports": { input: ByUnit; output: Reports };
  /** One report. */
  "inspections.report": { input: ById; output: Report };
  /** Two reports side by side. */
  "inspections.compare": { input: CompareInput; output: Compare };
  /** Units that wait for their inspection: drafts first, then those of coming shows. */
  "inspections.queue": { input: InspectQueueInput; output: InspectQueue };
  /** Working time by person and category. */
  "inspections.stats": { input: StatsInput; output: InspectionStats };
  /** Lifts one blocker of a unit's last report, with a note. */
  "blockers.clear": { input: ClearInput; output: UnitInspection };
  /** Records that a unit's data were erased. */
  "erasures.record": { input: ErasureInput; output: UnitInspection };
  /** Says that somebody looked and nothing is left on the unit. */
  "erasures.verify": { input: ErasureVerify; output: UnitInspection };
  /** When packing wants a verified erasure. */
  "erasures.rule": { input: Empty; output: ErasureSetting };
  /** Sets when packing wants a verified erasure. */
  "erasures.set_rule": { input: ErasureSetting; output: ErasureSetting };
  /** Keeps a report of somebody else beside ours. */
  "third_party.add": { input: ThirdPartyInput; output: ThirdParty };
  /** Reports of others about a unit. */
  "third_party.list": { input: ByUnit; output: ThirdParties };
  /** Stages the file of a report of somebody else. */
  "third_party.file": { input: ById; output: StagedFile };
  /** Removes a report of somebody else. */
  "third_party.remove": { input: ById; output: Empty };
  /** The last reports of several units as one sheet. */
  "reports.sheet": { input: ReportSheetInput; output: StagedFile };
  /** The passports of a unit, and what another one lacks. */
  "passports.list": { input: ByUnit; output: Passports };
  /** Issues the next version of a unit's passport from its last report, photographs and the stall's terms. */
  "passports.issue": { input: PassportIssue; output: PassportHead };
  /** What a passport says, in one language. */
  "passports.get": { input: PassportGet; output: Passport };
  /** A passport as a picture to look at. */
  "passports.picture": { input: PassportPictureInput; output: PassportPicture };
  /** A passport as a file to hand out. The buyer's copy names the full codes. */
  "passports.file": { input: PassportFile; output: StagedFile };
  /** Checks a passport file: genuine or not, and what was altered. */
  "passports.verify": { input: PassportCheckInput; output: PassportVerdict };
  /** The keys the stall signs with. */
  "passports.keys": { input: Empty; output: StallKeys };
  /** Makes a new key; what was signed with the old one stays valid. */
  "passports.new_key": { input: Empty; output: StallKeys };
  /** What every passport says of the stall. */
  "passports.settings": { input: Empty; output: PassportSettings };
  /** Sets what every passport says of the stall from now on. */
  "passports.set": { input: PassportSettings; output: PassportSettings };
  /** All shows, coming ones first. */
  "shows.list": { input: Empty; output: Shows };
  /** One run sheet. */
  "shows.get": { input: ById; output: ShowSheet };
  /** Drafts a show. */
  "shows.add": { input: ShowInput; output: ShowRow };
  /** Changes a show's head. */
  "shows.edit": { input: ShowEdit; output: ShowRow };
  /** Deletes a show and its items. */
  "shows.delete": { input: ById; output: Empty };
  /** The segment types a sheet can use. */
  "shows.segments": { input: Empty; output: SegmentTypes };
  /** Inserts segments or units. */
  "items.add": { input: ItemsAdd; output: ShowSheet };
  /** Edits one or many items. */
  "items.edit": { input: ItemsEdit; output: Touched };
  /** Moves items within the show. */
  "items.move": { input: ItemsMove; output: ShowSheet };
  /** Takes items off the sheet. */
  "items.delete": { input: ByIds; output: Touched };
  /** Reads an order export and judges every row; writes nothing. */
  "orders.import_preview": { input: ImportFile; output: ImportPreview };
  /** Writes a judged order file as one undo step. */
  "orders.import_apply": { input: ImportApply; output: ImportDone };
  /** One page of orders. */
  "orders.list": { input: OrderQuery; output: Page<OrderRow> };
  /** Counts beside the list. */
  "orders.facets": { input: Empty; output: OrderFacets };
  /** One order, receiver masked. */
  "orders.get": { input: ById; output: OrderDetail };
  /** The receiver in full. */
  "orders.reveal": { input: ById; output: Receiver };
  /** Reserves a unit at the hub for a minute, before it is given to an order; says which laptop did already. */
  "units.claim": { input: ById; output: Claimed };
  /** Locks a unit to an order line. */
  "orders.assign": { input: AssignInput; output: OrderDetail };
  /** Frees a line's unit. */
  "orders.unassign": { input: ByLine; output: OrderDetail };
  /** Says whether a line is a device or an accessory. */
  "orders.line_kind": { input: LineKindInput; output: OrderDetail };
  /** The packing queue. */
  "bench.queue": { input: Empty; output: BenchQueue };
  /** What a scan at the bench means; the right unit is packed by it. */
  "bench.scan": { input: BenchScan; output: BenchAnswer };
  /** Marks a packed parcel as shipped. */
  "bench.ship": { input: ShipInput; output: OrderDetail };
  /** Carriers a waybill number may belong to. */
  "carriers.suggest": { input: WaybillInput; output: CarrierGuesses };
  /** Every carrier known. */
  "carriers.list": { input: Empty; output: Carriers };
  /** What a bulk-ship export would hold. */
  "bench.export_preview": { input: Empty; output: ShipPreview };
  /** Makes the bulk-ship file of a platform. */
  "bench.export": { input: ShipExportInput; output: ShipExport };
  /** The questions that laptops left to a person, as far as the caller may decide them. */
  "inbox.list": { input: Empty; output: Inbox };
  /** Answers one of them; every laptop takes the answer over, and it can be undone. */
  "inbox.resolve": { input: InboxResolve; output: Inbox };
  /** Where this laptop held something else than the stall's others (`ledger_audit`), until it is put away. */
  "ledger.notices": { input: Empty; output: LedgerNotices };
  /** Puts such a notice away. */
  "ledger.seen": { input: LedgerSeen; output: LedgerNotices };
}

export type CommandName = keyof Commands;
