-- Scopes besides goods whose part of a row's making was heard, a bit each by the scope's number: their cells that were not
-- written since need no row in sync_cells either. Every unit comes with a cost and a floor price.
ALTER TABLE sync_rows ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;

-- Rows that came before what they must name: asked for after every page.
CREATE INDEX sync_rows_waiting ON sync_rows(tbl, row) WHERE grave IS NOT NULL AND tombs IS NULL;
