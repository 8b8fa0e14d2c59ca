-- Saved views of the stock: shared by everyone at the stall. `state` is JSON (`ViewState`), so that an older program keeps
-- what a newer one asks for. Ids are made in order of time, and so the views stand in it.
CREATE TABLE views (
  id    TEXT PRIMARY KEY NOT NULL,
  name  TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
