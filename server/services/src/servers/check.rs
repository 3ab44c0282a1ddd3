//! What is wrong with a server, what that means, and how it is mended: for `nestor check` and the pages. What decides is pure
//! and stands in `check/lines.rs`.

mod lines;

use model::{Health, Permission, ServerCheck, ServerName, ServerStatus};

use super::Servers;
use crate::{Actor, Error, Result};

use lines::{Facts, Partner};

impl Servers {
    /// Looks at every server, in the operator's order. Nothing is changed.
    pub async fn check_all(&self, actor: &Actor) -> Result<Vec<ServerCheck>> {
        let servers = self.list(actor).await?;
        Ok(futures::future::join_all(servers.iter().map(|status| self.inspect(status))).await)
    }

    /// Looks at one server. Nothing is changed.
    pub async fn check(&self, actor: &Actor, server: &ServerName) -> Result<ServerCheck> {
        actor.may(Permission::Look)?;
        let servers = self.list(actor).await?;
        let status = servers.iter().find(|status| status.name == *server);
        let status = status.ok_or_else(|| Error::not_found(format!("the server “{server}”")))?;
        Ok(self.inspect(status).await)
    }

    async fn inspect(&self, status: &ServerStatus) -> ServerCheck {
        let server = &status.name;
        let answers = status.health != Health::Unreachable;
        // What does not answer is said by the status already, and not asked again.
        let (missing, running, partners) = if answers {
            futures::join!(self.dhcp.missing_hooks(server), self.dhcp.configuration(server), self.partners_of(server))
        } else {
            (Ok(Vec::new()), Err(Error::not_found("a configuration")), Vec::new())
        };
        let facts = Facts {
            status,
            sight: self.dhcp.sight(server),
            missing: missing.unwrap_or_default(),
            running: running.ok().map(|document| document.without_copies()),
            partners,
        };
        ServerCheck { server: server.clone(), lines: lines::lines(&facts) }
    }

    async fn partners_of(&self, server: &ServerName) -> Vec<Partner> {
        let names = self.dhcp.partners(server).await;
        let several = names.len() > 1;
        let each = names.into_iter().map(|name| async move {
            // One that serves several pairs has subnets that a partner has not.
            let several = several || self.dhcp.partners(&name).await.len() > 1;
            let running = self.dhcp.configuration(&name).await.ok().map(|document| document.without_copies());
            Partner { clock_ahead: self.dhcp.sight(&name).clock_ahead, name, running, several }
        });
        futures::future::join_all(each).await
    }
}
