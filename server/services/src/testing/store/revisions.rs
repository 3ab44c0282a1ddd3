//! What servers ran.

use std::collections::HashMap;

use async_trait::async_trait;
use model::{Revision, ServerName};

use super::{MemoryStore, Result};
use crate::ports::{RevisionMarks, RevisionRecord, Revisions, StoreError};

#[async_trait]
impl Revisions for MemoryStore {
    async fn newest_revision(&self, server: &ServerName) -> Result<Option<RevisionRecord>> {
        self.call("newest_revision", |tables| {
            let mut all = tables.revisions.iter().rev();
            all.find(|((of, _), _)| of == server).map(|(_, (record, _))| record.clone())
        })
    }

    async fn revisions(&self, server: &ServerName, before: Option<i64>, most: usize) -> Result<Vec<Revision>> {
        let wanted = |number: i64| before.is_none_or(|before| number < before);
        self.call("revisions", |tables| {
            let mine = tables.revisions.iter().rev().filter(|((of, number), _)| of == server && wanted(*number));
            mine.take(most).map(|(_, (record, _))| record.revision.clone()).collect()
        })
    }

    async fn revision_document(&self, server: &ServerName, number: i64) -> Result<Option<String>> {
        self.call("revision_document", |tables| {
            tables.revisions.get(&(server.clone(), number)).map(|(_, document)| document.clone())
        })
    }

    async fn add_revision(&self, record: &RevisionRecord, document: &str) -> Result<()> {
        let key = (record.revision.server.clone(), record.revision.number);
        self.call("add_revision", |tables| {
            if tables.revisions.contains_key(&key) {
                return Err(StoreError::Exists);
            }
            tables.revisions.insert(key, (record.clone(), document.to_owned()));
            Ok(())
        })
        .flatten()
    }

    async fn renew_revision(&self, record: &RevisionRecord, document: &str, known_hash: &str) -> Result<bool> {
        let key = (record.revision.server.clone(), record.revision.number);
        self.call("renew_revision", |tables| {
            let known = tables.revisions.get_mut(&key).filter(|(known, _)| known.hash == known_hash);
            known.map(|known| *known = (record.clone(), document.to_owned())).is_some()
        })
    }

    async fn revision_marks(&self, server: &ServerName) -> Result<RevisionMarks> {
        self.call("revision_marks", |tables| tables.marks.get(server).copied().unwrap_or_default())
    }

    async fn mark_revisions(&self, server: &ServerName, marks: RevisionMarks) -> Result<()> {
        self.call("mark_revisions", |tables| {
            let known = tables.marks.entry(server.clone()).or_default();
            *known = RevisionMarks { seen: known.seen.max(marks.seen), saved: known.saved.max(marks.saved) };
        })
    }

    async fn trim_revisions(&self, stay: u32) -> Result<()> {
        self.call("trim_revisions", |tables| {
            let mut newest = HashMap::new();
            for (server, number) in tables.revisions.keys() {
                newest.insert(server.clone(), *number);
            }
            tables.revisions.retain(|(server, number), _| *number > newest[server] - i64::from(stay));
        })
    }
}
