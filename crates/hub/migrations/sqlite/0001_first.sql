-- The stall's id leads every key, as in PostgreSQL, where it is what a cluster shards by.
CREATE TABLE hub (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- Goes up at every start and sweep; a mark among the objects remembers it. A lower one here: the database is older.
    beat INTEGER NOT NULL,
    -- 1 in a backup: who opens it holds an older hub.
    stale INTEGER NOT NULL,
    admin BLOB
) STRICT;
INSERT INTO hub(one, beat, stale, admin) VALUES (1, 0, 0, NULL);

CREATE TABLE stalls (
    stall BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    root BLOB NOT NULL,
    recovery BLOB NOT NULL,
    lineage BLOB NOT NULL,
    head INTEGER NOT NULL,
    max_eff INTEGER NOT NULL,
    quota INTEGER NOT NULL,
    used INTEGER NOT NULL,
    made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the operator hands out so that a stall can be founded. There is no stall yet to stand in front.
CREATE TABLE foundings (
    code BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    quota INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- An owner's, by the hash of what the hub may know of its secret.
CREATE TABLE invites (
    stall BLOB NOT NULL,
    invite BLOB NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    until INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (stall, invite)
) STRICT, WITHOUT ROWID;
-- A laptop that joins knows the invite, not yet the stall.
CREATE INDEX invites_find ON invites(invite);

-- Who waits for a certificate: the request as it came.
CREATE TABLE joins (
    stall BLOB NOT NULL,
    replica BLOB NOT NULL,
    bytes BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (stall, replica)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    stall BLOB NOT NULL,
    token BLOB NOT NULL,
    replica BLOB NOT NULL,
    made INTEGER NOT NULL,
    PRIMARY KEY (stall, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
    stall BLOB NOT NULL,
    n INTEGER NOT NULL,
    id BLOB NOT NULL,
    bytes BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (stall, n),
    UNIQUE (stall, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE replicas (
    stall BLOB NOT NULL,
    replica BLOB NOT NULL,
    signer BLOB NOT NULL,
    role TEXT NOT NULL,
    revoked INTEGER NOT NULL,
    next_rseq INTEGER NOT NULL,
    last_id BLOB NOT NULL,
    last_eff INTEGER NOT NULL,
    PRIMARY KEY (stall, replica)
) STRICT, WITHOUT ROWID;

CREATE TABLE wraps (
    stall BLOB NOT NULL,
    n INTEGER NOT NULL,
    id BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (stall, n),
    UNIQUE (stall, id)
) STRICT, WITHOUT ROWID;

-- An envelope has the seqs last-n+1 ..= last. effs: zigzag deltas. max_before: greatest eff of all groups before it.
CREATE TABLE envelopes (
    stall BLOB NOT NULL,
    last INTEGER NOT NULL,
    n INTEGER NOT NULL,
    replica BLOB NOT NULL,
    first_rseq INTEGER NOT NULL,
    id BLOB NOT NULL,
    header BLOB NOT NULL,
    effs BLOB NOT NULL,
    max_before INTEGER NOT NULL,
    PRIMARY KEY (stall, last)
) STRICT;
CREATE UNIQUE INDEX envelopes_rseq ON envelopes(stall, replica, first_rseq);

CREATE TABLE parts (
    stall BLOB NOT NULL,
    last INTEGER NOT NULL,
    part INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    size INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (stall, last, part)
) STRICT;

-- Photographs (kind 0, by name) and snapshots (kind 1, by seq and scope), sealed; the bytes lie in the object store.
CREATE TABLE objects (
    stall BLOB NOT NULL,
    kind INTEGER NOT NULL,
    name BLOB NOT NULL,
    size INTEGER NOT NULL,
    hash BLOB NOT NULL,
    -- Of the key it is sealed under; snapshots only.
    epoch INTEGER NOT NULL,
    received INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- When it was first said to be needless; 0: it is not.
    doomed INTEGER NOT NULL,
    PRIMARY KEY (stall, kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX objects_sweep ON objects(doomed) WHERE doomed > 0;

CREATE TABLE pieces (
    stall BLOB NOT NULL,
    kind INTEGER NOT NULL,
    name BLOB NOT NULL,
    start INTEGER NOT NULL,
    size INTEGER NOT NULL,
    hash BLOB NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (stall, kind, name, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
    stall BLOB NOT NULL,
    what BLOB NOT NULL,
    replica BLOB NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (stall, what)
) STRICT, WITHOUT ROWID;
