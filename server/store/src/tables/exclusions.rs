//! Ranges that nobody is given an address of.

use async_trait::async_trait;
use model::{AddressRange, Exclusion, SubnetKey, Timestamp};
use services::ports::{Exclusions, StoreError};

use super::Base;
use crate::error::{damaged_row, store_error};
use crate::text::{address_of, keepable, subnet_of};

type Row = (String, i64, i64, i64, String, String, i64);

#[async_trait]
impl Exclusions for Base {
    async fn exclusions(&self, subnet: Option<&SubnetKey>) -> Result<Vec<Exclusion>, StoreError> {
        let rows: Result<Vec<Row>, _> = sqlx::query_as(
            "SELECT server, subnet_id, first, last, reason, author, since FROM exclusions
             WHERE $1 IS NULL OR (server = $1 AND subnet_id = $2)
             ORDER BY server, subnet_id, first, last",
        )
        .bind(subnet.map(|subnet| subnet.server.as_str()))
        .bind(subnet.map(|subnet| i64::from(subnet.id)))
        .fetch_all(self.readers())
        .await;
        rows.map_err(store_error)?.into_iter().map(exclusion).collect()
    }

    async fn add_exclusion(&self, exclusion: &Exclusion) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT INTO exclusions (server, subnet_id, first, last, reason, author, since)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(exclusion.subnet.server.as_str())
        .bind(i64::from(exclusion.subnet.id))
        .bind(i64::from(u32::from(exclusion.range.first())))
        .bind(i64::from(u32::from(exclusion.range.last())))
        .bind(keepable(&exclusion.reason))
        .bind(keepable(&exclusion.author))
        .bind(exclusion.since.0)
        .execute(self.writer())
        .await;
        done.map(drop).map_err(store_error)
    }

    async fn remove_exclusion(&self, subnet: &SubnetKey, range: AddressRange) -> Result<bool, StoreError> {
        let done =
            sqlx::query("DELETE FROM exclusions WHERE server = $1 AND subnet_id = $2 AND first = $3 AND last = $4")
                .bind(subnet.server.as_str())
                .bind(i64::from(subnet.id))
                .bind(i64::from(u32::from(range.first())))
                .bind(i64::from(u32::from(range.last())))
                .execute(self.writer())
                .await;
        done.map(|done| done.rows_affected() > 0).map_err(store_error)
    }
}

fn exclusion((server, id, first, last, reason, author, since): Row) -> Result<Exclusion, StoreError> {
    let damaged = || damaged_row("exclusion", &server);
    let subnet = subnet_of(&server, id).ok_or_else(damaged)?;
    let ends = address_of(first).zip(address_of(last)).ok_or_else(damaged)?;
    let range = ends.try_into().map_err(|_| damaged())?;
    Ok(Exclusion { subnet, range, reason, author, since: Timestamp(since) })
}
