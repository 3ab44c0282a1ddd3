//! The configurations that servers ran.

use async_trait::async_trait;
use model::{Revision, RevisionOrigin, RevisionWay, ServerName, Timestamp};
use services::ports::{Life, RevisionMarks, RevisionRecord, Revisions, StoreError};
use sqlx::QueryBuilder;

use super::{Base, Db};
use crate::error::{damaged_row, settled, store_error};
use crate::packed::{pack, unpack};
use crate::text::keepable;

const COLUMNS: &str = "server, number, at, hash, process, loaded_at, origin, way, changes, words, differences, routine";

row! {
    struct Row {
        server: String,
        number: i64,
        at: i64,
        hash: String,
        process: Option<i64>,
        loaded_at: Option<i64>,
        origin: String,
        way: Option<String>,
        changes: String,
        words: String,
        differences: i64,
        routine: bool,
    }
}

#[async_trait]
impl Revisions for Base {
    async fn newest_revision(&self, server: &ServerName) -> Result<Option<RevisionRecord>, StoreError> {
        Ok(self.revision_records(server, None, 1).await?.pop())
    }

    async fn revisions(
        &self,
        server: &ServerName,
        before: Option<i64>,
        most: usize,
    ) -> Result<Vec<Revision>, StoreError> {
        Ok(self.revision_records(server, before, most).await?.into_iter().map(|record| record.revision).collect())
    }

    async fn revision_document(&self, server: &ServerName, number: i64) -> Result<Option<String>, StoreError> {
        let packed: Result<Option<(Vec<u8>,)>, _> =
            sqlx::query_as("SELECT document FROM revisions WHERE server = $1 AND number = $2")
                .bind(server.as_str())
                .bind(number)
                .fetch_optional(self.readers())
                .await;
        match packed.map_err(store_error)? {
            Some((packed,)) => unpack(packed).await.map(Some),
            None => Ok(None),
        }
    }

    async fn add_revision(&self, record: &RevisionRecord, document: &str) -> Result<(), StoreError> {
        let packed = pack(document).await?;
        settled(|| self.insert_revision(record, &packed)).await
    }

    async fn renew_revision(
        &self,
        record: &RevisionRecord,
        document: &str,
        known_hash: &str,
    ) -> Result<bool, StoreError> {
        let packed = pack(document).await?;
        settled(|| self.replace_revision(record, &packed, known_hash)).await
    }

    async fn revision_marks(&self, server: &ServerName) -> Result<RevisionMarks, StoreError> {
        let found: Result<Option<(i64, i64)>, _> =
            sqlx::query_as("SELECT seen, saved FROM revision_marks WHERE server = $1")
                .bind(server.as_str())
                .fetch_optional(self.readers())
                .await;
        let found = found.map_err(store_error)?.map(|(seen, saved)| RevisionMarks { seen, saved });
        Ok(found.unwrap_or_default())
    }

    async fn mark_revisions(&self, server: &ServerName, marks: RevisionMarks) -> Result<(), StoreError> {
        let done = sqlx::query(
            "INSERT INTO revision_marks (server, seen, saved) VALUES ($1, $2, $3)
             ON CONFLICT (server) DO UPDATE SET
                 seen = CASE WHEN excluded.seen > revision_marks.seen THEN excluded.seen ELSE revision_marks.seen END,
                 saved = CASE WHEN excluded.saved > revision_marks.saved THEN excluded.saved ELSE revision_marks.saved END",
        )
        .bind(server.as_str())
        .bind(marks.seen)
        .bind(marks.saved)
        .execute(&mut *self.writer().await.map_err(store_error)?)
        .await;
        done.map(drop).map_err(store_error)
    }

    async fn trim_revisions(&self, stay: u32) -> Result<(), StoreError> {
        let delete = sqlx::query(
            "DELETE FROM revisions WHERE number <=
                 (SELECT max(newer.number) FROM revisions AS newer WHERE newer.server = revisions.server) - $1",
        );
        let done = delete.bind(i64::from(stay)).execute(&mut *self.writer().await.map_err(store_error)?).await;
        done.map(drop).map_err(store_error)
    }
}

impl Base {
    async fn revision_records(
        &self,
        server: &ServerName,
        before: Option<i64>,
        most: usize,
    ) -> Result<Vec<RevisionRecord>, StoreError> {
        let mut select = QueryBuilder::<Db>::new(format!("SELECT {COLUMNS} FROM revisions WHERE server = "));
        select.push_bind(server.as_str().to_owned());
        if let Some(before) = before {
            select.push(" AND number < ").push_bind(before);
        }
        select.push(" ORDER BY number DESC LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows: Result<Vec<Row>, _> = select.build_query_as().fetch_all(self.readers()).await;
        rows.map_err(store_error)?.into_iter().map(record).collect()
    }

    async fn insert_revision(&self, record: &RevisionRecord, packed: &[u8]) -> sqlx::Result<()> {
        let mut change = self.begin().await?;
        insert(record, packed).build().execute(&mut *change).await?;
        change.commit().await
    }

    async fn replace_revision(&self, record: &RevisionRecord, packed: &[u8], known_hash: &str) -> sqlx::Result<bool> {
        let Revision { server, number, .. } = &record.revision;
        let mut change = self.begin().await?;
        let gone = sqlx::query("DELETE FROM revisions WHERE server = $1 AND number = $2 AND hash = $3")
            .bind(server.as_str())
            .bind(*number)
            .bind(known_hash)
            .execute(&mut *change)
            .await?;
        if gone.rows_affected() == 0 {
            return Ok(false);
        }
        insert(record, packed).build().execute(&mut *change).await?;
        change.commit().await?;
        Ok(true)
    }
}

fn insert(record: &RevisionRecord, packed: &[u8]) -> QueryBuilder<Db> {
    let RevisionRecord { revision, hash, life } = record;
    let mut insert = QueryBuilder::<Db>::new(format!("INSERT INTO revisions ({COLUMNS}, document) VALUES ("));
    let mut values = insert.separated(", ");
    values
        .push_bind(revision.server.as_str().to_owned())
        .push_bind(revision.number)
        .push_bind(revision.at.0)
        .push_bind(keepable(hash).into_owned())
        .push_bind(life.map(|life| i64::try_from(life.process).unwrap_or(i64::MAX)))
        .push_bind(life.map(|life| life.loaded_at.0))
        .push_bind(revision.origin.code())
        .push_bind(revision.way.map(RevisionWay::code))
        .push_bind(serde_json::to_string(&revision.changes).unwrap_or_default())
        .push_bind(keepable(&serde_json::to_string(&revision.words).unwrap_or_default()).into_owned())
        .push_bind(i64::from(revision.differences))
        .push_bind(revision.routine)
        .push_bind(packed.to_vec());
    insert.push(")");
    insert
}

fn record(row: Row) -> Result<RevisionRecord, StoreError> {
    let damaged = || damaged_row("revision", format!("{} of {}", row.number, row.server));
    let way = row.way.as_deref().map(|code| RevisionWay::from_code(code).ok_or_else(damaged)).transpose()?;
    let life = match (row.process, row.loaded_at) {
        (Some(process), Some(loaded_at)) => {
            Some(Life { process: process.try_into().map_err(|_| damaged())?, loaded_at: Timestamp(loaded_at) })
        }
        _ => None,
    };
    let revision = Revision {
        server: row.server.parse().map_err(|_| damaged())?,
        number: row.number,
        at: Timestamp(row.at),
        origin: RevisionOrigin::from_code(&row.origin).ok_or_else(damaged)?,
        way,
        changes: serde_json::from_str(&row.changes).map_err(|_| damaged())?,
        words: serde_json::from_str(&row.words).map_err(|_| damaged())?,
        differences: row.differences.try_into().map_err(|_| damaged())?,
        routine: row.routine,
    };
    Ok(RevisionRecord { revision, hash: row.hash, life })
}
