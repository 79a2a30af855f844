-- Who was forgotten, without an id of theirs: hashes of these, by a key of the
-- workspace's own, tell whoever restores an older backup whom to forget again.

-- +goose Up
CREATE TABLE forgotten_key (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    secret TEXT   NOT NULL -- hexadecimal
);

CREATE TABLE forgotten (
    id          TEXT   PRIMARY KEY, -- of the message that says so
    at          BIGINT NOT NULL,
    by_name     TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    hashes      TEXT   NOT NULL, -- JSON, of the ids
    messages    BIGINT NOT NULL,
    quarantined BIGINT NOT NULL
);

-- +goose Down
DROP TABLE forgotten;
DROP TABLE forgotten_key;
