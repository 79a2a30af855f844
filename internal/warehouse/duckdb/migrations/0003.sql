-- The numbers that a message of type 8, forget, takes out, with commas between them.
ALTER TABLE identities ADD COLUMN forgets VARCHAR;

-- What was forgotten: one row a forget, with what it took out. Until erased is true
-- its bytes may still be in the file, behind rows that are no more.
CREATE TABLE forgets (
    seq UBIGINT NOT NULL,
    message_id VARCHAR NOT NULL,
    messages BIGINT NOT NULL,
    ids BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    erased BOOLEAN NOT NULL
);
