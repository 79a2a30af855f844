-- A revision may be approved again: when what it hangs on changed, and it still holds.

-- +goose Up
CREATE TABLE all_approvals (
    kind    TEXT   NOT NULL,
    id      TEXT   NOT NULL,
    version BIGINT NOT NULL,
    by_name TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (kind, id, version, at, by_name),
    FOREIGN KEY (kind, id, version) REFERENCES revisions (kind, id, version)
);
INSERT INTO all_approvals (kind, id, version, by_name, reason, at)
SELECT kind, id, version, by_name, reason, at FROM approvals;
DROP TABLE approvals;
ALTER TABLE all_approvals RENAME TO approvals;

-- +goose Down
CREATE TABLE first_approvals (
    kind    TEXT   NOT NULL,
    id      TEXT   NOT NULL,
    version BIGINT NOT NULL,
    by_name TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (kind, id, version),
    FOREIGN KEY (kind, id, version) REFERENCES revisions (kind, id, version)
);
INSERT INTO first_approvals (kind, id, version, by_name, reason, at)
SELECT kind, id, version, by_name, reason, at FROM approvals ORDER BY at, by_name
ON CONFLICT (kind, id, version) DO NOTHING;
DROP TABLE approvals;
ALTER TABLE first_approvals RENAME TO approvals;
