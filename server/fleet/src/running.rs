//! What a server runs, with everything in it: read anew only when its digest is another one. Of ten thousand subnets that is
//! six megabytes, which cost Kea and us a second.

use std::time::Instant;

use kea::commands::{ConfigGetRaw, ConfigHashGet};
use kea::wire::RawConfig;
use keaconf::Document;
use services::ports::Running;
use services::{Error, Result};

use crate::node::Node;

impl Node {
    /// What it runs: what was read last where it still is that, of servers that say so.
    pub(crate) async fn running(&self) -> Result<Running> {
        let last = self.last_running().filter(|last| last.hash.is_some());
        let Some(last) = last else { return self.read_running().await };
        match self.still_runs(&last).await {
            Ok(true) => Ok(last),
            Err(error @ Error::Unreachable { .. }) => Err(error),
            // One that may not be asked for its digest is read.
            Ok(false) | Err(_) => self.read_running().await,
        }
    }

    /// What it runs, read now.
    pub(crate) async fn read_running(&self) -> Result<Running> {
        let asked = (self.clock.now(), Instant::now());
        let raw = self.ask(&ConfigGetRaw).await?;
        let running = Running::new(self.read(&raw)?, raw.hash().map(str::to_owned));
        // Without a hash it could not be told whether it still is so.
        if running.hash.is_some() {
            self.remember_running(&running);
        } else {
            self.forget_running();
        }
        if let Some(config) = raw.running().filter(|config| config.service == self.client.endpoint().service()) {
            self.learn_config(config.dhcp, None, asked).await;
        }
        Ok(running)
    }

    /// Whether it still runs that; one that does not say counts as if it did not.
    pub(crate) async fn still_runs(&self, running: &Running) -> Result<bool> {
        match self.ask(&ConfigHashGet).await {
            Ok(hash) => Ok(running.hash.as_ref() == Some(&hash)),
            Err(Error::Unsupported { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn read(&self, raw: &RawConfig) -> Result<Document> {
        let unreadable = |error: String| Error::Unsupported {
            server: self.name.clone(),
            fix: format!("Its configuration cannot be read: {error}."),
        };
        let text = raw.to_kea().map_err(|error| unreadable(error.to_string()))?;
        Document::read(&text).map_err(|error| unreadable(error.to_string()))
    }
}
