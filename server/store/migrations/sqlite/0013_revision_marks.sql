-- How far the revisions of a server were dealt with: the newest that somebody looked at, and the newest that Nestor had the
-- server save.
CREATE TABLE revision_marks (
    server TEXT PRIMARY KEY,
    seen   INTEGER NOT NULL,
    saved  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
