-- A room out of use: the meetings that have it keep it, no new one gets it.
ALTER TABLE room ADD COLUMN is_retired INTEGER NOT NULL DEFAULT 0;
