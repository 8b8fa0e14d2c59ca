-- Labels. What was printed is told once and never changed: each row states what a label says, or takes the last one back.
CREATE TABLE label_prints (
  id      TEXT PRIMARY KEY NOT NULL,
  unit_id TEXT NOT NULL,     -- not REFERENCES: a unit entered by mistake may go, that its label was printed stays true
  at      INTEGER NOT NULL,
  by      TEXT NOT NULL,
  states  TEXT               -- JSON of column and value, only what the label shows; NULL: the last label does not count
) STRICT;
CREATE INDEX label_prints_unit ON label_prints(unit_id, at, id);
CREATE TRIGGER label_prints_no_update BEFORE UPDATE ON label_prints BEGIN SELECT RAISE(ABORT, 'prints are append-only'); END;
CREATE TRIGGER label_prints_no_delete BEFORE DELETE ON label_prints BEGIN SELECT RAISE(ABORT, 'prints are append-only'); END;

-- Derived: units in stock that want a label. Rebuilt by `derive::rebuild`.
CREATE TABLE label_wants (
  unit_id TEXT PRIMARY KEY NOT NULL,
  changed INTEGER NOT NULL   -- 1: labelled, but the label says what is no longer so
) STRICT, WITHOUT ROWID;
CREATE INDEX label_wants_changed ON label_wants(unit_id) WHERE changed = 1;
INSERT INTO label_wants SELECT unit_id, 0 FROM unit_state WHERE status = 'in_stock';
