-- Members, what they sign in with, keys, and the audit. Secrets are stored as
-- SHA-256 hashes, passwords as argon2id.

-- +goose Up
CREATE TABLE workspace (
    id       BIGINT PRIMARY KEY CHECK (id = 1),
    settings TEXT   NOT NULL -- JSON
);

CREATE TABLE members (
    id           TEXT   PRIMARY KEY,
    email        TEXT   NOT NULL UNIQUE, -- lower case
    name         TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    locale       TEXT   NOT NULL DEFAULT '',
    password     TEXT   NOT NULL DEFAULT '', -- PHC string; empty until an invitation is accepted
    disabled     BIGINT NOT NULL DEFAULT 0,
    sign_outs    BIGINT NOT NULL DEFAULT 0, -- sessions begun before the last of them are over
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE links (
    token_hash TEXT   PRIMARY KEY,
    member_id  TEXT   NOT NULL DEFAULT '', -- empty: the set-up link
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL DEFAULT 0   -- 0: when it is used
);

CREATE TABLE sessions (
    token_hash TEXT   PRIMARY KEY,
    data       TEXT   NOT NULL, -- base64
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE keys (
    id           TEXT   PRIMARY KEY,
    name         TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    scopes       TEXT   NOT NULL, -- separated by spaces
    prefix       TEXT   NOT NULL,
    secret_hash  TEXT   NOT NULL UNIQUE,
    created_at   BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,
    last_used_at BIGINT NOT NULL DEFAULT 0,
    revoked_at   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE audit (
    id      TEXT   PRIMARY KEY, -- sorts by time
    at      BIGINT NOT NULL,
    member  TEXT   NOT NULL,
    action  TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    detail  TEXT   NOT NULL DEFAULT '' -- JSON
);

-- +goose Down
DROP TABLE audit;
DROP TABLE keys;
DROP TABLE sessions;
DROP TABLE links;
DROP TABLE members;
DROP TABLE workspace;
