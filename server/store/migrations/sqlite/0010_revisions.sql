-- The configurations that servers ran, without secrets. A number is used once for each server: of several programs that
-- see the same, one keeps it. `changes` and `words` are JSON; `document` is the text, packed.
CREATE TABLE revisions (
    server      TEXT NOT NULL,
    number      INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    hash        TEXT NOT NULL,
    -- The life that the server lived.
    process     INTEGER,
    loaded_at   INTEGER,
    origin      TEXT NOT NULL CHECK (origin IN ('first', 'nestor', 'outside', 'both')),
    way         TEXT CHECK (way IN ('restarted', 'loaded', 'commands')),
    changes     TEXT NOT NULL,
    words       TEXT NOT NULL,
    differences INTEGER NOT NULL,
    routine     INTEGER NOT NULL CHECK (routine IN (0, 1)),
    document    BLOB NOT NULL,
    PRIMARY KEY (server, number)
) STRICT;
