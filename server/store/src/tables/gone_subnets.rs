//! The subnets that servers had and have no more.

use model::{ServerName, Timestamp};
use services::ports::{GoneSubnet, StoreError};

use super::Base;
use crate::error::{damaged_row, store_error};
use crate::text::keepable;

impl Base {
    pub(super) async fn gone(&self, server: &ServerName) -> Result<Vec<GoneSubnet>, StoreError> {
        let rows: Result<Vec<(i64, String, i64)>, _> =
            sqlx::query_as("SELECT id, prefix, at FROM gone_subnets WHERE server = $1 ORDER BY id")
                .bind(server.as_str())
                .fetch_all(self.readers())
                .await;
        let subnet = |(id, prefix, at): (i64, String, i64)| {
            let id = u32::try_from(id).map_err(|_| damaged_row("gone subnet", id.to_string()))?;
            Ok(GoneSubnet { id, prefix, at: Timestamp(at) })
        };
        rows.map_err(store_error)?.into_iter().map(subnet).collect()
    }

    pub(super) async fn keep_gone(&self, server: &ServerName, gone: &[GoneSubnet]) -> sqlx::Result<()> {
        let mut change = self.begin().await?;
        for subnet in gone {
            sqlx::query(
                "INSERT INTO gone_subnets (server, id, prefix, at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (server, id) DO UPDATE SET prefix = excluded.prefix, at = excluded.at",
            )
            .bind(server.as_str())
            .bind(i64::from(subnet.id))
            .bind(keepable(&subnet.prefix))
            .bind(subnet.at.0)
            .execute(&mut *change)
            .await?;
        }
        change.commit().await
    }
}
