-- When a change is taken back unless somebody confirms it before; null: it stays.
ALTER TABLE changes ADD COLUMN confirm_until INTEGER;
CREATE INDEX changes_to_confirm ON changes (confirm_until) WHERE confirm_until IS NOT NULL;
