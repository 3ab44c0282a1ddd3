//! Accounts, and the token for the first of them.

use async_trait::async_trait;
use model::{Timestamp, UserName};
use services::ports::{AccountChange, AccountChanged, AccountRecord, NewAccount, StoreError, Users};
use sqlx::{AssertSqlSafe, Transaction};

use super::{Base, Db};
use crate::error::{damaged_row, settled, store_error};

type Row = (i64, String, String, String, bool, i64);

const COLUMNS: &str = "id, name, role, password_hash, disabled, generation";

#[async_trait]
impl Users for Base {
    async fn count_accounts(&self) -> Result<u32, StoreError> {
        let count: i64 =
            sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(self.readers()).await.map_err(store_error)?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn account_by_name(&self, name: &UserName) -> Result<Option<AccountRecord>, StoreError> {
        let select = AssertSqlSafe(format!("SELECT {COLUMNS} FROM accounts WHERE name = $1"));
        let found = sqlx::query_as(select).bind(name.as_str()).fetch_optional(self.readers()).await;
        found.map_err(store_error)?.map(account).transpose()
    }

    async fn account_by_id(&self, id: i64) -> Result<Option<AccountRecord>, StoreError> {
        let select = AssertSqlSafe(format!("SELECT {COLUMNS} FROM accounts WHERE id = $1"));
        let found = sqlx::query_as(select).bind(id).fetch_optional(self.readers()).await;
        found.map_err(store_error)?.map(account).transpose()
    }

    async fn accounts(&self) -> Result<Vec<AccountRecord>, StoreError> {
        let select = AssertSqlSafe(format!("SELECT {COLUMNS} FROM accounts ORDER BY name"));
        let found: Result<Vec<Row>, _> = sqlx::query_as(select).fetch_all(self.readers()).await;
        found.map_err(store_error)?.into_iter().map(account).collect()
    }

    async fn change_account(&self, name: &UserName, change: &AccountChange) -> Result<AccountChanged, StoreError> {
        settled(|| self.alter_account(name, change)).await
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

    async fn alter_account(&self, name: &UserName, what: &AccountChange) -> sqlx::Result<AccountChanged> {
        let mut change = self.begin_alone("accounts").await?;
        let had_admins = count_admins(&mut change).await? > 0;
        let (statement, value) = match what {
            AccountChange::Password(hash) => {
                let statement = "UPDATE accounts SET password_hash = $2, generation = generation + 1 WHERE name = $1";
                (statement, Some(hash.as_str()))
            }
            AccountChange::Role(role) => ("UPDATE accounts SET role = $2 WHERE name = $1", Some(role.as_str())),
            AccountChange::Disable => {
                ("UPDATE accounts SET disabled = true, generation = generation + 1 WHERE name = $1", None)
            }
            AccountChange::Enable => ("UPDATE accounts SET disabled = false WHERE name = $1", None),
            AccountChange::Remove => ("DELETE FROM accounts WHERE name = $1", None),
        };
        let mut query = sqlx::query(statement).bind(name.as_str());
        if let Some(value) = value {
            query = query.bind(value);
        }
        if query.execute(&mut *change).await?.rows_affected() == 0 {
            return Ok(AccountChanged::Missing);
        }
        if had_admins && count_admins(&mut change).await? == 0 {
            return Ok(AccountChanged::LastAdmin);
        }
        change.commit().await?;
        Ok(AccountChanged::Done)
    }

    /// None when there is an account already, or the token is not the one that is kept.
    async fn insert_first_account(
        &self,
        account: &NewAccount,
        token_hash: &[u8],
        now: i64,
    ) -> sqlx::Result<Option<i64>> {
        let mut change = self.begin().await?;
        // The one that takes the token away goes on; the others wait here, and find it gone.
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

/// How many administrators may sign in.
async fn count_admins(change: &mut Transaction<'static, Db>) -> sqlx::Result<i64> {
    let count = sqlx::query_scalar("SELECT count(*) FROM accounts WHERE role = 'admin' AND NOT disabled");
    count.fetch_one(&mut **change).await
}

fn account((id, name, role, password_hash, disabled, generation): Row) -> Result<AccountRecord, StoreError> {
    let damaged = || damaged_row("account", id);
    let (name, role) = (name.parse().map_err(|_| damaged())?, role.parse().map_err(|_| damaged())?);
    Ok(AccountRecord { id, name, role, password_hash, disabled, generation })
}
