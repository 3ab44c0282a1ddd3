-- Subnets that servers had and have no more: whoever takes their number again gets what is left of them, their leases and
-- reservations. The newest of each number.
CREATE TABLE gone_subnets (
    server TEXT COLLATE "C" NOT NULL,
    id     BIGINT NOT NULL,
    prefix TEXT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (server, id)
);
