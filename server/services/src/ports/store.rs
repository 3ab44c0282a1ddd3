//! Our own memory: accounts, sessions, holds, Foreman's calls, failed sign-ins.

use async_trait::async_trait;
use model::{CallQuery, ForemanCall, Hold, HoldKey, Role, Seconds, Timestamp, UserName};

use crate::Error;

/// Why the store did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is one of that name already.
    #[error("it exists already")]
    Exists,
    /// The database failed; the text is for the log.
    #[error("the store failed: {0}")]
    Failed(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// All that the store can do.
#[async_trait]
pub trait Store: Users + Sessions + Holds + Calls + Tries {
    /// Forgets what is over at `now`: sessions, holds, set-up tokens, and failed sign-ins older than `keep_failures`.
    async fn sweep(&self, now: Timestamp, keep_failures: Seconds) -> Result<(), StoreError>;
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

/// Accounts, and the one-time token for the first of them.
#[async_trait]
pub trait Users: Send + Sync {
    /// How many accounts there are.
    async fn count_accounts(&self) -> Result<u32, StoreError>;

    /// The account of that name.
    async fn account_by_name(&self, name: &UserName) -> Result<Option<AccountRecord>, StoreError>;

    /// The account of that row.
    async fn account_by_id(&self, id: i64) -> Result<Option<AccountRecord>, StoreError>;

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
    /// Somebody else holds it.
    Taken,
}

/// Held addresses.
#[async_trait]
pub trait Holds: Send + Sync {
    /// Holds an address, unless a hold on it is still running at `hold.since`. Atomic: of many callers one wins.
    async fn claim_hold(&self, hold: &Hold) -> Result<Claim, StoreError>;

    /// The holds that are running at `now`, of one subnet or of all.
    async fn running_holds(&self, subnet: Option<&model::SubnetKey>, now: Timestamp) -> Result<Vec<Hold>, StoreError>;

    /// Ends a hold. Whether there was one.
    async fn release_hold(&self, key: &HoldKey) -> Result<bool, StoreError>;

    /// Ends every hold of one subnet, or of all. How many there were.
    async fn release_holds(&self, subnet: Option<&model::SubnetKey>) -> Result<u64, StoreError>;
}

/// The calls of Foreman.
#[async_trait]
pub trait Calls: Send + Sync {
    /// Keeps calls, in their order; all of them or none. Their numbers are given by the store.
    async fn add_calls(&self, calls: &[ForemanCall]) -> Result<(), StoreError>;

    /// The calls that are wanted, newest first, so many at most.
    async fn find_calls(&self, query: &CallQuery, most: usize) -> Result<Vec<ForemanCall>, StoreError>;

    /// Forgets calls from before `oldest`, and the oldest ones when there are more than `most`.
    async fn trim_calls(&self, oldest: Timestamp, most: u32) -> Result<(), StoreError>;
}

/// Failed sign-ins, counted per key (an account, a source, both).
#[async_trait]
pub trait Tries: Send + Sync {
    /// How many failures the key has had since, and when the oldest of them was.
    async fn failures(&self, key: &str, since: Timestamp) -> Result<(u32, Option<Timestamp>), StoreError>;

    /// Notes a failure.
    async fn note_failure(&self, key: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Forgets the failures of a key.
    async fn forgive(&self, key: &str) -> Result<(), StoreError>;
}
