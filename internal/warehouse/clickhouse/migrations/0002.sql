-- Several nodes load, each from a log of its own: nodes says of each, by its id, up to
-- which record of its log. record is, from here on, that of a folder which loaded facts
-- before nodes had ids, for as long as it has not loaded any under its own.
ALTER TABLE position ADD COLUMN IF NOT EXISTS nodes Map(String, UInt64);

-- What a node has not taken in yet is found by position.
ALTER TABLE identities ADD INDEX IF NOT EXISTS by_seq seq TYPE minmax GRANULARITY 4;
