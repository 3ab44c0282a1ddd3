-- Changes that are for one server of a pair alone.
ALTER TABLE changes ADD COLUMN alone BOOLEAN NOT NULL DEFAULT false;
