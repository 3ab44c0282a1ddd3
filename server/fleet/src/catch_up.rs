//! What a server runs, known without reading all of it again: which subnets it has, and how some of them are. Of ten thousand
//! subnets Kea tells their numbers in a tenth of the time that it needs to tell a digest, and one of them at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use kea::commands::{Subnet4Get, Subnet4List, Subnet6Get, Subnet6List};
use kea::wire::{Dhcp, RawConfig, Records, SubnetListing};
use keaconf::{Document, Map};
use model::{Family, Subnet};
use serde_json::json;
use services::ports::Running;
use services::{Error, Result};

use crate::node::Node;
use crate::read::by_prefix;

/// How many subnets are read one by one before all is read at once.
const MOST: usize = 20;

/// What a server has, beside what it was known to run.
pub(crate) enum CaughtUp {
    /// The same subnets.
    Same,
    /// Others have come or gone: all that is known now.
    Other(Running),
    /// It does not say, or there is more to be read.
    Unknown,
}

impl Node {
    /// What it runs as far as it differs from what it was known to run in the subnets that it has.
    pub(crate) async fn caught_up(&self, known: &Running) -> Result<CaughtUp> {
        let listed = match self.family() {
            Family::V4 => self.ask(&Subnet4List).await,
            Family::V6 => self.ask(&Subnet6List).await,
        };
        let listed = match listed {
            Ok(listed) => listed,
            Err(error @ Error::Unreachable { .. }) => return Err(error),
            Err(_) => return Ok(CaughtUp::Unknown),
        };
        match missed(known.as_shown_by_server(), &listed) {
            Some(missed) if missed.is_empty() => Ok(CaughtUp::Same),
            Some(missed) if missed.len() <= MOST => self.read_subnets(known, &missed).await.map(CaughtUp::Other),
            _ => Ok(CaughtUp::Unknown),
        }
    }

    /// What it runs, where these subnets outside of shared networks are read, and the rest is as it was known. Remembered: pages
    /// show it, until all of it is read again.
    pub(crate) async fn read_subnets(&self, known: &Running, subnets: &[u32]) -> Result<Running> {
        let asked = (self.clock.now(), Instant::now());
        let mut read = Vec::with_capacity(subnets.len());
        let mut raw = Vec::with_capacity(subnets.len());
        for id in subnets {
            let found = match self.family() {
                Family::V4 => self.ask(&Subnet4Get { id: *id }).await?,
                Family::V6 => self.ask(&Subnet6Get { id: *id }).await?,
            };
            let one = found.map(|found| RawConfig::new(json!({ self.root(): found.into_value() })));
            let shown = match &one {
                Some(one) => Some(self.read(one)?.subnets().next().cloned().unwrap_or_default()),
                None => None,
            };
            read.push((*id, shown));
            raw.push((*id, one));
        }
        let now = known.with_subnets(&read);
        self.remember_running(&now);
        if let Some(last) = self.last_config() {
            let dhcp = with_subnets(&last.dhcp, &raw);
            let told = last.subnets.get().map(|told| self.retold(told, &dhcp, subnets));
            self.learn_config(dhcp, told.map(Arc::new), asked).await;
        }
        Ok(now)
    }

    /// Its subnets in our words, where only some of a configuration are others than in the last one: to put ten thousand into our
    /// words takes longer than the change.
    fn retold(&self, told: &[Subnet], dhcp: &Dhcp, read: &[u32]) -> Vec<Subnet> {
        let anew = self.some_subnets_in(dhcp, |id| read.contains(&id));
        let stay = told.iter().filter(|subnet| !read.contains(&subnet.key.id));
        let mut all: Vec<Subnet> = stay.cloned().chain(anew).collect();
        all.sort_by_key(by_prefix);
        all
    }

    fn root(&self) -> &'static str {
        match self.family() {
            Family::V4 => keaconf::Daemon::Dhcp4.root(),
            Family::V6 => keaconf::Daemon::Dhcp6.root(),
        }
    }
}

/// A configuration with some of its subnets as they were read.
fn with_subnets(dhcp: &Dhcp, read: &[(u32, Option<RawConfig>)]) -> Dhcp {
    let mut dhcp = dhcp.clone();
    for (id, one) in read {
        dhcp.subnet.retain(|subnet| subnet.id != *id, |raw| raw.number("id") != Some(*id));
        if let Some(one) = one.as_ref().and_then(RawConfig::running) {
            dhcp.subnet.extend(one.dhcp.subnet);
        }
    }
    dhcp
}

/// The subnets outside of shared networks that came, went, or have another prefix than was known; none: it cannot be told, or
/// those of shared networks did.
fn missed(known: &Document, listed: &Records<SubnetListing>) -> Option<Vec<u32>> {
    if !listed.raw().is_empty() {
        return None;
    }
    let mut old: HashMap<u32, (&str, Option<&str>)> = HashMap::new();
    for (network, subnet) in known.subnets_in_networks() {
        old.insert(number(subnet)?, (subnet.text("subnet")?, network.and_then(|network| network.text("name"))));
    }
    let mut missed = Vec::new();
    for SubnetListing { id, subnet, shared_network_name } in listed {
        let network = shared_network_name.as_deref().filter(|name| !name.is_empty());
        match old.remove(id) {
            Some(known) if known == (subnet.as_str(), network) => {}
            Some((_, None)) | None if network.is_none() => missed.push(*id),
            _ => return None,
        }
    }
    for (id, (_, network)) in old {
        if network.is_some() {
            return None;
        }
        missed.push(id);
    }
    missed.sort_unstable();
    Some(missed)
}

fn number(subnet: &Map) -> Option<u32> {
    subnet.get("id")?.as_i64()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(listed: &[(u32, &str, Option<&str>)]) -> Option<Vec<u32>> {
        let known = br#"{"Dhcp4":{"subnet4":[{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"198.51.100.0/24"}],
            "shared-networks":[{"name":"a","subnet4":[{"id":3,"subnet":"203.0.113.0/24"}]}]}}"#;
        let listed = listed.iter().map(|(id, subnet, network)| SubnetListing {
            id: *id,
            subnet: (*subnet).to_owned(),
            shared_network_name: network.map(str::to_owned),
        });
        missed(&Document::read(known).unwrap(), &listed.collect::<Vec<_>>().into())
    }

    const FIRST: (u32, &str, Option<&str>) = (1, "192.0.2.0/24", None);
    const SECOND: (u32, &str, Option<&str>) = (2, "198.51.100.0/24", None);
    const SHARED: (u32, &str, Option<&str>) = (3, "203.0.113.0/24", Some("a"));

    #[test]
    fn subnets_that_came_went_or_are_others_are_read_and_those_of_shared_networks_are_not() {
        assert_eq!(found(&[FIRST, SECOND, SHARED]), Some(vec![]));
        assert_eq!(found(&[SHARED, SECOND, FIRST, (4, "10.0.0.0/8", None)]), Some(vec![4]), "whatever the order");
        assert_eq!(found(&[SECOND, SHARED]), Some(vec![1]));
        assert_eq!(found(&[(1, "192.0.2.0/25", None), SECOND, SHARED]), Some(vec![1]));
        assert_eq!(found(&[FIRST, SECOND]), None, "one of a shared network went");
        assert_eq!(found(&[FIRST, (2, "198.51.100.0/24", Some("a")), SHARED]), None, "it moved");
        assert_eq!(found(&[FIRST, SECOND, SHARED, (4, "10.0.0.0/8", Some("a"))]), None);
    }
}
