-- Changes that are for one server of a pair alone.
ALTER TABLE changes ADD COLUMN alone INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1));
