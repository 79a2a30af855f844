-- What the events up to the position are recognised by, written with them: one
-- row, their number and the exclusive or of their id_hash. What an earlier
-- position had follows from what came after it, so that nobody reads all events
-- to know whether a copy of most of them is good.
CREATE TABLE digest (number BIGINT NOT NULL, ids UBIGINT NOT NULL);
INSERT INTO digest SELECT count(*), coalesce(bit_xor(id_hash), 0) FROM events;
