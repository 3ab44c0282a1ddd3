//! What recovery decides of every change that did not end.
//!
//! | # | how the change stands | what is found | what is done | how it ends |
//! |---|---|---|---|---|
//! | 1 | unknown | it was made | saved; repeated on the partners | done |
//! | 2 | unknown | it was made, and cannot be saved | – | not saved |
//! | 3 | unknown | all is as before | saved, as it may have been restored | refused, a repetition pending; where it cannot be saved it stays |
//! | 4 | unknown | the old one is gone, the new one not there | the old one is restored | refused, a repetition pending |
//! | 5 | unknown | the same, and how the old one was is not known | – | refused, a repetition pending |
//! | 6 | unknown | a move left it in both places | the old copy goes; the move is repeated | done |
//! | 7 | unknown | something else was made of it past Nestor, or we did later | – | refused |
//! | 8 | unknown, pending | the server is silent, or refuses what would end it | – | stays |
//! | 9 | pending | the server is back and has it not | made there | done, not saved, unknown; what is refused waits on |
//! | 10 | pending | the server is back and has it | – | done |
//! | 11 | pending | a later change took its place | – | refused |
//! | 12 | not saved | the server shows it no more | – | refused, as all that was made before a restart |
//! | 13 | not saved | the server was saved since | – | done |
//! | 14 | open | its program, or its end, is gone | taken over | unknown, and then as above |
//! | 15 | unknown, pending | a person gives it up | – | refused |
//!
//! `unknown.rs` has 1 to 8, `pending.rs` 8 to 11, `saving.rs` 12 and 13, `open.rs` 14 and 15, `partners.rs` what is
//! repeated where, `configuration.rs` the same of configurations, `everything.rs` what holds in all of them.

mod configuration;
mod everything;
mod open;
mod partners;
mod pending;
mod saving;
mod unknown;

const MADE: &str = "No answer came; a check found the change on the server.";
const NOT_MADE: &str = "Not applied: nothing has changed.";
const RESTORED: &str = "Interrupted halfway; the previous version was restored.";
const OVERTAKEN: &str = "Changed elsewhere since; the newer version stays.";
const UNSAVED: &str = "The change works, but “kea1” could not save it. A restart of the server would lose it. It said: \
                       the disk is full. Fix that, then save again.";
