//! A server’s saved file, loaded again in the place of what it runs.
//!
//! What Kea 3.0.3 cannot parse it refuses, and goes on as before. What it refuses later leaves it without leases: it serves no
//! client until it is given a configuration that it takes. What ran before is set again then.

use std::sync::Arc;

use changes::ConfigurationEdit;
use kea::commands::ConfigReload;
use services::ports::Running;
use services::{Error, Result};

use crate::change::words;
use crate::configure::{AppliedOnServer, never_arrived};
use crate::node::Node;

impl Node {
    /// Has it load its saved file, and tells what that changed. Where it refuses the file, or serves no clients with it, what
    /// it ran before runs again.
    pub(crate) async fn load_file(self: &Arc<Self>, edit: &ConfigurationEdit) -> Result<AppliedOnServer> {
        let before = self.read_running().await?;
        self.forget_config().await;
        self.forget_running();
        let loaded = self.load(&ConfigReload).await;
        self.complete().await;
        let said = match loaded {
            Ok(said) => said,
            Err(error) if never_arrived(&error) => return Err(error),
            // It may have been loaded: then that is what is wanted.
            Err(error @ Error::Unknown { .. }) => return self.heal().await.and(Err(error)),
            Err(error) => return Err(self.back_to(&before, error).await),
        };
        let unseen = |second: Error| {
            let what = format!("it loaded its file, and what it runs since could not be seen ({})", words(&second));
            Error::Unknown { server: self.name.clone(), what }
        };
        if !self.serves().await.map_err(unseen)? {
            let error = self.refusal("with its saved file it serves no clients".to_owned());
            return Err(self.back_to(&before, error).await);
        }
        let after = self.read_running().await.map_err(unseen)?;
        Ok(AppliedOnServer::of_file(edit.clone().reloaded(before.bare(), after.bare()), said))
    }

    /// Has it run and serve what it did before its file was refused; gives what is to be said of that then.
    async fn back_to(self: &Arc<Self>, before: &Running, error: Error) -> Error {
        let restored = async {
            let runs_it = self.read_running().await?.hash == before.hash;
            if runs_it && self.serves().await? {
                return Ok(());
            }
            self.set(before.bare()).await?;
            self.renew().await;
            if self.serves().await? { Ok(()) } else { Err(self.refusal("it serves no clients".to_owned())) }
        };
        let Err(second) = restored.await else { return error };
        let text =
            format!("it refused its saved file ({}), and what it ran before ({})", words(&error), words(&second));
        tracing::error!(server = %self.name, %text, "the server serves no clients");
        Error::NotServing { server: self.name.clone(), text }
    }
}
