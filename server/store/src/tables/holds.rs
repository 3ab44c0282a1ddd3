//! Held addresses.

use async_trait::async_trait;
use model::{Hold, HoldKey, SubnetKey, Timestamp};
use services::ports::{Claim, Holds, StoreError};

use super::Base;
use crate::error::{damaged_row, settled, store_error};
use crate::text::{address_of, keepable, subnet_of};

type Row = (String, i64, String, String, Option<String>, i64, i64);

#[async_trait]
impl Holds for Base {
    async fn claim_hold(&self, hold: &Hold) -> Result<Claim, StoreError> {
        // One statement, so that no other claim comes in between: the row is either new, or over and taken over.
        let done = sqlx::query(
            "INSERT INTO holds (server, subnet_id, address, holder, purpose, since, until)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (server, subnet_id, address) DO UPDATE
             SET holder = excluded.holder, purpose = excluded.purpose, since = excluded.since, until = excluded.until
             WHERE holds.until <= excluded.since",
        )
        .bind(hold.key.subnet.server.as_str())
        .bind(i64::from(hold.key.subnet.id))
        .bind(hold.key.address.to_string())
        .bind(keepable(&hold.holder))
        .bind(hold.purpose.as_deref().map(keepable))
        .bind(hold.since.0)
        .bind(hold.until.0)
        .execute(&mut *self.writer().await.map_err(store_error)?)
        .await
        .map_err(store_error)?;
        Ok(if done.rows_affected() > 0 { Claim::Claimed } else { Claim::Taken })
    }

    async fn count_holds(&self, holder: &str, now: Timestamp) -> Result<u32, StoreError> {
        let count: Result<i64, _> = sqlx::query_scalar("SELECT count(*) FROM holds WHERE holder = $1 AND until > $2")
            .bind(keepable(holder))
            .bind(now.0)
            .fetch_one(self.readers())
            .await;
        Ok(u32::try_from(count.map_err(store_error)?).unwrap_or(u32::MAX))
    }

    async fn running_holds(&self, subnet: Option<&SubnetKey>, now: Timestamp) -> Result<Vec<Hold>, StoreError> {
        let rows: Result<Vec<Row>, _> = sqlx::query_as(
            "SELECT server, subnet_id, address, holder, purpose, since, until FROM holds
             WHERE until > $1 AND ($2 IS NULL OR (server = $2 AND subnet_id = $3))",
        )
        .bind(now.0)
        .bind(subnet.map(|subnet| subnet.server.as_str()))
        .bind(subnet.map(|subnet| i64::from(subnet.id)))
        .fetch_all(self.readers())
        .await;
        let holds: Result<Vec<Hold>, _> = rows.map_err(store_error)?.into_iter().map(hold).collect();
        let mut holds = holds?;
        // As text 192.0.2.10 would come before 192.0.2.9.
        holds.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok(holds)
    }

    async fn release_hold(&self, key: &HoldKey) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM holds WHERE server = $1 AND subnet_id = $2 AND address = $3")
            .bind(key.subnet.server.as_str())
            .bind(i64::from(key.subnet.id))
            .bind(key.address.to_string())
            .execute(&mut *self.writer().await.map_err(store_error)?)
            .await;
        done.map(|done| done.rows_affected() > 0).map_err(store_error)
    }

    async fn release_holds(&self, subnet: Option<&SubnetKey>) -> Result<u64, StoreError> {
        settled(|| self.delete_holds(subnet)).await
    }
}

impl Base {
    async fn delete_holds(&self, subnet: Option<&SubnetKey>) -> sqlx::Result<u64> {
        let done = sqlx::query("DELETE FROM holds WHERE $1 IS NULL OR (server = $1 AND subnet_id = $2)")
            .bind(subnet.map(|subnet| subnet.server.as_str()))
            .bind(subnet.map(|subnet| i64::from(subnet.id)))
            .execute(&mut *self.writer().await?)
            .await?;
        Ok(done.rows_affected())
    }
}

fn hold((server, id, address, holder, purpose, since, until): Row) -> Result<Hold, StoreError> {
    let damaged = || damaged_row("hold", &server);
    let subnet = subnet_of(&server, id).ok_or_else(damaged)?;
    let address = address_of(&address).ok_or_else(damaged)?;
    let key = HoldKey { subnet, address };
    Ok(Hold { key, holder, purpose, since: Timestamp(since), until: Timestamp(until) })
}
