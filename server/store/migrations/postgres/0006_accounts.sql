-- Somebody who may not sign in for the time being.
ALTER TABLE accounts ADD COLUMN disabled BOOLEAN NOT NULL DEFAULT false;
-- Grows with whatever ends the sessions of an account: a new password, being disabled.
ALTER TABLE accounts ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;

-- The try to sign in that is counted; one that went well is taken back.
ALTER TABLE sign_in_failures ADD COLUMN try TEXT NOT NULL DEFAULT '';
CREATE INDEX sign_in_failures_by_try ON sign_in_failures (try);

-- How many addresses somebody holds, and how many calls of somebody are remembered.
CREATE INDEX holds_by_holder ON holds (holder, until);
CREATE INDEX foreman_calls_by_caller ON foreman_calls (caller, number);
