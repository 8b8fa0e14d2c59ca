-- A hub that does not order its stall's groups: another one does, and this one holds a copy of its order.
ALTER TABLE stalls ADD COLUMN relay BIGINT NOT NULL DEFAULT 0;

-- Envelopes that wait here until somebody carries them to the hub that orders. skew: to be added to their author's clock, ms.
CREATE TABLE held (
    stall BYTEA NOT NULL,
    replica BYTEA NOT NULL,
    first_rseq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    id BYTEA NOT NULL,
    prev BYTEA NOT NULL,
    skew BIGINT NOT NULL,
    at BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (stall, replica, first_rseq)
);
