//! Findings that were silenced, as they are remembered.

use async_trait::async_trait;
use model::{ServerName, Silenced};

use super::StoreError;

/// The findings that were silenced.
#[async_trait]
pub trait Silences: Send + Sync {
    /// Those of a server, in the order in which they were silenced.
    async fn silenced(&self, server: &ServerName) -> Result<Vec<Silenced>, StoreError>;

    /// Silences one, or once more with another reason.
    async fn silence(&self, silenced: &Silenced) -> Result<(), StoreError>;

    /// Has one be shown again. `false`: it was not silenced.
    async fn show_again(&self, server: &ServerName, finding: &str) -> Result<bool, StoreError>;
}
