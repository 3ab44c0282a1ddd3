//! Held addresses.

use async_trait::async_trait;
use model::{Hold, HoldKey, SubnetKey, Timestamp};
use services::ports::{Claim, Holds, StoreError};

use sqlx::Executor;

use super::{Base, Db};
use crate::error::{damaged_row, settled, store_error};
use crate::text::{address_of, keepable, subnet_of};

type Row = (String, i64, String, String, Option<String>, i64, i64);

#[async_trait]
impl Holds for Base {
    async fn claim_hold(&self, hold: &Hold, most: Option<u32>) -> Result<Claim, StoreError> {
        let claimed = match most {
            Some(most) => return settled(|| self.claim_counted(hold, most)).await,
            // One statement is a transaction of its own.
            None => insert(&mut *self.writer().await.map_err(store_error)?, hold).await,
        };
        claimed.map_err(store_error)
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
    /// Counts and claims while no other caller claims: of two at once both would be allowed.
    async fn claim_counted(&self, hold: &Hold, most: u32) -> sqlx::Result<Claim> {
        let mut change = self.begin_alone("holds").await?;
        let theirs: i64 = sqlx::query_scalar("SELECT count(*) FROM holds WHERE holder = $1 AND until > $2")
            .bind(keepable(&hold.holder))
            .bind(hold.since.0)
            .fetch_one(&mut *change)
            .await?;
        let claim = insert(&mut *change, hold).await?;
        if claim == Claim::Claimed && theirs >= most.into() {
            change.rollback().await?;
            return Ok(Claim::TooMany);
        }
        change.commit().await.map(|()| claim)
    }

    async fn delete_holds(&self, subnet: Option<&SubnetKey>) -> sqlx::Result<u64> {
        let done = sqlx::query("DELETE FROM holds WHERE $1 IS NULL OR (server = $1 AND subnet_id = $2)")
            .bind(subnet.map(|subnet| subnet.server.as_str()))
            .bind(subnet.map(|subnet| i64::from(subnet.id)))
            .execute(&mut *self.writer().await?)
            .await?;
        Ok(done.rows_affected())
    }
}

/// One statement, so that no other claim comes in between: the row is either new, or over and taken over.
async fn insert(by: impl Executor<'_, Database = Db>, hold: &Hold) -> sqlx::Result<Claim> {
    let insert = sqlx::query(
        "INSERT INTO holds (server, subnet_id, address, holder, purpose, since, until)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (server, subnet_id, address) DO UPDATE
         SET holder = excluded.holder, purpose = excluded.purpose, since = excluded.since, until = excluded.until
         WHERE holds.until <= excluded.since",
    );
    let insert = insert
        .bind(hold.key.subnet.server.as_str())
        .bind(i64::from(hold.key.subnet.id))
        .bind(hold.key.address.to_string())
        .bind(keepable(&hold.holder))
        .bind(hold.purpose.as_deref().map(keepable))
        .bind(hold.since.0)
        .bind(hold.until.0);
    let done = insert.execute(by).await?;
    Ok(if done.rows_affected() > 0 { Claim::Claimed } else { Claim::Taken })
}

fn hold((server, id, address, holder, purpose, since, until): Row) -> Result<Hold, StoreError> {
    let damaged = || damaged_row("hold", &server);
    let subnet = subnet_of(&server, id).ok_or_else(damaged)?;
    let address = address_of(&address).ok_or_else(damaged)?;
    let key = HoldKey { subnet, address };
    Ok(Hold { key, holder, purpose, since: Timestamp(since), until: Timestamp(until) })
}
