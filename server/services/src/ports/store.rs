//! Our own memory: accounts, sessions, holds, exclusions, Foreman's calls, changes of reservations, tries to sign in.

use async_trait::async_trait;
use changes::Verbatim;
use model::{
    AddressRange, CallQuery, Change, ChangeQuery, ChangeState, Content, Exclusion, ForemanCall, Hold, HoldKey,
    NewReservation, Reason, Role, Seconds, ServerName, SubnetKey, Timestamp, UserName, Verb,
};

use super::{Revisions, Said, Silences};
use crate::Error;

/// Why the store did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is one of that name already.
    #[error("it exists already")]
    Exists,
    /// Others had the lock for longer than a caller waits for it.
    #[error("other changes are under way there")]
    Busy,
    /// The database failed; the text is for the log.
    #[error("the store failed: {0}")]
    Failed(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            // Callers that can act on it have done so before.
            StoreError::Exists => Self::Internal(error.to_string()),
            StoreError::Busy => Self::Busy,
            StoreError::Failed(why) => Self::Store(why),
        }
    }
}

/// All that the store can do.
#[async_trait]
pub trait Store:
    Users + Sessions + Holds + Exclusions + Calls + Changes + Revisions + Silences + Locks + Tries
{
    /// Forgets what is over at `now`: sessions, holds, set-up tokens, programs that do not run any more, and
    /// tries to sign in older than `keep_tries`.
    async fn sweep(&self, now: Timestamp, keep_tries: Seconds) -> Result<(), StoreError>;

    /// Makes a change that leaves nothing behind, and fails as any other change would.
    async fn try_out(&self) -> Result<(), StoreError>;
    /// What each server said last of its settings.
    async fn last_words(&self) -> Result<Vec<(ServerName, Said)>, StoreError> {
        Ok(Vec::new())
    }

    /// The subnets that a server had and has no more, as far as Nestor saw them go, by their number.
    async fn gone_subnets(&self, _server: &ServerName) -> Result<Vec<GoneSubnet>, StoreError> {
        Ok(Vec::new())
    }

    /// Keeps that subnets of a server are gone; of each number the newest one.
    async fn keep_gone_subnets(&self, _server: &ServerName, _gone: &[GoneSubnet]) -> Result<(), StoreError> {
        Ok(())
    }

    /// Keeps what a server said, in the place of what it said before. A power cut may take it back.
    async fn keep_last_words(&self, _server: &ServerName, _said: &Said) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A subnet that a server had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoneSubnet {
    /// Its number, which leases and reservations of it still have.
    pub id: u32,
    /// Its prefix, as the server had it written.
    pub prefix: String,
    /// When it was seen to be gone.
    pub at: Timestamp,
}

/// An account as it is stored.
#[derive(Clone)]
pub struct AccountRecord {
    /// The row.
    pub id: i64,
    /// The name.
    pub name: UserName,
    /// What they may do.
    pub role: Role,
    /// The password, hashed (PHC string).
    pub password_hash: String,
    /// Whether they may not sign in for the time being.
    pub disabled: bool,
    /// Grows with whatever ends the sessions of the account; a session carries the one that it began in.
    pub generation: i64,
}

impl AccountRecord {
    /// Whether a session that began in that generation of the account still goes on.
    pub fn serves(&self, generation: i64) -> bool {
        !self.disabled && self.generation == generation
    }
}

/// An account to be made.
#[derive(Clone)]
pub struct NewAccount {
    /// The name.
    pub name: UserName,
    /// What they may do.
    pub role: Role,
    /// The password, hashed (PHC string).
    pub password_hash: String,
}

/// What becomes of an account.
#[derive(Clone)]
pub enum AccountChange {
    /// It has another password (PHC string), and its sessions end.
    Password(String),
    /// They may do this from now on.
    Role(Role),
    /// They may not sign in any more, and their sessions end.
    Disable,
    /// They may sign in again.
    Enable,
    /// It is gone.
    Remove,
}

/// How a change of an account went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChanged {
    /// It was made.
    Done,
    /// There is no such account.
    Missing,
    /// It was not made: no account that may sign in would be an administrator any more.
    LastAdmin,
}

/// Accounts, and the one-time token for the first of them.
#[async_trait]
pub trait Users: Send + Sync {
    /// How many accounts there are.
    async fn count_accounts(&self) -> Result<u32, StoreError>;

    /// The account of that name.
    async fn account_by_name(&self, name: &UserName) -> Result<Option<AccountRecord>, StoreError>;

    /// The account of that row.
    async fn account_by_id(&self, id: i64) -> Result<Option<AccountRecord>, StoreError>;

    /// Every account, by name.
    async fn accounts(&self) -> Result<Vec<AccountRecord>, StoreError>;

    /// Changes the account of that name, unless the last administrator would be gone. Atomic.
    async fn change_account(&self, name: &UserName, change: &AccountChange) -> Result<AccountChanged, StoreError>;

    /// Makes an account; [`StoreError::Exists`] when the name is taken.
    async fn create_account(&self, account: &NewAccount) -> Result<i64, StoreError>;

    /// Makes the first account, and only the first: [`StoreError::Exists`] when there is any. Atomic, and it uses the
    /// set-up token up: [`StoreError::Exists`] too when the token is not the stored one or its time is over.
    async fn create_first_account(
        &self,
        account: &NewAccount,
        token_hash: &[u8],
        now: Timestamp,
    ) -> Result<i64, StoreError>;

    /// Keeps the hash of a set-up token, in the place of an older one.
    async fn put_setup_token(&self, token_hash: &[u8], until: Timestamp) -> Result<(), StoreError>;

    /// Whether this is the stored token and its time is not over.
    async fn setup_token_is(&self, token_hash: &[u8], now: Timestamp) -> Result<bool, StoreError>;
}

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// SHA-256 of the session's id; the id itself is only in the browser.
    pub id_hash: Vec<u8>,
    /// What the session carries, in the session layer's own encoding.
    pub data: Vec<u8>,
    /// When it ends.
    pub until: Timestamp,
}

/// Sessions.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Makes a session; [`StoreError::Exists`] when the id is taken.
    async fn insert_session(&self, session: &SessionRecord) -> Result<(), StoreError>;

    /// Changes a session that exists. `false`: it is gone, and stays gone.
    async fn update_session(&self, session: &SessionRecord) -> Result<bool, StoreError>;

    /// The session, unless its time is over.
    async fn load_session(&self, id_hash: &[u8], now: Timestamp) -> Result<Option<SessionRecord>, StoreError>;

    /// Ends a session.
    async fn delete_session(&self, id_hash: &[u8]) -> Result<(), StoreError>;
}

/// How an attempt to hold an address went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is ours now.
    Claimed,
    /// Another caller holds it.
    Taken,
    /// Its holder has as many already as it may have.
    TooMany,
}

/// Held addresses.
#[async_trait]
pub trait Holds: Send + Sync {
    /// Holds an address, unless a hold on it is still running at `hold.since`, or its holder has `most` running then; none:
    /// there is no limit. Atomic: of many callers one wins, and of many claims of one holder no more than the limit says.
    async fn claim_hold(&self, hold: &Hold, most: Option<u32>) -> Result<Claim, StoreError>;

    /// The holds that are running at `now`, of one subnet or of all.
    async fn running_holds(&self, subnet: Option<&SubnetKey>, now: Timestamp) -> Result<Vec<Hold>, StoreError>;

    /// Ends a hold. Whether there was one.
    async fn release_hold(&self, key: &HoldKey) -> Result<bool, StoreError>;

    /// Ends every hold of one subnet, or of all. How many there were.
    async fn release_holds(&self, subnet: Option<&SubnetKey>) -> Result<u64, StoreError>;
}

/// Excluded ranges.
#[async_trait]
pub trait Exclusions: Send + Sync {
    /// The exclusions of one subnet, or of all, by subnet and range.
    async fn exclusions(&self, subnet: Option<&SubnetKey>) -> Result<Vec<Exclusion>, StoreError>;

    /// Keeps an exclusion; [`StoreError::Exists`] when exactly that range is excluded already.
    async fn add_exclusion(&self, exclusion: &Exclusion) -> Result<(), StoreError>;

    /// Takes an exclusion away. Whether there was one.
    async fn remove_exclusion(&self, subnet: &SubnetKey, range: AddressRange) -> Result<bool, StoreError>;
}

/// A change with all that is needed to finish it, or to take it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRecord {
    /// What people see of it.
    pub change: Change,
    /// How its subject was before, in its server's words.
    pub was: Option<Verbatim>,
    /// How it is afterwards, in its server's words, once that is known. Of one that was to be restored: what is to come.
    pub now: Option<Verbatim>,
    /// What was asked for of a reservation, unless it was a deletion or a restoration.
    pub wanted: Option<NewReservation>,
    /// The caller's own text for the request that it came from.
    pub request: Option<String>,
    /// Which running program makes it.
    pub owner: String,
    /// When it is taken back unless it is confirmed before; none: it stays.
    pub confirm_until: Option<Timestamp>,
}

/// How a change ended, or how it stands for the time being.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeEnd {
    /// The change.
    pub number: i64,
    /// How it stands.
    pub state: ChangeState,
    /// Why it stands so; none: nothing is to be said of that.
    pub reason: Option<Reason>,
    /// How the subject is now. None leaves what was recorded as its aim.
    pub now: Option<(Content, Verbatim)>,
    /// How it was before, in its server's words. None leaves what was recorded.
    pub was: Option<Verbatim>,
}

/// Changes of one batch that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchCount {
    /// The batch.
    pub batch: String,
    /// What was done.
    pub verb: Verb,
    /// How they stand.
    pub state: ChangeState,
    /// In which subnet.
    pub subnet: SubnetKey,
    /// Whether they repeat others on a partner.
    pub repeats: bool,
    /// Whether they take others back.
    pub undoes: bool,
    /// How many there are.
    pub count: u32,
}

/// The changes: each is recorded before its server is touched, and how it ended afterwards.
#[async_trait]
pub trait Changes: Send + Sync {
    /// Records changes that are about to be made, all or none. Gives them numbers, in their order; what `change.number`
    /// and `change.undone_by` say does not count. [`StoreError::Exists`] when one has a `request` that is recorded
    /// already.
    async fn begin_changes(&self, changes: &[ChangeRecord]) -> Result<Vec<i64>, StoreError>;

    /// Records how changes ended, all or none. The one thing that a power cut may lose: then they stand as begun.
    async fn end_changes(&self, ends: &[ChangeEnd]) -> Result<(), StoreError>;

    /// Records how changes ended and, with that, the changes that follow from it, all or none. Gives the latter numbers, as
    /// `begin_changes` does.
    async fn end_and_begin_changes(&self, ends: &[ChangeEnd], changes: &[ChangeRecord])
    -> Result<Vec<i64>, StoreError>;

    /// The changes that are wanted, newest first, so many at most.
    async fn find_changes(&self, query: &ChangeQuery, most: usize) -> Result<Vec<Change>, StoreError>;

    /// The change with that number.
    async fn change(&self, number: i64) -> Result<Option<ChangeRecord>, StoreError>;

    /// The changes that repeat the one with that number on partners.
    async fn repetitions(&self, number: i64) -> Result<Vec<ChangeRecord>, StoreError>;

    /// The change that came from the request with that text.
    async fn change_of_request(&self, request: &str) -> Result<Option<ChangeRecord>, StoreError>;

    /// How many changes of these batches are alike.
    async fn count_batches(&self, batches: &[String]) -> Result<Vec<BatchCount>, StoreError>;

    /// The changes of a batch, in the order that they were made in.
    async fn changes_of_batch(&self, batch: &str) -> Result<Vec<ChangeRecord>, StoreError>;

    /// The changes that stand so, of one server or of all, oldest first, so many at most.
    async fn changes_in(
        &self,
        state: ChangeState,
        server: Option<&ServerName>,
        most: usize,
    ) -> Result<Vec<ChangeRecord>, StoreError>;

    /// The newest saved change of each subject on a server, oldest first; none where a later one is not saved yet.
    async fn newest_changes(&self, server: &ServerName) -> Result<Vec<ChangeRecord>, StoreError>;

    /// How many changes of each server need attention, by how they stand: all but those that are done or refused.
    async fn count_changes(&self) -> Result<Vec<(ServerName, ChangeState, u32)>, StoreError>;

    /// Takes an open change over from a program that does not run any more. `false`: another program did, or it is not open.
    async fn adopt_change(&self, number: i64, from: &str, owner: &str) -> Result<bool, StoreError>;

    /// The changes that are to be confirmed, in their order.
    async fn changes_to_confirm(&self) -> Result<Vec<ChangeRecord>, StoreError>;

    /// Has a change stay. `false`: it was not to be confirmed any more.
    async fn confirm_change(&self, number: i64) -> Result<bool, StoreError>;

    /// Forgets settled changes from before `oldest`, and the oldest of them when there are more than `most` in all.
    async fn trim_changes(&self, oldest: Timestamp, most: u32) -> Result<(), StoreError>;
}

/// The right to change what it stands for; it ends when this is dropped, and when the program dies.
pub trait Lock: Send + Sync {}

/// Who is running, and whose lock it is.
#[async_trait]
pub trait Locks: Send + Sync {
    /// Waits until no other owner, in this program or in another one on the same store, has the lock of that name.
    /// [`StoreError::Busy`] when that takes too long.
    async fn lock(&self, name: &str) -> Result<Box<dyn Lock>, StoreError>;

    /// Says that the program of that name runs, until that moment at least.
    async fn keep_alive(&self, owner: &str, until: Timestamp) -> Result<(), StoreError>;

    /// The names of the programs that run at `now`.
    async fn alive(&self, now: Timestamp) -> Result<Vec<String>, StoreError>;
}

/// The calls of Foreman.
#[async_trait]
pub trait Calls: Send + Sync {
    /// Keeps calls, in their order; all of them or none. Their numbers are given by the store.
    async fn add_calls(&self, calls: &[ForemanCall]) -> Result<(), StoreError>;

    /// The calls that are wanted, newest first, so many at most.
    async fn find_calls(&self, query: &CallQuery, most: usize) -> Result<Vec<ForemanCall>, StoreError>;

    /// How many calls since that moment need attention.
    async fn count_problems(&self, since: Timestamp) -> Result<u64, StoreError>;

    /// Forgets calls from before `oldest`.
    async fn forget_calls(&self, oldest: Timestamp) -> Result<(), StoreError>;

    /// How many calls of each caller there are.
    async fn count_calls(&self) -> Result<Vec<(String, u64)>, StoreError>;

    /// Forgets the oldest calls of these callers, so that no more than `stay` of all of them are left.
    async fn forget_calls_of(&self, callers: &[String], stay: u64) -> Result<(), StoreError>;
}

/// A limit to how many tries to sign in a key may have: an account, a source, both, a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryLimit {
    /// What is counted.
    pub key: String,
    /// How many tries there may be at most.
    pub most: u32,
    /// Within how long.
    pub within: Seconds,
}

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It is counted, and may be made.
    Allowed,
    /// A limit was reached; it is not counted, and the next may come at that moment.
    Refused(Timestamp),
}

/// The tries of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// What they are counted for.
    pub key: String,
    /// How many.
    pub count: u32,
    /// When the oldest of them was.
    pub oldest: Timestamp,
}

/// Tries to sign in: each is counted before it is made, and uncounted when it went well.
#[async_trait]
pub trait Tries: Send + Sync {
    /// Counts the try of that number against each of the limits, unless one of them is reached. Atomic: of many at once no
    /// more are allowed than the limits say.
    async fn count_try(&self, number: &str, limits: &[TryLimit], at: Timestamp) -> Result<Counted, StoreError>;

    /// Takes a try back: it went well.
    async fn take_back_try(&self, number: &str) -> Result<(), StoreError>;

    /// Forgets the tries of these keys.
    async fn forgive(&self, keys: &[String]) -> Result<(), StoreError>;

    /// The tries since that moment of all keys that begin so, by key.
    async fn tries(&self, beginning: &str, since: Timestamp) -> Result<Vec<Tried>, StoreError>;
}
