//! Tries to sign in.

use async_trait::async_trait;
use model::Timestamp;
use services::ports::{Counted, StoreError, Tried, Tries, TryLimit};
use sqlx::QueryBuilder;

use super::{Base, Db};
use crate::error::{damaged_row, settled, store_error};
use crate::text::keepable;

#[async_trait]
impl Tries for Base {
    async fn count_try(&self, number: &str, limits: &[TryLimit], at: Timestamp) -> Result<Counted, StoreError> {
        settled(|| self.insert_try(number, limits, at)).await
    }

    async fn take_back_try(&self, number: &str) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM sign_in_failures WHERE try = $1").bind(number);
        delete.execute(&mut *self.writer().await.map_err(store_error)?).await.map(drop).map_err(store_error)
    }

    async fn forgive(&self, keys: &[String]) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut delete = QueryBuilder::<Db>::new("DELETE FROM sign_in_failures WHERE key IN (");
        let mut list = delete.separated(", ");
        for key in keys {
            list.push_bind(keepable(key));
        }
        delete.push(")");
        let mut writer = self.writer().await.map_err(store_error)?;
        delete.build().execute(&mut *writer).await.map(drop).map_err(store_error)
    }

    async fn tries(&self, beginning: &str, since: Timestamp) -> Result<Vec<Tried>, StoreError> {
        let found: Result<Vec<(String, i64, i64)>, _> = sqlx::query_as(
            "SELECT key, count(*), min(at) FROM sign_in_failures
             WHERE at >= $2 AND substr(key, 1, length($1)) = $1 GROUP BY key ORDER BY key",
        )
        .bind(keepable(beginning))
        .bind(since.0)
        .fetch_all(self.readers())
        .await;
        let tried = |(key, count, oldest): (String, i64, i64)| {
            let count = u32::try_from(count).map_err(|_| damaged_row("tries of", &key))?;
            Ok(Tried { key, count, oldest: Timestamp(oldest) })
        };
        found.map_err(store_error)?.into_iter().map(tried).collect()
    }
}

impl Base {
    async fn insert_try(&self, number: &str, limits: &[TryLimit], at: Timestamp) -> sqlx::Result<Counted> {
        let mut change = self.begin_alone("sign_in_failures").await?;
        for TryLimit { key, most, within } in limits {
            let (count, oldest): (i64, Option<i64>) =
                sqlx::query_as("SELECT count(*), min(at) FROM sign_in_failures WHERE key = $1 AND at >= $2")
                    .bind(keepable(key))
                    .bind(at.0.saturating_sub(within.0))
                    .fetch_one(&mut *change)
                    .await?;
            if count >= i64::from(*most) {
                return Ok(Counted::Refused(oldest.map_or(at, Timestamp).plus(*within)));
            }
        }
        let mut keys: Vec<&str> = limits.iter().map(|limit| limit.key.as_str()).collect();
        keys.dedup();
        for key in keys {
            sqlx::query("INSERT INTO sign_in_failures (key, at, try) VALUES ($1, $2, $3)")
                .bind(keepable(key))
                .bind(at.0)
                .bind(number)
                .execute(&mut *change)
                .await?;
        }
        change.commit().await?;
        Ok(Counted::Allowed)
    }
}
