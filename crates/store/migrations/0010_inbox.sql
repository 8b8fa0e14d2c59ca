-- The inbox of questions that laptops left to a person.
ALTER TABLE sync_groups ADD COLUMN by INTEGER NOT NULL DEFAULT 0;   -- sync_names: who worked; 0: it came before names were kept

-- Every write of a guarded cell after its row was made, in the hub's order: the history of a value on every laptop, the log
-- of which holds its own changes only.
CREATE TABLE sync_values (
  row   TEXT NOT NULL,
  tbl   INTEGER NOT NULL,
  col   INTEGER NOT NULL,
  seq   INTEGER NOT NULL,
  won   INTEGER NOT NULL,               -- it took the cell
  value TEXT NOT NULL,                  -- JSON
  PRIMARY KEY (row, tbl, col, seq)
) STRICT, WITHOUT ROWID;

-- What answers there are, and what is sold in two places: asked after every change, of a hundred thousand facts.
CREATE INDEX facts_resolved ON facts(json_extract(data, '$.item')) WHERE kind = 'resolved';
CREATE INDEX facts_sold_unit ON facts(unit_id, line_id) WHERE kind = 'assigned' AND unit_id IS NOT NULL;
CREATE INDEX facts_sold_line ON facts(line_id, unit_id) WHERE kind = 'assigned' AND line_id IS NOT NULL;
