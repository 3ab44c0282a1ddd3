-- What Foreman asked and was answered. Bounded by age and by number.
CREATE TABLE foreman_calls (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    took_micros INTEGER NOT NULL,
    caller      TEXT NOT NULL,
    address     TEXT,
    request_id  TEXT,
    method      TEXT NOT NULL,
    path        TEXT NOT NULL,
    parameters  TEXT NOT NULL,
    status      INTEGER NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('answered', 'not-found', 'exhausted', 'refused', 'failed')),
    answer      TEXT NOT NULL,
    changes     INTEGER NOT NULL CHECK (changes IN (0, 1)),
    why         TEXT NOT NULL
) STRICT;

CREATE INDEX foreman_calls_by_time ON foreman_calls (at);
-- Problems are few among many calls.
CREATE INDEX foreman_problems ON foreman_calls (number) WHERE outcome IN ('exhausted', 'refused', 'failed');
