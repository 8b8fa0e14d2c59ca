-- Attributes (merge per column) and facts (append-only). Ids are hyphenated UUID text; money is fen; time is ms UTC.

CREATE TABLE units (
  id          TEXT PRIMARY KEY NOT NULL,
  stock_no    TEXT NOT NULL,
  category    TEXT NOT NULL DEFAULT 'phone',
  brand       TEXT NOT NULL DEFAULT '',
  model       TEXT NOT NULL DEFAULT '',
  storage     TEXT NOT NULL DEFAULT '',
  colour      TEXT NOT NULL DEFAULT '',
  imei        TEXT,
  imei2       TEXT,
  meid        TEXT,
  serial      TEXT,
  grade       TEXT,
  battery     INTEGER,
  badges      TEXT NOT NULL DEFAULT '[]',
  price_list  INTEGER,
  price_live  INTEGER,
  price_floor INTEGER,
  cost        INTEGER,
  shelf       TEXT NOT NULL DEFAULT '',
  source      TEXT NOT NULL DEFAULT '',
  flaws       TEXT NOT NULL DEFAULT '',
  note        TEXT NOT NULL DEFAULT '',
  taken_in    INTEGER NOT NULL
) STRICT;
-- Not UNIQUE: two laptops may number or catalogue the same device while apart; the write door refuses what it can see.
CREATE INDEX units_stock_no ON units(stock_no);
CREATE INDEX units_imei  ON units(imei)  WHERE imei  IS NOT NULL;
CREATE INDEX units_imei2 ON units(imei2) WHERE imei2 IS NOT NULL;
CREATE INDEX units_meid  ON units(meid)  WHERE meid  IS NOT NULL;
CREATE INDEX units_serial ON units(serial) WHERE serial IS NOT NULL;

CREATE TABLE photos (
  id        TEXT PRIMARY KEY NOT NULL,
  unit_id   TEXT NOT NULL REFERENCES units(id) DEFERRABLE INITIALLY DEFERRED,
  pos       TEXT NOT NULL,              -- fractional rank, sorts as text; the first is the cover
  blob      TEXT NOT NULL,              -- BLAKE3 of the original, 64 hex digits
  file_name TEXT NOT NULL,
  width     INTEGER NOT NULL,
  height    INTEGER NOT NULL,
  bytes     INTEGER NOT NULL,
  dhash     INTEGER,
  taken_at  INTEGER,
  added_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX photos_unit ON photos(unit_id, pos, id);
CREATE INDEX photos_blob ON photos(blob);

CREATE TABLE shows (
  id              TEXT PRIMARY KEY NOT NULL,
  title           TEXT NOT NULL,
  starts_at       INTEGER NOT NULL,
  planned_minutes INTEGER NOT NULL,
  host            TEXT NOT NULL DEFAULT '',
  note            TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX shows_starts ON shows(starts_at, id);

CREATE TABLE show_items (
  id      TEXT PRIMARY KEY NOT NULL,
  show_id TEXT NOT NULL REFERENCES shows(id) DEFERRABLE INITIALLY DEFERRED,
  pos     TEXT NOT NULL,
  segment TEXT NOT NULL,
  unit_id TEXT REFERENCES units(id) DEFERRABLE INITIALLY DEFERRED,
  title   TEXT NOT NULL DEFAULT '',
  minutes INTEGER NOT NULL,
  price   INTEGER,
  talk    TEXT NOT NULL DEFAULT '',
  flaws   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX show_items_show ON show_items(show_id, pos, id);
CREATE INDEX show_items_unit ON show_items(unit_id) WHERE unit_id IS NOT NULL;

CREATE TABLE orders (
  id            TEXT PRIMARY KEY NOT NULL,   -- UUIDv5 of platform, shop, order no.
  platform      TEXT NOT NULL,
  shop          TEXT NOT NULL DEFAULT '',
  order_no      TEXT NOT NULL,
  status        TEXT NOT NULL,
  aftersale     TEXT NOT NULL DEFAULT 'none',
  created_at    INTEGER,
  paid_at       INTEGER,
  ship_deadline INTEGER,                     -- the file's promise
  paid          INTEGER,
  freight       INTEGER,
  receiver_name  TEXT NOT NULL DEFAULT '',
  receiver_phone TEXT NOT NULL DEFAULT '',
  province      TEXT NOT NULL DEFAULT '',
  city          TEXT NOT NULL DEFAULT '',
  district      TEXT NOT NULL DEFAULT '',
  town          TEXT NOT NULL DEFAULT '',
  address       TEXT NOT NULL DEFAULT '',
  buyer_note    TEXT NOT NULL DEFAULT '',
  seller_note   TEXT NOT NULL DEFAULT '',
  carrier       TEXT NOT NULL DEFAULT '',    -- as the file says
  tracking_no   TEXT NOT NULL DEFAULT '',    -- as the file says
  shipped_at    INTEGER,                     -- as the file says
  imported_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX orders_no ON orders(order_no, platform, shop);
CREATE INDEX orders_tracking ON orders(tracking_no) WHERE tracking_no <> '';

CREATE TABLE order_lines (
  id         TEXT PRIMARY KEY NOT NULL,
  order_id   TEXT NOT NULL REFERENCES orders(id) DEFERRABLE INITIALLY DEFERRED,
  line       INTEGER NOT NULL,
  kind       TEXT NOT NULL DEFAULT 'unit',
  title      TEXT NOT NULL DEFAULT '',
  sku_text   TEXT NOT NULL DEFAULT '',
  sku_code   TEXT NOT NULL DEFAULT '',
  quantity   INTEGER NOT NULL DEFAULT 1,
  unit_price INTEGER
) STRICT;
CREATE INDEX order_lines_order ON order_lines(order_id, line);

-- Facts: what happened. Never changed, never deleted; taken back only by a fact of kind 'void'.
CREATE TABLE facts (
  id       TEXT PRIMARY KEY NOT NULL,
  kind     TEXT NOT NULL,     -- assigned | packed | shipped | withdrawn | restored | void
  at       INTEGER NOT NULL,
  by       TEXT NOT NULL,
  -- Not REFERENCES: undoing an import takes its orders away, the facts about them stay (void).
  unit_id  TEXT,
  order_id TEXT,
  line_id  TEXT,
  voids    TEXT REFERENCES facts(id) DEFERRABLE INITIALLY DEFERRED,
  data     TEXT NOT NULL DEFAULT '{}'   -- JSON: carrier, tracking_no, reason, how; root: the fact this one tells again after an undo
) STRICT;
CREATE INDEX facts_unit  ON facts(unit_id, at)  WHERE unit_id  IS NOT NULL;
CREATE INDEX facts_order ON facts(order_id, at) WHERE order_id IS NOT NULL;
CREATE INDEX facts_line  ON facts(line_id)      WHERE line_id  IS NOT NULL;
CREATE INDEX facts_voids ON facts(voids)        WHERE voids    IS NOT NULL;
CREATE INDEX facts_waybill ON facts(json_extract(data, '$.tracking_no')) WHERE kind = 'shipped';
-- Not by kind: the planner would take it before the line's or the order's own index.
CREATE INDEX facts_shipped ON facts(at) WHERE kind = 'shipped';
CREATE INDEX facts_root ON facts(json_extract(data, '$.root')) WHERE json_extract(data, '$.root') IS NOT NULL;
CREATE TRIGGER facts_no_update BEFORE UPDATE ON facts BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END;
CREATE TRIGGER facts_no_delete BEFORE DELETE ON facts BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END;

CREATE TABLE members (
  id   TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One row a setting; value is JSON.
CREATE TABLE settings (
  id    TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT;

-- A column mapping remembered per kind and shape of file. id = kind + ':' + BLAKE3 of the headers.
CREATE TABLE mappings (
  id       TEXT PRIMARY KEY NOT NULL,
  kind     TEXT NOT NULL,
  platform TEXT NOT NULL DEFAULT '',
  shop     TEXT NOT NULL DEFAULT '',
  mapping  TEXT NOT NULL,
  used_at  INTEGER NOT NULL
) STRICT;

-- The change log: what sync will send. One group = one local transaction.
CREATE TABLE replica (
  one        INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  replica_id TEXT NOT NULL,
  next_rseq  INTEGER NOT NULL,
  last_hlc   INTEGER NOT NULL,
  base_seq   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE change_groups (
  rseq     INTEGER PRIMARY KEY NOT NULL,     -- gap-free per replica
  hlc      INTEGER NOT NULL,                 -- ms << 16 | counter
  base_seq INTEGER NOT NULL,
  op       TEXT NOT NULL,
  args     TEXT NOT NULL,                    -- JSON for the translated sentence; no buyer's data
  by       TEXT NOT NULL,
  at       INTEGER NOT NULL
) STRICT;
CREATE TABLE change_rows (
  rseq   INTEGER NOT NULL REFERENCES change_groups(rseq) DEFERRABLE INITIALLY DEFERRED,  -- rows first, the group at commit
  n      INTEGER NOT NULL,
  tbl    TEXT NOT NULL,
  row_id TEXT NOT NULL,
  kind   TEXT NOT NULL,                      -- I | U | D
  col    TEXT,                               -- U: the column
  old    ANY,                                -- U: its old value; D: JSON of the whole row
  new    ANY,                                -- U: its new value; I: JSON of the whole row
  PRIMARY KEY (rseq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_rows_row ON change_rows(row_id, rseq);

-- The last 200 actions a person can undo or redo. A long job is one step of several groups.
CREATE TABLE undo_steps (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  undone INTEGER NOT NULL DEFAULT 0,
  op     TEXT NOT NULL,
  args   TEXT NOT NULL,
  by     TEXT NOT NULL,
  at     INTEGER NOT NULL
) STRICT;
-- The groups to take back next: those that did the step, or, once undone, the one that undid it.
CREATE TABLE undo_groups (
  step INTEGER NOT NULL REFERENCES undo_steps(id) ON DELETE CASCADE,
  rseq INTEGER NOT NULL REFERENCES change_groups(rseq),
  PRIMARY KEY (step, rseq)
) STRICT, WITHOUT ROWID;

-- Derived from the tables above, rebuilt at any time by `derive::rebuild`; never captured, never sent.
CREATE TABLE unit_state (
  n          INTEGER PRIMARY KEY NOT NULL,   -- the unit's row in unit_text; settles ties of a sort
  unit_id    TEXT NOT NULL UNIQUE,
  status     TEXT NOT NULL,
  category   TEXT NOT NULL,
  brand      TEXT NOT NULL,
  grade      TEXT,
  taken_in   INTEGER NOT NULL,
  price      INTEGER NOT NULL,               -- list price, -1 where there is none: the sort key
  stock_no   TEXT NOT NULL,
  photos     INTEGER NOT NULL,
  cover      TEXT,
  order_id   TEXT,
  line_id    TEXT,
  show_until INTEGER,                        -- when the last show it is planned in ends: coming while after now
  imei_rev   TEXT,
  imei2_rev  TEXT,
  serial_rev TEXT
) STRICT;
-- Each ends in the rowid `n`, so a keyset page needs nothing else. Several states are merged by UNION ALL.
CREATE INDEX unit_state_new   ON unit_state(status, taken_in);
CREATE INDEX unit_state_price ON unit_state(status, price);
CREATE INDEX unit_state_no    ON unit_state(stock_no);
CREATE INDEX unit_state_imei   ON unit_state(imei_rev)   WHERE imei_rev   IS NOT NULL;
CREATE INDEX unit_state_imei2  ON unit_state(imei2_rev)  WHERE imei2_rev  IS NOT NULL;
CREATE INDEX unit_state_serial ON unit_state(serial_rev) WHERE serial_rev IS NOT NULL;
CREATE INDEX unit_state_bare   ON unit_state(status, taken_in) WHERE photos = 0;

CREATE TABLE order_state (
  order_id        TEXT PRIMARY KEY NOT NULL,
  stage           TEXT NOT NULL,
  deadline        INTEGER,
  deadline_source TEXT,
  created_at      INTEGER NOT NULL,
  paid_at         INTEGER,
  platform        TEXT NOT NULL,
  carrier         TEXT,
  tracking_no     TEXT,
  shipped_at      INTEGER,
  order_tail      TEXT NOT NULL,              -- order number reversed, for tails
  due             INTEGER NOT NULL GENERATED ALWAYS AS (ifnull(deadline, 9007199254740991)) VIRTUAL  -- none sorts last
) STRICT, WITHOUT ROWID;
CREATE INDEX order_state_due  ON order_state(stage, due, order_id);
CREATE INDEX order_state_due_any ON order_state(due, order_id);
CREATE INDEX order_state_platform ON order_state(platform, stage);
CREATE INDEX order_state_waybill ON order_state(tracking_no) WHERE tracking_no IS NOT NULL;
CREATE INDEX order_state_new  ON order_state(stage, created_at, order_id);
CREATE INDEX order_state_any  ON order_state(created_at, order_id);
CREATE INDEX order_state_paid ON order_state(paid_at);
CREATE INDEX order_state_shipped ON order_state(shipped_at) WHERE shipped_at IS NOT NULL;
CREATE INDEX order_state_tail ON order_state(order_tail);

-- Bigrams of what a person may look for; rowid = unit_state.n.
CREATE VIRTUAL TABLE unit_text USING fts5(t, content='', contentless_delete=1, tokenize='unicode61');
