-- Definitions. Both tables are only ever inserted into.

-- +goose Up
CREATE TABLE revisions (
    kind          TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    version       BIGINT  NOT NULL,
    hash          TEXT    NOT NULL,
    deleted       BIGINT  NOT NULL DEFAULT 0,
    author        TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    at            BIGINT  NOT NULL, -- microseconds since 1970 UTC, as every time here
    restored_from BIGINT  NOT NULL DEFAULT 0,
    body          TEXT    NOT NULL, -- JSON, keys as authored
    PRIMARY KEY (kind, id, version)
);

CREATE TABLE approvals (
    kind    TEXT   NOT NULL,
    id      TEXT   NOT NULL,
    version BIGINT NOT NULL,
    by_name TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (kind, id, version),
    FOREIGN KEY (kind, id, version) REFERENCES revisions (kind, id, version)
);

-- +goose Down
DROP TABLE approvals;
DROP TABLE revisions;
