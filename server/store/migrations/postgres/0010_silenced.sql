-- Findings that somebody has silenced, each once.
CREATE TABLE silenced (
    server  TEXT COLLATE "C" NOT NULL,
    finding TEXT COLLATE "C" NOT NULL,
    text    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (server, finding)
);
