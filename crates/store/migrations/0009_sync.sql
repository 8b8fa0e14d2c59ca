-- Sync. `base_seq` of `replica` is the cursor: what was applied of the hub's sequence.
-- Local numbers of groups; what the hub calls rseq is less by `rseq_base`, which moves when this install takes a new id.
ALTER TABLE replica ADD COLUMN rseq_base INTEGER NOT NULL DEFAULT 0;
ALTER TABLE replica ADD COLUMN acked INTEGER NOT NULL DEFAULT 0;   -- the hub has all up to it
ALTER TABLE replica ADD COLUMN seen  INTEGER NOT NULL DEFAULT 0;   -- came back in a pull: has its place among the others'

-- Names of tables, columns and replicas, so that a cell's clock is a few bytes.
CREATE TABLE sync_names (
  n    INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Every group that was applied, in the hub's order. A cell names its group by `seq`.
CREATE TABLE sync_groups (
  seq      INTEGER PRIMARY KEY NOT NULL,
  eff      INTEGER NOT NULL,            -- ms << 16 | counter, as the hub corrected it
  replica  INTEGER NOT NULL,            -- sync_names
  base_seq INTEGER NOT NULL,
  rseq     INTEGER NOT NULL
) STRICT;
CREATE INDEX sync_groups_author ON sync_groups(replica, rseq);

-- A row's life. `grave` keeps the values of a row that is not in its table.
CREATE TABLE sync_rows (
  row   TEXT NOT NULL,
  tbl   INTEGER NOT NULL,
  made  INTEGER NOT NULL,               -- seq of the insert that holds the cells which have no row in sync_cells; 0: none
  last  INTEGER NOT NULL,               -- seq of the last work on it
  other INTEGER NOT NULL DEFAULT 0,     -- of the last by anybody else than that one's author; 0: none
  tombs TEXT,                           -- JSON: [[seq, held, contradicted]]
  grave TEXT,                           -- JSON: {column: value}
  PRIMARY KEY (row, tbl)
) STRICT, WITHOUT ROWID;

-- Cells written after their row was made.
CREATE TABLE sync_cells (
  row    TEXT NOT NULL,
  tbl    INTEGER NOT NULL,
  col    INTEGER NOT NULL,
  seq    INTEGER NOT NULL,
  hidden TEXT,                          -- JSON of the sequenced value while a change of ours that has no place yet covers it
  PRIMARY KEY (row, tbl, col)
) STRICT, WITHOUT ROWID;

-- Values of guarded cells that lost without their authors having seen each other.
CREATE TABLE sync_shadows (
  row   TEXT NOT NULL,
  tbl   INTEGER NOT NULL,
  col   INTEGER NOT NULL,
  seq   INTEGER NOT NULL,
  value TEXT NOT NULL,                  -- JSON
  PRIMARY KEY (row, tbl, col, seq)
) STRICT, WITHOUT ROWID;

-- What could not be applied: replayed after an upgrade, or when what it lacks has come.
CREATE TABLE sync_parked (
  seq    INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  reason TEXT NOT NULL,                 -- unknown_table | unknown_column | no_parent | refused | fact_changed
  tbl    TEXT NOT NULL,
  row    TEXT NOT NULL,
  change TEXT NOT NULL,                 -- JSON
  detail TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;

-- The end of every author's chain of envelopes: the next must follow on, or somebody dropped or swapped one.
CREATE TABLE sync_chains (
  replica  TEXT PRIMARY KEY NOT NULL,
  envelope TEXT NOT NULL,               -- BLAKE3 of the last header, 64 hex digits
  rseq     INTEGER NOT NULL             -- of its last group
) STRICT;

-- The hub this laptop goes to. What opens it is not here.
CREATE TABLE sync_hub (
  one     INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  lineage TEXT NOT NULL                 -- changes when the hub was put back to an earlier day
) STRICT;
