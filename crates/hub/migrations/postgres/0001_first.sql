-- The same tables as in SQLite. Distribute them by stall when one server is outgrown (all but hub and foundings).
CREATE TABLE hub (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    -- Goes up at every start and sweep; a mark among the objects remembers it. A lower one here: the database is older.
    beat BIGINT NOT NULL,
    -- 1 in a backup: who opens it holds an older hub.
    stale BIGINT NOT NULL,
    admin BYTEA
);
INSERT INTO hub(one, beat, stale, admin) VALUES (1, 0, 0, NULL);

CREATE TABLE stalls (
    stall BYTEA PRIMARY KEY,
    name TEXT NOT NULL,
    root BYTEA NOT NULL,
    recovery BYTEA NOT NULL,
    lineage BYTEA NOT NULL,
    head BIGINT NOT NULL,
    max_eff BIGINT NOT NULL,
    quota BIGINT NOT NULL,
    used BIGINT NOT NULL,
    made BIGINT NOT NULL
);

-- What the operator hands out so that a stall can be founded. There is no stall yet to stand in front.
CREATE TABLE foundings (
    code BYTEA PRIMARY KEY,
    name TEXT NOT NULL,
    quota BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- An owner's, by the hash of what the hub may know of its secret.
CREATE TABLE invites (
    stall BYTEA NOT NULL,
    invite BYTEA NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    until BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (stall, invite)
);
-- A laptop that joins knows the invite, not yet the stall.
CREATE INDEX invites_find ON invites(invite);

-- Who waits for a certificate: the request as it came.
CREATE TABLE joins (
    stall BYTEA NOT NULL,
    replica BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (stall, replica)
);

CREATE TABLE tokens (
    stall BYTEA NOT NULL,
    token BYTEA NOT NULL,
    replica BYTEA NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (stall, token)
);

CREATE TABLE certificates (
    stall BYTEA NOT NULL,
    n BIGINT NOT NULL,
    id BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (stall, n),
    UNIQUE (stall, id)
);

CREATE TABLE replicas (
    stall BYTEA NOT NULL,
    replica BYTEA NOT NULL,
    signer BYTEA NOT NULL,
    role TEXT NOT NULL,
    revoked BIGINT NOT NULL,
    next_rseq BIGINT NOT NULL,
    last_id BYTEA NOT NULL,
    last_eff BIGINT NOT NULL,
    PRIMARY KEY (stall, replica)
);

CREATE TABLE wraps (
    stall BYTEA NOT NULL,
    n BIGINT NOT NULL,
    id BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (stall, n),
    UNIQUE (stall, id)
);

-- An envelope has the seqs last-n+1 ..= last. effs: zigzag deltas. max_before: greatest eff of all groups before it.
CREATE TABLE envelopes (
    stall BYTEA NOT NULL,
    last BIGINT NOT NULL,
    n BIGINT NOT NULL,
    replica BYTEA NOT NULL,
    first_rseq BIGINT NOT NULL,
    id BYTEA NOT NULL,
    header BYTEA NOT NULL,
    effs BYTEA NOT NULL,
    max_before BIGINT NOT NULL,
    PRIMARY KEY (stall, last)
);
CREATE UNIQUE INDEX envelopes_rseq ON envelopes(stall, replica, first_rseq);

CREATE TABLE parts (
    stall BYTEA NOT NULL,
    last BIGINT NOT NULL,
    part BIGINT NOT NULL,
    scope BIGINT NOT NULL,
    size BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (stall, last, part)
);

-- Photographs (kind 0, by name) and snapshots (kind 1, by seq and scope), sealed; the bytes lie in the object store.
CREATE TABLE objects (
    stall BYTEA NOT NULL,
    kind BIGINT NOT NULL,
    name BYTEA NOT NULL,
    size BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    -- Of the key it is sealed under; snapshots only.
    epoch BIGINT NOT NULL,
    received BIGINT NOT NULL,
    whole BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- When it was first said to be needless; 0: it is not.
    doomed BIGINT NOT NULL,
    PRIMARY KEY (stall, kind, name)
);
CREATE INDEX objects_sweep ON objects(doomed) WHERE doomed > 0;

CREATE TABLE pieces (
    stall BYTEA NOT NULL,
    kind BIGINT NOT NULL,
    name BYTEA NOT NULL,
    start BIGINT NOT NULL,
    size BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (stall, kind, name, start)
);

CREATE TABLE claims (
    stall BYTEA NOT NULL,
    what BYTEA NOT NULL,
    replica BYTEA NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (stall, what)
);

-- Sealed bytes do not shrink.
ALTER TABLE parts ALTER COLUMN bytes SET STORAGE EXTERNAL;
