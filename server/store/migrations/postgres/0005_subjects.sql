-- A change is of a reservation, or of an element of a server's configuration. Of the latter `identifier_kind` and
-- `identifier` name the element, such as `subnet` and its number.
ALTER TABLE changes ADD COLUMN subject TEXT NOT NULL DEFAULT 'reservation' CHECK (subject IN ('reservation', 'config'));

-- Why a change stands as it does: JSON, a code with its data. What was said before stays as it was said.
ALTER TABLE changes ADD COLUMN reason TEXT;
UPDATE changes SET reason = json_build_object('code', 'verbatim', 'text', detail)::text WHERE detail <> '';
ALTER TABLE changes DROP COLUMN detail;
