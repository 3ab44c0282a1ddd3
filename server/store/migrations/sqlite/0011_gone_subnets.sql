-- Subnets that servers had and have no more: whoever takes their number again gets what is left of them, their leases and
-- reservations. The newest of each number.
CREATE TABLE gone_subnets (
    server TEXT NOT NULL,
    id     INTEGER NOT NULL,
    prefix TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (server, id)
) STRICT;
