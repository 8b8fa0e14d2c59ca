-- Passports: what the stall signed. A version is never changed nor taken away: it may be in a buyer's hands.
CREATE TABLE passports (
  id        TEXT PRIMARY KEY NOT NULL,
  -- Not REFERENCES: a unit that was deleted keeps what was signed about it.
  unit_id   TEXT NOT NULL,
  number    TEXT NOT NULL,            -- 2611-0387-8; the same for all versions of a unit
  version   INTEGER NOT NULL,         -- 1, 2, 3 …
  at        INTEGER NOT NULL,
  by        TEXT NOT NULL,
  grade     TEXT NOT NULL,
  report_id TEXT NOT NULL,
  seal      TEXT NOT NULL,            -- BLAKE3 of the canonical seal
  previous  TEXT,                     -- that of the version before
  key       TEXT NOT NULL,            -- public key, 64 hex digits
  document  TEXT NOT NULL,            -- the canonical document of the public copy
  -- Opens the commitments: never in the public copy.
  salt      TEXT NOT NULL,
  codes     TEXT NOT NULL             -- JSON: [{kind, code}]
) STRICT;
CREATE INDEX passports_unit ON passports(unit_id, version);
CREATE INDEX passports_number ON passports(number);
CREATE INDEX passports_seal ON passports(seal);
CREATE TRIGGER passports_no_update BEFORE UPDATE ON passports BEGIN SELECT RAISE(ABORT, 'passports are append-only'); END;
CREATE TRIGGER passports_no_delete BEFORE DELETE ON passports BEGIN SELECT RAISE(ABORT, 'passports are append-only'); END;

-- Every public key the stall has signed with: a change of keys is a row more. The secret half is never here.
CREATE TABLE stall_keys (
  id     TEXT PRIMARY KEY NOT NULL,
  public TEXT NOT NULL,               -- 64 hex digits
  at     INTEGER NOT NULL,
  by     TEXT NOT NULL
) STRICT;
CREATE INDEX stall_keys_public ON stall_keys(public);
CREATE TRIGGER stall_keys_no_update BEFORE UPDATE ON stall_keys BEGIN SELECT RAISE(ABORT, 'keys are append-only'); END;
CREATE TRIGGER stall_keys_no_delete BEFORE DELETE ON stall_keys BEGIN SELECT RAISE(ABORT, 'keys are append-only'); END;
