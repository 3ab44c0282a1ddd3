//! What servers ran, as it is remembered.

use async_trait::async_trait;
use model::{Revision, ServerName};

use super::{Life, StoreError};

/// A revision as it is stored, but for its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionRecord {
    /// What people see of it.
    pub revision: Revision,
    /// The server’s own digest of the configuration.
    pub hash: String,
    /// Which life the server lived then; none: it did not say.
    pub life: Option<Life>,
}

/// How far the revisions of a server were dealt with: the numbers of the newest ones of which that is true, 0: of none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RevisionMarks {
    /// Somebody looked at it, or at a later one.
    pub seen: i64,
    /// Nestor had the server save what it ran then, or later.
    pub saved: i64,
}

/// The configurations that servers ran. Their documents are texts without secrets: whoever stores one has taken them out.
#[async_trait]
pub trait Revisions: Send + Sync {
    /// The newest revision of a server.
    async fn newest_revision(&self, server: &ServerName) -> Result<Option<RevisionRecord>, StoreError>;

    /// The revisions of a server with a number below `before`, or all, newest first, so many at most.
    async fn revisions(
        &self,
        server: &ServerName,
        before: Option<i64>,
        most: usize,
    ) -> Result<Vec<Revision>, StoreError>;

    /// The document of a revision.
    async fn revision_document(&self, server: &ServerName, number: i64) -> Result<Option<String>, StoreError>;

    /// Keeps a revision; [`StoreError::Exists`] when the server has one of that number: another program was faster.
    async fn add_revision(&self, record: &RevisionRecord, document: &str) -> Result<(), StoreError>;

    /// Keeps it in the place of the one of its number, if that still has this digest. `false`: another program was faster.
    async fn renew_revision(
        &self,
        record: &RevisionRecord,
        document: &str,
        known_hash: &str,
    ) -> Result<bool, StoreError>;

    /// How far the revisions of a server were dealt with.
    async fn revision_marks(&self, server: &ServerName) -> Result<RevisionMarks, StoreError>;

    /// Notes that they were dealt with up to there; what is noted is never taken back.
    async fn mark_revisions(&self, server: &ServerName, marks: RevisionMarks) -> Result<(), StoreError>;

    /// Forgets all but the newest revisions of each server: so many stay.
    async fn trim_revisions(&self, stay: u32) -> Result<(), StoreError>;
}
