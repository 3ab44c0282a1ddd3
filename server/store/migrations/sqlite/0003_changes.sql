-- Ranges that nobody is given an address of.
CREATE TABLE exclusions (
    server    TEXT NOT NULL,
    subnet_id INTEGER NOT NULL,
    first     INTEGER NOT NULL CHECK (first BETWEEN 0 AND 4294967295),
    last      INTEGER NOT NULL CHECK (last BETWEEN first AND 4294967295),
    reason    TEXT NOT NULL,
    author    TEXT NOT NULL,
    since     INTEGER NOT NULL,
    UNIQUE (server, subnet_id, first, last)
) STRICT;

-- What was done to reservations: recorded before a server is touched, and how it ended afterwards.
-- `before`, `after` and `wanted` are JSON; `was` and `now` are the server's own words for the first two.
CREATE TABLE changes (
    number              INTEGER PRIMARY KEY AUTOINCREMENT,
    at                  INTEGER NOT NULL,
    actor               TEXT NOT NULL,
    verb                TEXT NOT NULL CHECK (verb IN ('create', 'change', 'delete', 'move')),
    server              TEXT NOT NULL,
    subnet_id           INTEGER NOT NULL,
    identifier_kind     TEXT NOT NULL,
    identifier          TEXT NOT NULL,
    -- Where the change gave the reservation another identifier: the one before.
    old_identifier_kind TEXT,
    old_identifier      TEXT,
    old_address         TEXT,
    new_address         TEXT,
    old_host_name       TEXT,
    new_host_name       TEXT,
    before              TEXT,
    after               TEXT,
    state               TEXT NOT NULL
        CHECK (state IN ('open', 'done', 'not-saved', 'pending', 'refused', 'unknown')),
    detail              TEXT NOT NULL,
    batch               TEXT,
    undoes              INTEGER,
    repeats             INTEGER,
    was                 TEXT,
    now                 TEXT,
    wanted              TEXT,
    request             TEXT,
    owner               TEXT NOT NULL
) STRICT;

-- A request is carried out once.
CREATE UNIQUE INDEX changes_by_request ON changes (request) WHERE request IS NOT NULL;
CREATE INDEX changes_by_identifier ON changes (server, subnet_id, identifier_kind, identifier, number);
CREATE INDEX changes_by_old_identifier ON changes (server, subnet_id, old_identifier_kind, old_identifier)
    WHERE old_identifier IS NOT NULL;
CREATE INDEX changes_by_server ON changes (server, state);
CREATE INDEX changes_by_state ON changes (state, number);
CREATE INDEX changes_by_batch ON changes (batch, number) WHERE batch IS NOT NULL;
CREATE INDEX changes_by_undone ON changes (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX changes_by_time ON changes (at);

-- Who is running: an open change of somebody else is to be finished by others.
CREATE TABLE programs (
    owner TEXT PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
