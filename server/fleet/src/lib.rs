//! Many Kea servers: which there are, what each can do, and how our words become its commands. Implements the DHCP
//! ports of `services`.

mod catch_up;
mod change;
mod configure;
mod contact;
mod convert;
mod effective_options;
mod error;
mod homes;
mod labels;
mod leases;
mod link;
mod node;
mod options;
mod pairs;
mod probe;
mod raw;
mod read;
mod reload;
mod running;
mod serving;
mod show;
mod subnet;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use futures::future::{join, join_all};
use model::{Family, Health, Seconds, ServerName, ServerStatus, Storage, SubnetKey, Timestamp};
use services::ports::{Clock, Contact, Life, Partners, Running, Said, Servers, Sight};
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
        join_all(self.nodes.iter().map(Node::known)).await
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

    fn contact(&self, server: &ServerName) -> Contact {
        self.node(server).map_or(Contact::Answering, |node| node.contact())
    }

    fn silence(&self, server: &ServerName) -> Option<Error> {
        self.node(server).ok()?.silence()
    }

    async fn quiet(&self, server: &ServerName) {
        match self.node(server) {
            Ok(node) => node.link.quiet().await,
            Err(_) => std::future::pending().await,
        }
    }

    async fn attend(&self, server: &ServerName) {
        match self.node(server) {
            Ok(node) => node.link.attend().await,
            Err(_) => std::future::pending().await,
        }
    }

    fn said(&self, server: &ServerName) -> Option<Said> {
        self.node(server).ok()?.said()
    }

    fn said_at(&self, server: &ServerName) -> Option<Timestamp> {
        self.node(server).ok()?.said_at()
    }

    fn recall(&self, server: &ServerName, said: &Said) {
        if let Ok(node) = self.node(server) {
            node.recall(said);
        }
    }

    async fn status(&self, server: &ServerName) -> ServerStatus {
        let Ok(node) = self.node(server) else { return probe::unknown(server.clone(), Family::default()) };
        // Looking at a server means wanting it back.
        node.link.want();
        let (probed, known) = join(node.patiently(node.probed()), self.known()).await;
        let probed = match probed {
            Some(Ok(probed)) => probed,
            Some(Err(_)) => return probe::unknown(server.clone(), node.family()),
            None => probe::of_quiet(node),
        };
        let mut status = probed.status;
        status.pairs = pairs::pairs(&known, server, &probed.relationships);
        if let Some(finding) = pairs::separate(&pairs::apart(&known, server)) {
            status.storage = Some(Storage::Configuration);
            status.findings.push(finding);
        }
        if status.storage == Some(Storage::Configuration) {
            status.findings.extend(pairs::strangers(&known, server));
        }
        status.findings.extend(pairs::contested(&known, server));
        if status.health == Health::Unreachable { probe::of_silent(node, status) } else { status }
    }

    fn sight(&self, server: &ServerName) -> Sight {
        self.node(server).map(|node| probe::sight(node)).unwrap_or_default()
    }

    async fn missing_hooks(&self, server: &ServerName) -> Result<Vec<model::Hook>> {
        Ok(node::missing(&*self.node(server)?.capabilities().await?))
    }

    async fn commands(&self, server: &ServerName) -> Result<Vec<String>> {
        let known = self.node(server)?.capabilities().await?;
        Ok(known.commands().map(str::to_owned).collect())
    }

    async fn running(&self, server: &ServerName) -> Result<Running> {
        self.node(server)?.running().await
    }

    fn last_running(&self, server: &ServerName) -> Option<Running> {
        self.node(server).ok()?.last_running()
    }

    async fn heal(&self, server: &ServerName) -> Result<()> {
        let node = self.node(server)?.clone();
        write::to_the_end(async move { node.heal().await }).await?
    }

    async fn configuration_hash(&self, server: &ServerName) -> Result<String> {
        self.node(server)?.ask(&kea::commands::ConfigHashGet).await
    }

    async fn life(&self, server: &ServerName) -> Result<Life> {
        let node = self.node(server)?;
        let reply = node.link.in_passing(&kea::commands::StatusGet).await;
        let reply = reply.map_err(|error| error::translate(server, error))?;
        let age = Seconds(-i64::try_from(reply.reload).unwrap_or(i64::MAX));
        Ok(Life { process: reply.pid, loaded_at: node.clock.now().plus(age) })
    }

    async fn partners(&self, server: &ServerName) -> Vec<ServerName> {
        pairs::partners(&self.known().await, server)
    }

    async fn partners_by_subnet(&self, server: &ServerName) -> Partners {
        pairs::partners_by_subnet(&self.known().await, server)
    }
}
