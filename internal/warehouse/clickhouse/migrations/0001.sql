-- Statements end with a semicolon at the end of a line. Each can be repeated: two
-- nodes may run them at once, and one may be interrupted. ENGINE is the parameter
-- of the engine; what follows it is what MergeTree calls the variant.
--
-- load is the number of the load that stored a row; rows count once that load is
-- complete (standing.go). Inserts are synced to disk, because the log is cut when
-- the cluster has said that it stored them; what a merge makes of parts needs no
-- such care, for the parts it was made of stay until the disk has it.

-- Which of the shards this is, of how many.
CREATE TABLE IF NOT EXISTS layout (shard UInt32, shards UInt32)
ENGINE = MergeTree ORDER BY shard;

-- The last load that began, on the first shard.
CREATE TABLE IF NOT EXISTS loads (workspace UInt8, load UInt32)
ENGINE = {{.Engine "loads" "ReplacingMergeTree" "load"}} ORDER BY workspace
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- How far the log has been loaded, on the first shard: of all rows the one with
-- the highest load. The sums are of all that was stored up to it: how many refs,
-- accounts, messages and events, the exclusive or of the events' id_hash, their
-- first and last instants, and when the newest message came in. incomplete are the
-- loads before it whose rows do not count, and since when that is known.
CREATE TABLE IF NOT EXISTS position (
    workspace UInt8,
    load UInt32,
    record UInt64,
    seq UInt64,
    refs UInt32,
    accounts UInt32,
    messages UInt64,
    events UInt64,
    ids UInt64,
    first Int64,
    last Int64,
    received Int64,
    incomplete Array(UInt32),
    incomplete_since Array(Int64)
)
ENGINE = {{.Engine "position" "ReplacingMergeTree" "load"}} ORDER BY workspace
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The dense numbers of identity. Refs lie with the events of theirs.
CREATE TABLE IF NOT EXISTS refs (load UInt32, number UInt32, anonymous Bool, id String)
ENGINE = {{.Engine "refs" "MergeTree"}} ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS accounts (load UInt32, number UInt32, id String)
ENGINE = {{.Engine "accounts" "MergeTree"}} ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Messages that a journey can count, a customer's together. Times are microseconds
-- since 1970 UTC. A missing text is empty, a missing amount NaN. properties and
-- context are what conditions are asked of; where the engine cannot read what was
-- sent, that stands beside it (jsontext.go). id_hash is warehouse.IDHash; the
-- projection finds ids without reading those of all events.
CREATE TABLE IF NOT EXISTS events (
    load UInt32,
    seq UInt64 CODEC(Delta, LZ4),
    type LowCardinality(String),
    customer UInt32,
    account UInt32,
    time Int64 CODEC(Delta, LZ4),
    name LowCardinality(String),
    value Float64,
    cost Float64,
    currency LowCardinality(String),
    channel LowCardinality(String),
    source LowCardinality(String),
    properties String CODEC(ZSTD(1)),
    context String CODEC(ZSTD(1)),
    properties_sent String CODEC(ZSTD(1)),
    context_sent String CODEC(ZSTD(1)),
    id_hash UInt64,
    message_id String CODEC(ZSTD(1)),
    anonymous_id String CODEC(ZSTD(1)),
    received Int64 CODEC(Delta, LZ4),
    imported Bool,
    at DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(time, 'UTC'),
    INDEX by_seq seq TYPE minmax GRANULARITY 4,
    INDEX by_received received TYPE minmax GRANULARITY 4,
    INDEX by_account account TYPE bloom_filter(0.01) GRANULARITY 1,
    PROJECTION by_id (SELECT id_hash, load, message_id ORDER BY id_hash)
)
ENGINE = {{.Engine "events" "MergeTree"}}
-- 30 days: a question reads the months it is about.
PARTITION BY intDiv(time, 2592000000000)
PRIMARY KEY (customer, time) ORDER BY (customer, time, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Messages that say who is who.
CREATE TABLE IF NOT EXISTS identities (
    load UInt32,
    seq UInt64,
    type LowCardinality(String),
    customer UInt32,
    account UInt32,
    time Int64,
    user_id String,
    anonymous_id String,
    previous_id String,
    group_id String,
    unlinks String,
    channel LowCardinality(String),
    source LowCardinality(String),
    context String CODEC(ZSTD(1)),
    traits String CODEC(ZSTD(1)),
    context_sent String CODEC(ZSTD(1)),
    traits_sent String CODEC(ZSTD(1)),
    id_hash UInt64,
    message_id String CODEC(ZSTD(1)),
    received Int64,
    imported Bool,
    at DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(time, 'UTC'),
    INDEX by_account account TYPE bloom_filter(0.01) GRANULARITY 1,
    PROJECTION by_id (SELECT id_hash, load, message_id ORDER BY id_hash)
)
ENGINE = {{.Engine "identities" "MergeTree"}}
PRIMARY KEY (customer, time) ORDER BY (customer, time, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What was received and could not become a message; the newest version of each
-- entry counts. place is that of an entry in its load.
CREATE TABLE IF NOT EXISTS quarantine (
    load UInt32,
    place UInt32,
    id String,
    received Int64,
    source String,
    reason String,
    detail String,
    raw String CODEC(ZSTD(1)),
    type String,
    imported Bool,
    status LowCardinality(String),
    resolved_by String,
    resolved Nullable(Int64),
    version UInt8
)
ENGINE = {{.Engine "quarantine" "ReplacingMergeTree" "version"}} ORDER BY (id, load)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The same tables over all shards.
CREATE TABLE IF NOT EXISTS all_refs AS refs ENGINE = Distributed({{.Cluster}}, currentDatabase(), refs, number);
CREATE TABLE IF NOT EXISTS all_accounts AS accounts ENGINE = Distributed({{.Cluster}}, currentDatabase(), accounts, number);
CREATE TABLE IF NOT EXISTS all_events AS events ENGINE = Distributed({{.Cluster}}, currentDatabase(), events, customer);
CREATE TABLE IF NOT EXISTS all_identities AS identities ENGINE = Distributed({{.Cluster}}, currentDatabase(), identities, customer);
CREATE TABLE IF NOT EXISTS all_quarantine AS quarantine ENGINE = Distributed({{.Cluster}}, currentDatabase(), quarantine);
