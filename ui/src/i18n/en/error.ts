// Each says what happened and what to do.
export default {
  'error.bad_input': 'This could not be understood. Check what was typed and try again.',
  'error.unknown_command': 'Screen and program are of different versions. Close Stallkeeper and open it again.',
  'error.not_allowed':
    'The person working now may not do this. Switch to the owner at the top right, or ask the owner.',
  'error.no_session': 'This page has expired. Open the new address the program printed.',
  'error.too_large': 'Too much was sent at once: at most {limit}. Do it in several goes.',
  'error.internal': 'Something went wrong inside and nothing was written. Try again; if it stays, send us the log.',
  'error.not_found': 'It is not there; somebody may have just deleted it. Go back to the list.',
  'error.stall_busy': 'Another Stallkeeper window is using this stall. Close that one first.',
  'error.sync_gap':
    'The hub and this computer disagree about where they were; nothing was taken in. Reconnect; if it happens again, export the diagnostics.',
  'error.stall_newer': 'A newer Stallkeeper saved this stall. Update Stallkeeper on this computer first.',
  'error.stall_damaged': 'The stall file is damaged. It was not opened and not changed. Restore a backup.',
  'error.folder_read_only': 'The stall folder cannot be written. Check its permissions or choose another place.',
  'error.disk_full': 'The disk is full and nothing was written. Make room and try again.',
  'error.undo_nothing': 'There is nothing left to undo or redo.',
  'error.undo_stale': 'Somebody changed the same thing since, so this step cannot be undone. Edit it directly.',
  'error.cancelled': 'Stopped. What was stored before stays.',
  'error.imei_length': 'An IMEI has 15 digits; this one has {length}. Scan it again.',
  'error.imei_luhn': 'The last digit of the IMEI should be {expected}. Scan it again.',
  'error.imei_in_stock': 'This IMEI is already in stock as {stock_no}. Open that unit.',
  'error.meid_invalid': 'An MEID has 14 characters, 0-9 and A-F. Scan it again.',
  'error.serial_invalid': 'A serial number has 5 to 40 letters, digits and dashes. Check it.',
  'error.stock_no_taken': 'Stock no. {stock_no} is in use. Choose another.',
  'error.stock_no_invalid': 'A stock no. has up to 12 letters, digits and dashes. Shorten it.',
  'error.unit_has_facts': '{stock_no} has orders or parcels in its history and cannot be deleted. Withdraw it instead.',
  'error.unit_not_in_stock': '{stock_no} is not in stock. Look at its history first.',
  'error.price_invalid': 'This is not an amount. Type yuan from 0 to 9,999,999 with at most two decimals.',
  'error.field_too_long': 'Too long: at most {max}{limit} characters. Shorten it.',
  'error.name_missing': 'The name is missing. Type one.',
  'error.field_not_number': '“{field}” takes a number, such as 16 or 13.3.',
  'error.field_not_yes_no': '“{field}” takes yes or no.',
  'error.lot_cost_differs':
    'The shares do not add up to the cost of the lot: {left} fen differ. Make them come out even.',
  'error.code_unknown': 'Nothing in the stall is called {code}. Scan again, or take it in first.',
  'error.code_shared':
    'Several units are called {code} or still have its label on. Scan the IMEI of the one in your hand, or decide in the inbox which one keeps the number.',
  'error.already_done': 'This lot or stock-take is ended and takes no more scans. Begin another.',
  'error.file_missing': 'The file is gone. Choose it again.',
  'error.file_empty': 'The file is empty. Check it and choose again.',
  'error.file_too_large': 'The file is too large: at most {limit}. Split it and try again.',
  'error.file_wrong_type': 'This kind of file cannot be read. Use xlsx or csv for sheets, JPG or PNG for photographs.',
  'error.file_damaged': 'The file is damaged and cannot be read to its end. Export or copy it again.',
  'error.file_encoding': 'The text encoding cannot be read; row {row} is broken. Save as UTF-8 csv or use xlsx.',
  'error.file_locked': 'Another program holds the file. Close it there first.',
  'error.sheet_no_rows': 'The sheet has no rows. Check that the right sheet is chosen.',
  'error.sheet_no_header': 'No header row was found. Put column names in the first row.',
  'error.sheet_column_missing': 'Column "{column}" is missing. Choose it in the column mapping.',
  'error.sheet_too_many_rows': 'The sheet has more than {limit} rows. Split it and import the parts.',
  'error.order_no_missing': 'Row {row} has no order number. Choose its column in the mapping.',
  'error.order_no_float':
    'The order number of row {row} became scientific notation and lost digits. Export again without resaving.',
  'error.identifier_float': '"{column}" of row {row} became scientific notation and lost digits. Export it again.',
  'error.amount_invalid': '"{column}" of row {row} is not an amount: {value}. Mend it in the file.',
  'error.quantity_invalid': 'The quantity of row {row} cannot be read: {value}. Use a whole number from 1.',
  'error.date_invalid': '"{column}" of row {row} is not a time: {value}. Write it like 2026-11-24 17:00.',
  'error.status_unknown': 'The status of row {row} is not known: {value}. Check that this is an order export.',
  'error.never_paid': 'Row {row} was closed without payment and need not be imported.',
  'error.order_row_refused': 'Row {other} of the same order is wrong, so the order was left out. Mend that row.',
  'error.grade_unknown': 'The grade of row {row} is not known: {value}. Use the names of your grades.',
  'error.category_unknown':
    'The category of row {row} is not known: {value}. Use phone, tablet, laptop, watch, camera or other.',
  'error.battery_invalid': 'The battery of row {row} cannot be read: {value}. Use 0 to 100.',
  'error.row_repeated': 'Row {row} repeats row {other}. Only the first is imported.',
  'error.pair_code':
    'This code is wrong, used, or more than ten minutes old. Make another on the laptop and scan again.',
  'error.too_many': 'Too fast. Wait {seconds} seconds and try again.',
  'error.lan_off': 'Phones cannot get in yet. Switch on Phone photos in Settings first.',
  'error.lan_port_taken':
    'Another program has port {port}, so phones cannot get in. Close that program and try again, or use another port.',
  'error.lan_no_network':
    "This laptop is on no network, so phones cannot find it. Join the stall's Wi-Fi or switch on the laptop's hotspot.",
  'error.lan_other_stall':
    'The laptop shows the sample stall. Photos stay on the phone and go by themselves once your own stall is open again.',
  'error.sync_off': 'This laptop stands alone. Join or begin under Several laptops in Settings first.',
  'error.sync_on': 'This stall uses {hub} already. To change, let this laptop leave first.',
  'error.sync_not_empty':
    'There are units, orders or shows on this laptop, which would be mixed into the other stall. Export what you want to keep, then join with an empty data folder.',
  'error.sync_sample': 'The sample stall is open, and it stays on this computer. Leave it first.',
  'error.sync_hub_address':
    'Not an address of a hub. It looks like https://hub.example.com or https://192.168.1.5:4911.',
  'error.sync_code_bad': 'Not an invitation code: 16 letters and digits, in groups of four.',
  'error.sync_words_bad':
    'The words do not check: all 24 are of the list, but one is another or two have changed places. Compare them one by one.',
  'error.sync_words_count': 'There must be 24 recovery words; here are {n}. English words have a space between them.',
  'error.sync_word_unknown': 'Word {no} is not of the list. Look for a slip; Chinese and English cannot be mixed.',
  'error.sync_no_stall':
    'This stall is not at this hub. See that it is the server it was at; or the words are of another stall.',
  'error.sync_elsewhere':
    'This stall is not at {hub}, or that hub does not know this laptop. Have a laptop that is in step show where the hub is, and scan that.',
  'error.sync_not_lost':
    'The hub {hub} answers: it is not lost, so nothing was changed. Close this, and it goes on by itself.',
  'error.sync_offline':
    'The hub is not reached. See that there is a network and that the hub is on. Everything is safe here and goes on by itself.',
  'error.sync_invite_gone': 'This code was used, taken back or is too old. Ask for a new one.',
  'error.sync_removed':
    'An owner took this laptop out of the stall: it gets nothing new and keeps what it has. To come back it must be invited anew.',
  'error.sync_refused': 'The hub refuses ({why}). Nothing is lost; if it stays so, tell this to who runs the hub.',
  'error.sync_forged':
    'What the hub sent is not of this stall’s laptops; nothing of it was taken over. Do not use this hub, and tell the owner.',
  'error.sync_restored':
    'The hub was put back to an older day and does not fit this laptop any more; it stopped here and nothing is lost. Tell who runs the hub.',
  'error.hash_mismatch': 'What arrived is not the photo on the phone. Send it again.',
  'error.archive_path': '“{name}” in the zip points outside of it; nothing was opened. Ask the sender for a new file.',
  'error.archive_bomb':
    'The zip would unpack to far more than it should; nothing was opened. Check where it comes from.',
  'error.archive_hash': '“{name}” in the zip is not what its list says; it may be damaged. Export or copy it again.',
  'error.archive_missing': '“{name}” is missing from the zip. Export or copy it again.',
  'error.archive_manifest':
    'The list in the zip cannot be read. Export it again and leave the files in it as they are.',
  'error.archive_newer': 'A newer version of the program made this zip. Update the program on this computer first.',
  'error.photo_not_image': 'This is not a photograph. Choose JPG, PNG, WebP, HEIC or AVIF files.',
  'error.photo_truncated': 'The photograph is cut off; the copy probably stopped. Copy it from the phone again.',
  'error.photo_damaged': 'The photograph is damaged and cannot be opened. Copy it from the phone again.',
  'error.photo_too_many_pixels': 'The photograph has too many pixels: at most {limit} million. Make it smaller first.',
  'error.photo_heic': 'This is a HEIC photograph, which cannot be read yet. Save it as JPG on the phone.',
  'error.passport_no_report': '{stock_no} was not inspected to the end. Inspect it first, then issue its passport.',
  'error.passport_blocked': '{stock_no} has a blocker that is not cleared: clear it in the inspection first.',
  'error.passport_no_photos': '{stock_no} has no photographs. Take some first, then issue its passport.',
  'error.passport_no_stall_name': 'A passport names the stall: fill in its name in the settings first.',
  'error.passport_no_number':
    'Stock number {stock_no} has no digits, or more than nine, so it gives no number to read aloud. Change it first.',
  'error.passport_number_taken':
    'The passport of another unit is {number} already. Give this one another stock number than {stock_no}, then issue.',
  'error.passport_overtaken': 'Somebody has just issued another version. Refresh and look.',
  'error.key_unreadable':
    'Signing key {key} is not on this computer, or cannot be read. Export the page where it was issued, or issue a new version here.',
  'error.watch_folder_missing':
    'The folder {folder} is not there. Connect the camera or drive, or choose another folder; it goes on by itself when it is back.',
  'error.watch_folder_denied':
    'No permission to look into {folder}. Allow this program to read it in the system settings, then try again.',
  'error.watch_folder_own': '{folder} belongs to the stall itself and cannot be watched. Choose another.',
  'error.photo_repeated': 'The same picture was handed in twice; one is kept.',
  'error.batch_reading': 'The photographs are still being read. Take them in when that is done.',
  'error.photo_unsupported': 'The photograph is coded in a way that cannot be read. Save it as JPG on the phone.',
  'error.photo_duplicate': 'This photograph is already here and was not stored twice.',
  'error.show_minutes': 'Minutes must be from 0 to 600. Shorten it.',
  'error.unit_twice_in_show': '{stock_no} is already in this show.',
  'error.order_closed': 'This order is closed. Do not pack it.',
  'error.order_not_paid': 'This order is not paid yet. Do not pack it.',
  'error.order_held': 'Order {order_no} has a refund or return under way: do not ship it yet.',
  'error.line_taken': 'This line already has {stock_no}. Free it first.',
  'error.unit_taken': '{stock_no} belongs to order {order_no}. Choose another unit or free it there.',
  'error.line_unmatched': 'A line of this order has no unit yet. Match it before packing.',
  'error.not_packed': 'This order is not packed yet. Scan its unit first.',
  'error.already_shipped': 'This order has left already. Check the order.',
  'error.waybill_missing': 'There is no waybill number yet. Scan the label.',
  'error.waybill_used': 'Waybill {tracking_no} is used on another order. Check the label.',
  'error.nothing_to_export': 'There is nothing to upload now. Come back after shipping.',
  'error.printer_address':
    '“{at}” cannot be a printer. Give a network address such as 192.168.1.50 or a device path, not a plain file.',
  'error.printer_unknown': 'This printer is no longer in the settings. Choose another.',
  'error.printer_unreachable':
    '{name} does not answer ({at}). See that it is on, on the same network, and that the address is right.',
  'error.printer_refused':
    '{name} is there but takes no print data ({at}). Check the port: 9100 on nearly all printers.',
  'error.printer_hangs': '{name} stopped taking data ({at}). Check paper and cover, then print the rest.',
  'error.printer_broke_off': '{name} broke off ({at}). Check cable and power, then print the rest.',
  'error.printer_missing': 'There is no device {at}. Check the cable and the path.',
  'error.printer_no_rights':
    'The system does not let this program write to {at}. Ask for rights to the printer for this account.',
  'error.nothing_to_label': 'There is nothing to label. Choose units first.',
  'error.too_many_labels': 'At most {max} labels at once. Print them in several goes.',
  'error.no_viewer': 'This computer has no program that shows a PDF. Save the file instead.',
  'error.inspection_incomplete':
    '{n} required {n|item is|items are} open, so the inspection cannot end. Answer them, or mark what keeps the unit from sale.',
  'error.inspection_photos_missing':
    '{n} {n|item wants|items want} a photograph. Take them, or choose to end without photographs.',
  'error.grade_reason_missing': 'This is above the computed grade and needs a reason, which the report prints.',
  'error.inspection_code_differs':
    'The device says {answer}, the stock says {unit_has}. Check again; if it is this device, choose to take its own number.',
  'error.unit_blocked':
    '{stock_no} is stopped by its inspection: {what}. It cannot go into a show, be sold, packed or shipped. Put it right, then lift it in the inspection with a note.',
  'error.unit_sold_twice':
    '{stock_no} was sold on two computers to different orders ({orders}). Give one of them another unit or cancel it, then pack and ship.',
  'error.inbox_gone': 'Somebody has decided this, or it settled by itself. Please see what is left in the list.',
  'error.unit_not_erased':
    'The data of {stock_no} are not erased and verified, so it cannot be packed or shipped. Erase it, then record and verify it in the inspection.',
  'error.erasure_missing': 'No erasure is recorded, so there is nothing to verify. Record how it was erased first.',
  'error.note_missing': 'Write down what was done.',
  'error.checklist_item_needed': '“{what}” is required and can be neither hidden nor made optional.'
} as const;
