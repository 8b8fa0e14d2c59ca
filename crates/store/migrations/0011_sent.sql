-- Envelopes of ours that were given to a hub and have not come back. One in our name that is not among them is of another
-- install: a copy of this disk, or this one before a backup was put back. Stamps do not tell: where the clock is behind, two
-- installs count on from the same one.
CREATE TABLE sync_sent (
  envelope TEXT PRIMARY KEY NOT NULL,   -- BLAKE3 of its header, 64 hex digits
  rseq     INTEGER NOT NULL             -- of its last group, as the hub knows it
) STRICT;
