//! Accounts, and the token for the first of them.

use async_trait::async_trait;
use model::{Timestamp, UserName};
use services::ports::{AccountRecord, NewAccount, StoreError, Users};

use super::Base;
use crate::error::{damaged_row, settled, store_error};

type Row = (i64, String, String, String);

#[async_trait]
impl Users for Base {
    async fn count_accounts(&self) -> Result<u32, StoreError> {
        let count: i64 =
            sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(self.readers()).await.map_err(store_error)?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn account_by_name(&self, name: &UserName) -> Result<Option<AccountRecord>, StoreError> {
        let found = sqlx::query_as("SELECT id, name, role, password_hash FROM accounts WHERE name = $1")
            .bind(name.as_str())
            .fetch_optional(self.readers())
            .await;
        found.map_err(store_error)?.map(account).transpose()
    }

    async fn account_by_id(&self, id: i64) -> Result<Option<AccountRecord>, StoreError> {
        let found = sqlx::query_as("SELECT id, name, role, password_hash FROM accounts WHERE id = $1")
            .bind(id)
            .fetch_optional(self.readers())
            .await;
        found.map_err(store_error)?.map(account).transpose()
    }

    async fn create_account(&self, account: &NewAccount) -> Result<i64, StoreError> {
        settled(|| self.insert_account(account)).await
    }

    async fn create_first_account(
        &self,
        account: &NewAccount,
        token_hash: &[u8],
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        settled(|| self.insert_first_account(account, token_hash, now.0)).await?.ok_or(StoreError::Exists)
    }

    async fn put_setup_token(&self, token_hash: &[u8], until: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT INTO setup_token (id, token_hash, until) VALUES (1, $1, $2)
             ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, until = excluded.until",
        )
        .bind(token_hash)
        .bind(until.0)
        .execute(&mut *self.writer().await.map_err(store_error)?)
        .await;
        done.map(drop).map_err(store_error)
    }

    async fn setup_token_is(&self, token_hash: &[u8], now: Timestamp) -> Result<bool, StoreError> {
        let found: Result<i64, _> =
            sqlx::query_scalar("SELECT count(*) FROM setup_token WHERE token_hash = $1 AND until > $2")
                .bind(token_hash)
                .bind(now.0)
                .fetch_one(self.readers())
                .await;
        found.map(|count| count > 0).map_err(store_error)
    }
}

impl Base {
    async fn insert_account(&self, account: &NewAccount) -> sqlx::Result<i64> {
        let mut change = self.begin().await?;
        let id =
            sqlx::query_scalar("INSERT INTO accounts (name, role, password_hash) VALUES ($1, $2, $3) RETURNING id")
                .bind(account.name.as_str())
                .bind(account.role.as_str())
                .bind(&account.password_hash)
                .fetch_one(&mut *change)
                .await?;
        change.commit().await?;
        Ok(id)
    }

    /// None when there is an account already, or the token is not the one that is kept.
    async fn insert_first_account(
        &self,
        account: &NewAccount,
        token_hash: &[u8],
        now: i64,
    ) -> sqlx::Result<Option<i64>> {
        let mut change = self.begin().await?;
        // Whoever takes the token away goes on; the others wait here, and find it gone.
        let used = sqlx::query("DELETE FROM setup_token WHERE token_hash = $1 AND until > $2")
            .bind(token_hash)
            .bind(now)
            .execute(&mut *change)
            .await?;
        if used.rows_affected() == 0 {
            return Ok(None);
        }
        let id = sqlx::query_scalar(
            "INSERT INTO accounts (name, role, password_hash) SELECT $1, $2, $3
             WHERE NOT EXISTS (SELECT 1 FROM accounts) RETURNING id",
        )
        .bind(account.name.as_str())
        .bind(account.role.as_str())
        .bind(&account.password_hash)
        .fetch_optional(&mut *change)
        .await?;
        if id.is_some() {
            change.commit().await?;
        }
        Ok(id)
    }
}

fn account((id, name, role, password_hash): Row) -> Result<AccountRecord, StoreError> {
    let damaged = || damaged_row("account", id);
    let (name, role) = (name.parse().map_err(|_| damaged())?, role.parse().map_err(|_| damaged())?);
    Ok(AccountRecord { id, name, role, password_hash })
}
