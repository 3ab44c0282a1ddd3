-- Addresses of both families, as text; they were numbers of IPv4 addresses. Whoever reads them sorts them.

CREATE TEMPORARY TABLE old_holds AS
    SELECT server, subnet_id,
           (address >> 24) || '.' || ((address >> 16) & 255) || '.' || ((address >> 8) & 255) || '.' || (address & 255) AS address,
           holder, purpose, since, until
    FROM holds;
DROP TABLE holds;

-- The key is what keeps two callers from being given the same address.
CREATE TABLE holds (
    server    TEXT NOT NULL,
    subnet_id INTEGER NOT NULL,
    address   TEXT NOT NULL,
    holder    TEXT NOT NULL,
    purpose   TEXT,
    since     INTEGER NOT NULL,
    until     INTEGER NOT NULL,
    UNIQUE (server, subnet_id, address)
) STRICT;

CREATE INDEX holds_by_end ON holds (until);

INSERT INTO holds (server, subnet_id, address, holder, purpose, since, until)
    SELECT server, subnet_id, address, holder, purpose, since, until FROM old_holds;
DROP TABLE old_holds;

CREATE TEMPORARY TABLE old_exclusions AS
    SELECT server, subnet_id,
           (first >> 24) || '.' || ((first >> 16) & 255) || '.' || ((first >> 8) & 255) || '.' || (first & 255) AS first,
           (last >> 24) || '.' || ((last >> 16) & 255) || '.' || ((last >> 8) & 255) || '.' || (last & 255) AS last,
           reason, author, since
    FROM exclusions;
DROP TABLE exclusions;

-- Ranges that nobody is given an address of.
CREATE TABLE exclusions (
    server    TEXT NOT NULL,
    subnet_id INTEGER NOT NULL,
    first     TEXT NOT NULL,
    last      TEXT NOT NULL,
    reason    TEXT NOT NULL,
    author    TEXT NOT NULL,
    since     INTEGER NOT NULL,
    UNIQUE (server, subnet_id, first, last)
) STRICT;

INSERT INTO exclusions (server, subnet_id, first, last, reason, author, since)
    SELECT server, subnet_id, first, last, reason, author, since FROM old_exclusions;
DROP TABLE old_exclusions;
