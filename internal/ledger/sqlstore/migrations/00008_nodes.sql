-- The nodes that serve a shared ledger now, and the secret by which they know each
-- other. Both are of one database and stay with it: no copy of a ledger takes them along.

-- +goose Up
CREATE TABLE nodes (
    id      TEXT   NOT NULL PRIMARY KEY,
    address TEXT   NOT NULL, -- by which other nodes reach it; '' if they do not
    version TEXT   NOT NULL, -- of the program
    facts   TEXT   NOT NULL, -- the cluster that has its facts; '' if its folder has them
    seen    BIGINT NOT NULL  -- by the database's clock, in microseconds since 1970 UTC
);

CREATE TABLE nodes_secret (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    secret TEXT   NOT NULL
);

-- +goose Down
DROP TABLE nodes_secret;
DROP TABLE nodes;
