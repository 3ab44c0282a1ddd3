-- The configurations that servers ran, without secrets. A number is used once for each server: of several programs that
-- see the same, one keeps it. `changes` and `words` are JSON; `document` is the text, packed.
CREATE TABLE revisions (
    server      TEXT COLLATE "C" NOT NULL,
    number      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    hash        TEXT NOT NULL,
    -- The life that the server lived.
    process     BIGINT,
    loaded_at   BIGINT,
    origin      TEXT NOT NULL CHECK (origin IN ('first', 'nestor', 'outside', 'both')),
    way         TEXT CHECK (way IN ('restarted', 'loaded', 'commands')),
    changes     TEXT NOT NULL,
    words       TEXT NOT NULL,
    differences BIGINT NOT NULL,
    routine     BOOLEAN NOT NULL,
    document    BYTEA NOT NULL,
    PRIMARY KEY (server, number)
);
