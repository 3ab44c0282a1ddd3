//! The ports in SQL, written once for both databases. `sqlite` and `postgres` each have these modules for their own:
//! there `Db` is the database, `Base` the store, `POSITION` the function that finds a text in a text, `TABLE_EXISTS` the
//! question how many tables of a name there are.
//!
//! Numbers are `i64` everywhere: `PostgreSQL` has no other that holds all of ours.

mod calls;
pub(crate) mod changes;
mod exclusions;
mod gone_subnets;
mod holds;
pub(crate) mod inspect;
mod last_words;
mod programs;
mod revisions;
mod sessions;
mod silenced;
mod tries;
mod users;

use async_trait::async_trait;
use model::{Seconds, ServerName, Timestamp};
use services::ports::{GoneSubnet, Said, Store, StoreError};

use super::{Base, Db, POSITION, TABLE_EXISTS};
use crate::error::{settled, store_error};

#[async_trait]
impl Store for Base {
    async fn sweep(&self, now: Timestamp, keep_tries: Seconds) -> Result<(), StoreError> {
        settled(|| self.forget(now.0, now.0.saturating_sub(keep_tries.0))).await
    }

    async fn try_out(&self) -> Result<(), StoreError> {
        self.look_around().map_err(store_error)?;
        settled(|| self.come_and_go()).await
    }

    async fn last_words(&self) -> Result<Vec<(ServerName, Said)>, StoreError> {
        self.words().await
    }

    async fn keep_last_words(&self, server: &ServerName, said: &Said) -> Result<(), StoreError> {
        settled(|| self.keep_words(server, said)).await
    }

    async fn gone_subnets(&self, server: &ServerName) -> Result<Vec<GoneSubnet>, StoreError> {
        self.gone(server).await
    }

    async fn keep_gone_subnets(&self, server: &ServerName, gone: &[GoneSubnet]) -> Result<(), StoreError> {
        settled(|| self.keep_gone(server, gone)).await
    }
}

impl Base {
    /// Writes a row and takes it away again.
    async fn come_and_go(&self) -> sqlx::Result<()> {
        let mut change = self.begin_in_passing().await?;
        sqlx::query("INSERT INTO programs (owner, until) VALUES ('', 0)").execute(&mut *change).await?;
        sqlx::query("DELETE FROM programs WHERE owner = ''").execute(&mut *change).await?;
        change.commit().await
    }

    async fn forget(&self, now: i64, oldest_try: i64) -> sqlx::Result<()> {
        let mut change = self.begin().await?;
        for (statement, end) in [
            ("DELETE FROM sessions WHERE until <= $1", now),
            ("DELETE FROM holds WHERE until <= $1", now),
            ("DELETE FROM setup_token WHERE until <= $1", now),
            ("DELETE FROM programs WHERE until <= $1", now),
            ("DELETE FROM sign_in_failures WHERE at < $1", oldest_try),
        ] {
            sqlx::query(statement).bind(end).execute(&mut *change).await?;
        }
        change.commit().await
    }
}
