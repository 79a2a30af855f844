-- From when on events count with this position, in microseconds since 1970 UTC, 0 for
-- all; and how many went by that, or came too late to be stored (expire.go).
ALTER TABLE position ADD COLUMN IF NOT EXISTS horizon Int64;
ALTER TABLE position ADD COLUMN IF NOT EXISTS gone UInt64;
