//! Findings that were silenced.

use async_trait::async_trait;
use model::{ServerName, Silenced};

use super::{MemoryStore, Result};
use crate::ports::Silences;

#[async_trait]
impl Silences for MemoryStore {
    async fn silenced(&self, server: &ServerName) -> Result<Vec<Silenced>> {
        self.call("silenced", |tables| {
            tables.silenced.iter().filter(|known| known.server == *server).cloned().collect()
        })
    }

    async fn silence(&self, silenced: &Silenced) -> Result<()> {
        self.call("silence", |tables| {
            tables.silenced.retain(|known| known.server != silenced.server || known.finding != silenced.finding);
            tables.silenced.push(silenced.clone());
        })
    }

    async fn show_again(&self, server: &ServerName, finding: &str) -> Result<bool> {
        self.call("show_again", |tables| {
            let before = tables.silenced.len();
            tables.silenced.retain(|known| known.server != *server || known.finding != finding);
            tables.silenced.len() < before
        })
    }
}
