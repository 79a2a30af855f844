-- How far the log has been loaded: one row, written with the rows it speaks of.
CREATE TABLE position (record UBIGINT NOT NULL, seq UBIGINT NOT NULL);
INSERT INTO position VALUES (0, 0);

-- The dense numbers of identity, and the codes of event names (kind 1) and
-- currencies (kind 2). Events carry numbers and codes, so that a scan moves
-- eight bytes where the text would be thirty.
CREATE TABLE refs (number UINTEGER NOT NULL, anonymous BOOLEAN NOT NULL, id VARCHAR NOT NULL);
CREATE TABLE accounts (number UINTEGER NOT NULL, id VARCHAR NOT NULL);
CREATE TABLE words (kind UTINYINT NOT NULL, code UINTEGER NOT NULL, text VARCHAR NOT NULL);

-- Messages that a journey can count. Times are UTC. properties and context are
-- JSON text: a column of type JSON would be checked and written again on every
-- append, and the functions that read them take text as well. Type: 1 track,
-- 2 page, 3 screen. anonymous_id only where the customer is known by a user id.
-- id_hash is FNV-1a of message_id, to look ids up without reading them.
CREATE TABLE events (
    seq UBIGINT NOT NULL,
    type UTINYINT NOT NULL,
    customer UINTEGER NOT NULL,
    account UINTEGER NOT NULL,
    time TIMESTAMP NOT NULL,
    name UINTEGER NOT NULL,
    value DOUBLE,
    cost DOUBLE,
    currency UINTEGER NOT NULL,
    channel VARCHAR,
    source VARCHAR,
    properties VARCHAR,
    context VARCHAR,
    id_hash UBIGINT NOT NULL,
    message_id VARCHAR NOT NULL,
    anonymous_id VARCHAR,
    received TIMESTAMP NOT NULL,
    imported BOOLEAN NOT NULL
);

-- Messages that say who is who. Type: 4 identify, 5 group, 6 alias, 7 unlink.
CREATE TABLE identities (
    seq UBIGINT NOT NULL,
    type UTINYINT NOT NULL,
    customer UINTEGER NOT NULL,
    account UINTEGER NOT NULL,
    time TIMESTAMP NOT NULL,
    user_id VARCHAR,
    anonymous_id VARCHAR,
    previous_id VARCHAR,
    group_id VARCHAR,
    unlinks VARCHAR,
    channel VARCHAR,
    source VARCHAR,
    context VARCHAR,
    traits VARCHAR,
    id_hash UBIGINT NOT NULL,
    message_id VARCHAR NOT NULL,
    received TIMESTAMP NOT NULL,
    imported BOOLEAN NOT NULL
);

CREATE TABLE quarantine (
    id VARCHAR NOT NULL,
    received TIMESTAMP NOT NULL,
    source VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    raw VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    imported BOOLEAN NOT NULL,
    status VARCHAR NOT NULL,
    resolved_by VARCHAR NOT NULL,
    resolved TIMESTAMP
);
