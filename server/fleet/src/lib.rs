//! Many Kea servers: which there are, what each can do, and how our words become its commands. Implements the DHCP
//! ports of `services`.

mod change;
mod convert;
mod error;
mod leases;
mod node;
mod options;
mod pairs;
mod probe;
mod read;
mod show;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use futures::future::{join, join_all};
use model::{Family, Seconds, ServerName, ServerStatus, Storage, SubnetKey};
use services::ports::{Clock, Life, Servers};
use services::{Error, Result};

use crate::node::Node;

/// The Kea servers that the operator named. Cheap to clone.
#[derive(Clone)]
pub struct Fleet {
    nodes: Arc<[Arc<Node>]>,
}

impl Fleet {
    /// Takes charge of these servers; talks to none of them yet.
    pub fn new(servers: Vec<(ServerName, kea::Client)>, clock: &Arc<dyn Clock>) -> Self {
        Self {
            nodes: servers.into_iter().map(|(name, client)| Arc::new(Node::new(name, client, clock.clone()))).collect(),
        }
    }

    fn node(&self, server: &ServerName) -> Result<&Arc<Node>> {
        let found = self.nodes.iter().find(|node| node.name == *server);
        found.ok_or_else(|| Error::not_found(format!("the server “{server}”")))
    }

    /// What is known of every server's company.
    async fn known(&self) -> Vec<pairs::Known> {
        join_all(self.nodes.iter().map(|node| node.known())).await
    }

    fn node_of(&self, subnet: &SubnetKey) -> Result<&Arc<Node>> {
        self.node(&subnet.server)
    }
}

#[async_trait]
impl Servers for Fleet {
    fn names(&self) -> Vec<ServerName> {
        self.nodes.iter().map(|node| node.name.clone()).collect()
    }

    fn family(&self, server: &ServerName) -> Family {
        self.node(server).map(|node| node.family()).unwrap_or_default()
    }

    async fn status(&self, server: &ServerName) -> ServerStatus {
        let Ok(node) = self.node(server) else { return probe::unknown(server.clone(), Family::default()) };
        let (Ok(probed), known) = join(node.probed(), self.known()).await else {
            return probe::unknown(server.clone(), node.family());
        };
        let mut status = probed.status;
        status.pairs = pairs::pairs(&known, server, &probed.relationships);
        if let Some(finding) = pairs::separate(&pairs::apart(&known, server)) {
            status.storage = Some(Storage::Configuration);
            status.findings.push(finding);
        }
        if status.storage == Some(Storage::Configuration) {
            status.findings.extend(pairs::strangers(&status.pairs));
        }
        status
    }

    async fn life(&self, server: &ServerName) -> Result<Life> {
        let node = self.node(server)?;
        let told = node.ask(&kea::commands::StatusGet).await?;
        let age = Seconds(-i64::try_from(told.reload).unwrap_or(i64::MAX));
        Ok(Life { process: told.pid, loaded_at: node.clock.now().plus(age) })
    }

    async fn partners(&self, server: &ServerName) -> Vec<ServerName> {
        pairs::partners(&self.known().await, server)
    }
}
