export default {
  'sync.ledger': 'Same everywhere',
  'sync.ledger.new':
    'Not compared yet. Laptops compare by themselves when it has been quiet for a moment; “Exchange now” does it at once.',
  'sync.ledger.same': 'Compared with {n} {n|laptop|laptops}, {at}: the same',
  'sync.ledger.differs':
    '{n} {n|laptop holds|laptops hold} something else. Whichever is wrong is made anew from the hub’s record by itself.',
  'sync.ledger.checking': 'Something differs. This laptop is being compared with the hub’s record…',
  'sync.ledger.stuck':
    '{n} {n|laptop still holds|laptops still hold} something else, although both were compared with the hub’s record today. What to do is in the inbox.',
  'ledger.title': 'Laptops compared',
  'ledger.mended': 'This laptop held {n} {n|record|records} that the others have differently; it is set right',
  'ledger.mended_text':
    'The file was damaged, or changed by another program. Everything was made anew from what the laptops had told each other; nothing that was told is lost. Please look these over once.',
  'ledger.stuck': 'This laptop and {who} do not hold the same',
  'ledger.stuck_text':
    'Both were compared with the hub’s record within a day, and differ again: a fault of the program or of a disk. Update both to the newest version, then copy the report and send it to whoever looks after the program. It is tried again after a day; until then count what matters on both. Nothing is lost.',
  'ledger.stuck_here': 'This laptop cannot be made as the hub’s record says',
  'ledger.units': 'Units',
  'ledger.orders': 'Orders',
  'ledger.more': '{n} {n|record|records} in all',
  'ledger.copy': 'The stall as it was before lies here',
  'ledger.report': 'Copy the report',
  'ledger.report_text': 'Which records, without their contents',
  'ledger.copied': 'Report copied',
  'ledger.seen': 'Put away',
  'ledger.others': 'the other laptop'
} as const;
