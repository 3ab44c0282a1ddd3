//! What each server said last of its settings.

use model::{ServerName, Timestamp};
use services::ports::{Said, StoreError};

use super::Base;
use crate::error::{damaged_row, store_error};
use crate::text::keepable;

impl Base {
    pub(super) async fn words(&self) -> Result<Vec<(ServerName, Said)>, StoreError> {
        let rows: Result<Vec<(String, String, i64)>, _> =
            sqlx::query_as("SELECT server, said, as_of FROM last_words ORDER BY server")
                .fetch_all(self.readers())
                .await;
        let word = |(server, text, as_of): (String, String, i64)| {
            let name = server.parse().map_err(|_| damaged_row("last word", &server))?;
            Ok((name, Said { text, as_of: Timestamp(as_of) }))
        };
        rows.map_err(store_error)?.into_iter().map(word).collect()
    }

    pub(super) async fn keep_words(&self, server: &ServerName, said: &Said) -> sqlx::Result<()> {
        let mut change = self.begin_in_passing().await?;
        sqlx::query(
            "INSERT INTO last_words (server, said, as_of) VALUES ($1, $2, $3)
             ON CONFLICT (server) DO UPDATE SET said = excluded.said, as_of = excluded.as_of",
        )
        .bind(server.as_str())
        .bind(keepable(&said.text))
        .bind(said.as_of.0)
        .execute(&mut *change)
        .await?;
        change.commit().await
    }
}
