-- How far the revisions of a server were dealt with: the newest that somebody looked at, and the newest that Nestor had the
-- server save.
CREATE TABLE revision_marks (
    server TEXT COLLATE "C" PRIMARY KEY,
    seen   BIGINT NOT NULL,
    saved  BIGINT NOT NULL
);
