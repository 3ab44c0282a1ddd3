//! Findings that were silenced.

use async_trait::async_trait;
use model::{ServerName, Silenced, Timestamp};
use services::ports::{Silences, StoreError};

use super::Base;
use crate::error::{damaged_row, store_error};
use crate::text::keepable;

type Row = (String, String, String, String, String, i64);

#[async_trait]
impl Silences for Base {
    async fn silenced(&self, server: &ServerName) -> Result<Vec<Silenced>, StoreError> {
        let rows: Result<Vec<Row>, _> = sqlx::query_as(
            "SELECT server, finding, text, reason, actor, at FROM silenced WHERE server = $1 ORDER BY at, finding",
        )
        .bind(server.as_str())
        .fetch_all(self.readers())
        .await;
        let silenced = |(server, finding, text, reason, actor, at): Row| {
            let server = server.parse().map_err(|_| damaged_row("silenced finding", &finding))?;
            Ok(Silenced { server, finding, text, reason, actor, at: Timestamp(at) })
        };
        rows.map_err(store_error)?.into_iter().map(silenced).collect()
    }

    async fn silence(&self, silenced: &Silenced) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT INTO silenced (server, finding, text, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (server, finding) DO UPDATE SET text = excluded.text, reason = excluded.reason,
                 actor = excluded.actor, at = excluded.at",
        )
        .bind(silenced.server.as_str())
        .bind(keepable(&silenced.finding))
        .bind(keepable(&silenced.text))
        .bind(keepable(&silenced.reason))
        .bind(keepable(&silenced.actor))
        .bind(silenced.at.0)
        .execute(&mut *self.writer().await.map_err(store_error)?)
        .await;
        done.map(drop).map_err(store_error)
    }

    async fn show_again(&self, server: &ServerName, finding: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM silenced WHERE server = $1 AND finding = $2")
            .bind(server.as_str())
            .bind(keepable(finding))
            .execute(&mut *self.writer().await.map_err(store_error)?)
            .await;
        done.map(|done| done.rows_affected() > 0).map_err(store_error)
    }
}
