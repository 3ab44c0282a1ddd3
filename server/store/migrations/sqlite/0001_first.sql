-- Times are seconds since 1970-01-01 00:00:00 UTC.

-- A number is never used twice: sessions carry it, and must not come to belong to somebody else.
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    password_hash TEXT NOT NULL
) STRICT;

-- The one-time token that allows to make the first account: one row at most.
CREATE TABLE setup_token (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    token_hash BLOB NOT NULL,
    until      INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id_hash BLOB PRIMARY KEY,
    data    BLOB NOT NULL,
    until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_end ON sessions (until);

-- The key is what keeps two callers from being given the same address.
CREATE TABLE holds (
    server    TEXT NOT NULL,
    subnet_id INTEGER NOT NULL,
    address   INTEGER NOT NULL CHECK (address BETWEEN 0 AND 4294967295),
    holder    TEXT NOT NULL,
    purpose   TEXT,
    since     INTEGER NOT NULL,
    until     INTEGER NOT NULL,
    UNIQUE (server, subnet_id, address)
) STRICT;

CREATE INDEX holds_by_end ON holds (until);

-- What a key counts is the caller's business: an account, a source, both.
CREATE TABLE sign_in_failures (
    key TEXT NOT NULL,
    at  INTEGER NOT NULL
) STRICT;

CREATE INDEX sign_in_failures_by_key ON sign_in_failures (key, at);
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (at);
