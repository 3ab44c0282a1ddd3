//! Ranges whose addresses are not handed out.

use async_trait::async_trait;
use model::{AddressRange, Exclusion, SubnetKey, Timestamp};
use services::ports::{Exclusions, StoreError};

use super::Base;
use crate::error::{damaged_row, store_error};
use crate::text::{address_of, keepable, subnet_of};

type Row = (String, i64, String, String, String, String, i64);

#[async_trait]
impl Exclusions for Base {
    async fn exclusions(&self, subnet: Option<&SubnetKey>) -> Result<Vec<Exclusion>, StoreError> {
        let rows: Result<Vec<Row>, _> = sqlx::query_as(
            "SELECT server, subnet_id, first, last, reason, author, since FROM exclusions
             WHERE $1 IS NULL OR (server = $1 AND subnet_id = $2)",
        )
        .bind(subnet.map(|subnet| subnet.server.as_str()))
        .bind(subnet.map(|subnet| i64::from(subnet.id)))
        .fetch_all(self.readers())
        .await;
        let exclusions: Result<Vec<Exclusion>, _> = rows.map_err(store_error)?.into_iter().map(exclusion).collect();
        let mut exclusions = exclusions?;
        exclusions.sort_unstable_by(|one, other| (&one.subnet, one.range).cmp(&(&other.subnet, other.range)));
        Ok(exclusions)
    }

    async fn add_exclusion(&self, exclusion: &Exclusion) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT INTO exclusions (server, subnet_id, first, last, reason, author, since)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(exclusion.subnet.server.as_str())
        .bind(i64::from(exclusion.subnet.id))
        .bind(exclusion.range.first().to_string())
        .bind(exclusion.range.last().to_string())
        .bind(keepable(&exclusion.reason))
        .bind(keepable(&exclusion.author))
        .bind(exclusion.since.0)
        .execute(&mut *self.writer().await.map_err(store_error)?)
        .await;
        done.map(drop).map_err(store_error)
    }

    async fn remove_exclusion(&self, subnet: &SubnetKey, range: AddressRange) -> Result<bool, StoreError> {
        let done =
            sqlx::query("DELETE FROM exclusions WHERE server = $1 AND subnet_id = $2 AND first = $3 AND last = $4")
                .bind(subnet.server.as_str())
                .bind(i64::from(subnet.id))
                .bind(range.first().to_string())
                .bind(range.last().to_string())
                .execute(&mut *self.writer().await.map_err(store_error)?)
                .await;
        done.map(|done| done.rows_affected() > 0).map_err(store_error)
    }
}

fn exclusion((server, id, first, last, reason, author, since): Row) -> Result<Exclusion, StoreError> {
    let damaged = || damaged_row("exclusion", &server);
    let subnet = subnet_of(&server, id).ok_or_else(damaged)?;
    let ends = address_of(&first).zip(address_of(&last)).ok_or_else(damaged)?;
    let range = ends.try_into().map_err(|_| damaged())?;
    Ok(Exclusion { subnet, range, reason, author, since: Timestamp(since) })
}
