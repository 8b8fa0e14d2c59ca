-- Nothing that the log or sync keeps grows for ever. What goes when, and why: docs/sync.md, "What goes".

-- The log has our groups after this one whole: all that may have to be said again. Of those up to it only what histories show
-- is left, but for those an undo step holds.
ALTER TABLE replica ADD COLUMN thinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE change_groups ADD COLUMN thin INTEGER NOT NULL DEFAULT 0;
CREATE INDEX change_groups_whole ON change_groups(rseq) WHERE thin = 0;

-- 1: this laptop left its stall. What it does is said to nobody; a stall founded anew is told what there is.
ALTER TABLE sync_hub ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;

-- Asked of every group that may go.
CREATE INDEX undo_groups_rseq ON undo_groups(rseq);
