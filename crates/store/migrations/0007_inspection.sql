-- Inspection. Drafts are attributes, one row an answer, so that two laptops merge per answer; a finished inspection is told
-- once and never changed, and counts while its fact (`inspected`) is not void.

-- The owner's changes over the house's checklists; NULL leaves the template's. Own items have `own`.
CREATE TABLE checklist_items (
  id       TEXT PRIMARY KEY NOT NULL,   -- '<category>:<item>'
  category TEXT NOT NULL,
  item_id  TEXT NOT NULL,
  zh       TEXT,
  en       TEXT,
  how_zh   TEXT,
  how_en   TEXT,
  required INTEGER,
  evidence TEXT,
  hidden   INTEGER NOT NULL DEFAULT 0,
  choices  TEXT,                        -- JSON list of values: words over the template's, or all of an own item
  own      TEXT,                        -- JSON: group, kind, unit, min, max
  at       INTEGER NOT NULL             -- own items stand in the order they were made
) STRICT;
CREATE INDEX checklist_items_category ON checklist_items(category);

CREATE TABLE inspections (
  id           TEXT PRIMARY KEY NOT NULL,
  unit_id      TEXT NOT NULL REFERENCES units(id) DEFERRABLE INITIALLY DEFERRED,
  category     TEXT NOT NULL,
  at           INTEGER NOT NULL,
  by           TEXT NOT NULL,
  worked_ms    INTEGER NOT NULL DEFAULT 0,
  grade        TEXT,                    -- set by hand
  grade_reason TEXT NOT NULL DEFAULT '',
  grade_at     INTEGER,
  grade_by     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX inspections_unit ON inspections(unit_id);
CREATE TABLE inspection_answers (
  id            TEXT PRIMARY KEY NOT NULL,   -- '<inspection>:<item>'
  inspection_id TEXT NOT NULL,
  item_id       TEXT NOT NULL,
  value         TEXT,                        -- JSON; NULL: only a note
  note          TEXT NOT NULL DEFAULT '',
  at            INTEGER NOT NULL,
  by            TEXT NOT NULL,
  prefilled     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inspection_answers_of ON inspection_answers(inspection_id);
CREATE TABLE inspection_photos (
  id            TEXT PRIMARY KEY NOT NULL,   -- '<inspection>:<item>:<photo>'
  inspection_id TEXT NOT NULL,
  item_id       TEXT NOT NULL,
  photo_id      TEXT NOT NULL
) STRICT;
CREATE INDEX inspection_photos_of ON inspection_photos(inspection_id);

-- The wording of checklists as it was when reports were made, each once.
CREATE TABLE checklist_wordings (
  id   TEXT PRIMARY KEY NOT NULL,       -- BLAKE3 of body
  body TEXT NOT NULL                    -- JSON (`Checklist`)
) STRICT;
CREATE TABLE inspection_reports (
  id            TEXT PRIMARY KEY NOT NULL,
  unit_id       TEXT NOT NULL,          -- not REFERENCES: that it was inspected stays true
  version       INTEGER NOT NULL,
  at            INTEGER NOT NULL,
  by            TEXT NOT NULL,
  worked_ms     INTEGER NOT NULL,
  category      TEXT NOT NULL,
  checklist     TEXT NOT NULL,          -- version
  rule          TEXT NOT NULL,          -- version
  wording       TEXT NOT NULL,          -- checklist_wordings.id
  grade         TEXT,                   -- NULL: blocked
  grade_cleared TEXT,                   -- what it is once every blocker is cleared
  badges        TEXT NOT NULL,          -- JSON list of badges
  blockers      TEXT NOT NULL,          -- JSON list of badges
  erased        TEXT,                   -- its answer to the item of that name
  previous      TEXT,
  body          TEXT NOT NULL           -- JSON: answers, photographs, result, the device's names
) STRICT;
CREATE INDEX inspection_reports_unit ON inspection_reports(unit_id, version);
CREATE INDEX inspection_reports_at ON inspection_reports(at);
CREATE TRIGGER inspection_reports_no_update BEFORE UPDATE ON inspection_reports BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;
CREATE TRIGGER inspection_reports_no_delete BEFORE DELETE ON inspection_reports BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;
CREATE TRIGGER checklist_wordings_no_update BEFORE UPDATE ON checklist_wordings BEGIN SELECT RAISE(ABORT, 'wordings are append-only'); END;
CREATE TRIGGER checklist_wordings_no_delete BEFORE DELETE ON checklist_wordings BEGIN SELECT RAISE(ABORT, 'wordings are append-only'); END;

-- Reports of others about a unit, kept beside ours.
CREATE TABLE third_party_reports (
  id        TEXT PRIMARY KEY NOT NULL,
  unit_id   TEXT NOT NULL,
  issuer    TEXT NOT NULL,
  number    TEXT NOT NULL DEFAULT '',
  date      TEXT NOT NULL DEFAULT '',
  url       TEXT NOT NULL DEFAULT '',
  note      TEXT NOT NULL DEFAULT '',
  blob      TEXT,                       -- BLAKE3 of the file, 64 hex digits
  file_name TEXT NOT NULL DEFAULT '',
  bytes     INTEGER NOT NULL DEFAULT 0,
  at        INTEGER NOT NULL,
  by        TEXT NOT NULL
) STRICT;
CREATE INDEX third_party_reports_unit ON third_party_reports(unit_id, at);

CREATE INDEX facts_inspection ON facts(unit_id, kind, at)
  WHERE kind IN ('inspected','cleared','erased','erasure_verified');

-- Derived: where a unit stands. Units of which nothing is known have no row. Rebuilt by `derive::rebuild`.
CREATE TABLE unit_inspections (
  unit_id TEXT PRIMARY KEY NOT NULL,
  report  TEXT,
  version INTEGER,
  at      INTEGER,
  grade   TEXT,
  badges  TEXT NOT NULL,
  blocked TEXT NOT NULL,                -- JSON list of badges: blockers that are not cleared
  draft   INTEGER NOT NULL,
  erasure TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_inspections_blocked ON unit_inspections(unit_id) WHERE blocked <> '[]';
