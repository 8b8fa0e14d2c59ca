-- A hub that does not order its stall's groups: another one does, and this one holds a copy of its order.
ALTER TABLE stalls ADD COLUMN relay INTEGER NOT NULL DEFAULT 0;

-- Envelopes that wait here until somebody carries them to the hub that orders. skew: to be added to their author's clock, ms.
CREATE TABLE held (
    stall BLOB NOT NULL,
    replica BLOB NOT NULL,
    first_rseq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    id BLOB NOT NULL,
    prev BLOB NOT NULL,
    skew INTEGER NOT NULL,
    at INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (stall, replica, first_rseq)
) STRICT;
