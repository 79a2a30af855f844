-- What several nodes do one after the other is numbered. The numbers are of one set of
-- facts and stay with the database: no copy of a ledger takes them along.

-- +goose Up
CREATE TABLE turns (
    name   TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);

-- +goose Down
DROP TABLE turns;
