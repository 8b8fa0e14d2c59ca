-- When the order began that is here, ms; 0: with the stall. A hub that takes the place of a lost one begins another.
ALTER TABLE stalls ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
