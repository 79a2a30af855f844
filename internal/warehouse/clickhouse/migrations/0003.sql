-- The numbers that a message of type forget takes out.
ALTER TABLE identities ADD COLUMN IF NOT EXISTS forgets Array(UInt32);
ALTER TABLE all_identities ADD COLUMN IF NOT EXISTS forgets Array(UInt32);

-- What counts as forgotten with this position while its rows may still be there, as
-- JSON (forget.go). It holds numbers and places, and no id of anybody's.
ALTER TABLE position ADD COLUMN IF NOT EXISTS forgetting String;

-- What each forget took out, on the first shard.
CREATE TABLE IF NOT EXISTS forgets (load UInt32, seq UInt64, message_id String, messages UInt64, ids UInt32, quarantined UInt64)
ENGINE = {{.Engine "forgets" "MergeTree"}} ORDER BY message_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
