-- Paired phones. What the stall's laptops may know of them is an attribute; what opens the door stays on this laptop.
CREATE TABLE devices (
  id         TEXT PRIMARY KEY NOT NULL,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked    INTEGER                   -- when its right was taken away
) STRICT;
-- Not captured: neither the change log nor another laptop has use for it, and a phone is seen every minute.
CREATE TABLE device_tokens (
  device_id  TEXT PRIMARY KEY NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,     -- BLAKE3 of the token, 64 hex digits; the token itself is only on the phone
  last_seen  INTEGER
) STRICT;
-- Every photograph a phone sent and was told is stored, by the phone's own id. Not captured: an undo takes the photograph
-- away, not that it arrived, so that a phone sending it again does not bring it back.
CREATE TABLE photo_receipts (
  id        TEXT PRIMARY KEY NOT NULL,  -- the phone's
  photo_id  TEXT NOT NULL,              -- the row it became, or that of the same picture which was there already
  device_id TEXT NOT NULL,
  blob      TEXT NOT NULL,
  at        INTEGER NOT NULL
) STRICT;
CREATE INDEX photo_receipts_device ON photo_receipts(device_id, photo_id);
CREATE INDEX photos_shown ON photos(shown) WHERE shown <> blob;
