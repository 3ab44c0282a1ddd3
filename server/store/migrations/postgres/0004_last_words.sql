-- What each server said last of its settings, in words that only whoever talks to it reads.
CREATE TABLE last_words (
    server TEXT COLLATE "C" PRIMARY KEY,
    said   TEXT NOT NULL,
    as_of  BIGINT NOT NULL
);
