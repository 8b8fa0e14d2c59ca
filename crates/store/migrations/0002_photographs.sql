-- Photographs that have no unit yet (photo-first: shoot now, name later), what they show, how good they are, and edits that
-- leave the original alone. SQLite cannot drop NOT NULL from a column, so the table is made anew.
CREATE TABLE photos_new (
  id        TEXT PRIMARY KEY NOT NULL,   -- a phone names its photograph itself, so that sending it twice stores it once
  unit_id   TEXT REFERENCES units(id) DEFERRABLE INITIALLY DEFERRED,   -- NULL: in the tray
  tray      TEXT,                        -- in the tray: photographs of one device share it
  pos       TEXT NOT NULL,               -- fractional rank, sorts as text; the first is the cover
  blob      TEXT NOT NULL,               -- BLAKE3 of the original, 64 hex digits
  shown     TEXT NOT NULL,               -- name of the made copies on show: blob, or that of the edited picture
  edits     TEXT,                        -- JSON list of edits that make `shown` from `blob`; NULL when there are none
  shot      TEXT NOT NULL DEFAULT '',    -- id of the shot list's view it shows, '' when unknown
  source    TEXT NOT NULL DEFAULT '',    -- '' by hand | phone | folder
  file_name TEXT NOT NULL,
  width     INTEGER NOT NULL,
  height    INTEGER NOT NULL,
  bytes     INTEGER NOT NULL,
  dhash     INTEGER,
  sharp     INTEGER,                     -- sharpness of the picture, 0-100; NULL: not measured
  light     INTEGER,                     -- mean lightness, 0-255; NULL: not measured
  taken_at  INTEGER,
  added_at  INTEGER NOT NULL,
  CHECK (unit_id IS NOT NULL OR tray IS NOT NULL)
) STRICT;
INSERT INTO photos_new(id,unit_id,pos,blob,shown,file_name,width,height,bytes,dhash,taken_at,added_at)
  SELECT id,unit_id,pos,blob,blob,file_name,width,height,bytes,dhash,taken_at,added_at FROM photos;
DROP TABLE photos;
ALTER TABLE photos_new RENAME TO photos;
CREATE INDEX photos_unit ON photos(unit_id, pos, id) WHERE unit_id IS NOT NULL;
CREATE INDEX photos_tray ON photos(tray, pos, id) WHERE unit_id IS NULL;
CREATE INDEX photos_blob ON photos(blob);
