-- Where a unit is besides its shelf, the lot it came with, the fields of its category, the owner's model book, stock-takes.

ALTER TABLE units ADD COLUMN box    TEXT NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN holder TEXT NOT NULL DEFAULT '';   -- with whom it is now, '' at the stall
ALTER TABLE units ADD COLUMN lot_id TEXT;                       -- not REFERENCES: undoing a lot takes its units with it

CREATE INDEX units_lot ON units(lot_id) WHERE lot_id IS NOT NULL;
CREATE INDEX units_shelf ON units(shelf) WHERE shelf <> '';
CREATE INDEX units_box ON units(box) WHERE box <> '';

-- The owner's changes over the model book and own entries. An unchanged model of the book has no row.
CREATE TABLE models (
  id       TEXT PRIMARY KEY NOT NULL,   -- 'book:<brand>/<name in the book>' over the book, else a UUID
  category TEXT NOT NULL,
  brand    TEXT NOT NULL DEFAULT '',
  model    TEXT NOT NULL,
  storages TEXT NOT NULL DEFAULT '[]',
  colours  TEXT NOT NULL DEFAULT '[]',
  aliases  TEXT NOT NULL DEFAULT '[]',
  hidden   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The owner's own fields, and changes over those of the templates (same id). NULL leaves the template's.
CREATE TABLE fields (
  id         TEXT PRIMARY KEY NOT NULL,
  name       TEXT,
  kind       TEXT,
  unit       TEXT,
  options    TEXT,                       -- JSON list of texts
  categories TEXT,                       -- JSON list; empty: every category
  pos        INTEGER,
  hidden     INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One row a value, so that two laptops merge per field.
CREATE TABLE unit_fields (
  id       TEXT PRIMARY KEY NOT NULL,    -- '<unit_id>:<field_id>'
  unit_id  TEXT NOT NULL REFERENCES units(id) DEFERRABLE INITIALLY DEFERRED,
  field_id TEXT NOT NULL,
  value    TEXT NOT NULL
) STRICT;
CREATE INDEX unit_fields_unit ON unit_fields(unit_id);

CREATE TABLE lots (
  id         TEXT PRIMARY KEY NOT NULL,
  at         INTEGER NOT NULL,
  source     TEXT NOT NULL DEFAULT '',
  note       TEXT NOT NULL DEFAULT '',
  defaults   TEXT NOT NULL DEFAULT '{}',  -- JSON: what each scanned unit begins with
  cost_total INTEGER,
  rule       TEXT NOT NULL DEFAULT 'equal',
  done_at    INTEGER                      -- NULL: still being scanned
) STRICT;

CREATE TABLE stock_takes (
  id      TEXT PRIMARY KEY NOT NULL,
  at      INTEGER NOT NULL,
  by      TEXT NOT NULL,
  scope   TEXT NOT NULL,                  -- all | shelf | box | category
  value   TEXT NOT NULL DEFAULT '',
  done_at INTEGER,
  result  TEXT                            -- JSON: the difference as it stood when the take was ended
) STRICT;
CREATE TABLE take_scans (
  id      TEXT PRIMARY KEY NOT NULL,
  take_id TEXT NOT NULL,
  at      INTEGER NOT NULL,
  by      TEXT NOT NULL,
  code    TEXT NOT NULL,
  unit_id TEXT                            -- NULL: nothing here has this code
) STRICT;
CREATE INDEX take_scans_take ON take_scans(take_id, id);
CREATE INDEX take_scans_unit ON take_scans(take_id, unit_id) WHERE unit_id IS NOT NULL;

-- A unit's timeline asks for photographs and places in shows it once had: their rows are only in the log.
CREATE INDEX change_rows_of_unit ON change_rows(json_extract(coalesce(new, old), '$.unit_id'))
  WHERE kind IN ('I','D') AND tbl IN ('photos','show_items');
CREATE INDEX change_rows_to_unit ON change_rows(new) WHERE kind = 'U' AND tbl = 'photos' AND col = 'unit_id';
