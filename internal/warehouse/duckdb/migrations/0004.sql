-- From when on events are kept, in microseconds since 1970 UTC, 0 for all: one row. gone
-- counts the events that went or came too late, dead those of them whose bytes are
-- still in the file, behind rows that are no more. A message of type 9, expire, moves it.
CREATE TABLE horizon (start BIGINT NOT NULL, gone BIGINT NOT NULL, dead BIGINT NOT NULL);
INSERT INTO horizon VALUES (0, 0, 0);
