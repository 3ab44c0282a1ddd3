//! Accounts, and the token for the first of them.

use async_trait::async_trait;
use model::{Timestamp, UserName};
use services::ports::{AccountRecord, NewAccount, StoreError, Users};

use super::Sqlite;
use crate::error::{damaged_row, store_error};

type Row = (i64, String, String, String);

#[async_trait]
impl Users for Sqlite {
    async fn count_accounts(&self) -> Result<u32, StoreError> {
        let count = sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(&self.readers).await;
        count.map_err(store_error)
    }

    async fn account_by_name(&self, name: &UserName) -> Result<Option<AccountRecord>, StoreError> {
        let found = sqlx::query_as("SELECT id, name, role, password_hash FROM accounts WHERE name = ?")
            .bind(name.as_str())
            .fetch_optional(&self.readers)
            .await;
        found.map_err(store_error)?.map(account).transpose()
    }

    async fn account_by_id(&self, id: i64) -> Result<Option<AccountRecord>, StoreError> {
        let found = sqlx::query_as("SELECT id, name, role, password_hash FROM accounts WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await;
        found.map_err(store_error)?.map(account).transpose()
    }

    async fn create_account(&self, account: &NewAccount) -> Result<i64, StoreError> {
        let done = sqlx::query("INSERT INTO accounts (name, role, password_hash) VALUES (?, ?, ?)")
            .bind(account.name.as_str())
            .bind(account.role.as_str())
            .bind(&account.password_hash)
            .execute(&self.writer)
            .await;
        done.map(|done| done.last_insert_rowid()).map_err(store_error)
    }

    async fn create_first_account(
        &self,
        account: &NewAccount,
        token_hash: &[u8],
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let mut change = self.begin().await?;
        let done = sqlx::query(
            "INSERT INTO accounts (name, role, password_hash) SELECT ?, ?, ?
             WHERE NOT EXISTS (SELECT 1 FROM accounts)
               AND EXISTS (SELECT 1 FROM setup_token WHERE token_hash = ? AND until > ?)",
        )
        .bind(account.name.as_str())
        .bind(account.role.as_str())
        .bind(&account.password_hash)
        .bind(token_hash)
        .bind(now.0)
        .execute(&mut *change)
        .await
        .map_err(store_error)?;
        if done.rows_affected() == 0 {
            return Err(StoreError::Exists);
        }
        sqlx::query("DELETE FROM setup_token").execute(&mut *change).await.map_err(store_error)?;
        change.commit().await.map_err(store_error)?;
        Ok(done.last_insert_rowid())
    }

    async fn put_setup_token(&self, token_hash: &[u8], until: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT INTO setup_token (id, token_hash, until) VALUES (1, ?, ?)
             ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, until = excluded.until",
        )
        .bind(token_hash)
        .bind(until.0)
        .execute(&self.writer)
        .await;
        done.map(drop).map_err(store_error)
    }

    async fn setup_token_is(&self, token_hash: &[u8], now: Timestamp) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar("SELECT count(*) > 0 FROM setup_token WHERE token_hash = ? AND until > ?")
            .bind(token_hash)
            .bind(now.0)
            .fetch_one(&self.readers)
            .await;
        found.map_err(store_error)
    }
}

fn account((id, name, role, password_hash): Row) -> Result<AccountRecord, StoreError> {
    let damaged = || damaged_row("account", id);
    let (name, role) = (name.parse().map_err(|_| damaged())?, role.parse().map_err(|_| damaged())?);
    Ok(AccountRecord { id, name, role, password_hash })
}
