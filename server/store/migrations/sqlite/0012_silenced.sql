-- Findings that somebody has silenced, each once.
CREATE TABLE silenced (
    server  TEXT NOT NULL,
    finding TEXT NOT NULL,
    text    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (server, finding)
) STRICT, WITHOUT ROWID;
