//! The numbers of subnets that are gone: leases, and reservations in a database, may still have them, and would be of
//! whatever subnet takes the number next.

use std::collections::BTreeMap;

use keaconf::{Document, Map, Plan, Words};
use model::{ConfigFinding, FindingLevel, ServerName};

use super::Configurations;
use super::forms::finding;
use super::left_behind::subnets;
use crate::Result;
use crate::ports::GoneSubnet;

impl Configurations {
    /// Remembers the subnets of a server that are gone from one configuration to the next.
    pub(super) async fn bury(&self, server: &ServerName, before: &Document, after: &Document) -> Result<()> {
        let at = self.clock.now();
        let gone: Vec<_> = gone(before, after).into_iter().map(|(id, prefix)| GoneSubnet { id, prefix, at }).collect();
        if gone.is_empty() { Ok(()) } else { Ok(self.store.keep_gone_subnets(server, &gone).await?) }
    }

    /// What stands against the new subnets of a plan that take a number which another one had.
    pub(super) async fn dug_up(&self, server: &ServerName, plan: &Plan) -> Vec<ConfigFinding> {
        let [before, after] = plan.apart();
        let new = new(&before, &after);
        if new.is_empty() {
            return Vec::new();
        }
        let mut known = Vec::new();
        for server in std::iter::once(server.clone()).chain(self.dhcp.partners(server).await) {
            known.extend(self.store.gone_subnets(&server).await.unwrap_or_default());
        }
        let words = Words::new(&after, &after);
        let parts = subnets(&after);
        let again = |(id, prefix): (u32, String)| {
            let old = known.iter().find(|gone| gone.id == id && !is_same(&gone.prefix, &prefix))?;
            let (path, _) = parts.get(&id)?;
            let text = format!(
                "The number {id} was that of the subnet {}, which is gone. Leases, and reservations in a database, that are \
                 left of it would be of this subnet: take a number that no subnet had.",
                old.prefix
            );
            Some(finding(&words, "subnet-id-again", FindingLevel::Warning, path, text))
        };
        new.into_iter().filter_map(again).collect()
    }
}

/// The subnets that are gone, or whose number another prefix has: number and prefix.
fn gone(before: &Document, after: &Document) -> Vec<(u32, String)> {
    new(after, before)
}

/// The subnets that are there only after, or have another prefix there: number and prefix.
fn new(before: &Document, after: &Document) -> Vec<(u32, String)> {
    let before: BTreeMap<u32, String> = prefixes(before).collect();
    prefixes(after).filter(|(id, prefix)| before.get(id).is_none_or(|old| !is_same(old, prefix))).collect()
}

fn prefixes(document: &Document) -> impl Iterator<Item = (u32, String)> {
    let prefix = |map: &Map| map.text("subnet").unwrap_or_default().to_owned();
    subnets(document).into_iter().map(move |(id, (_, map))| (id, prefix(map)))
}

fn is_same(one: &str, other: &str) -> bool {
    let read = |text: &str| text.parse::<model::IpNetwork>().ok();
    one == other || (read(one).is_some() && read(one) == read(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_that_go_or_get_another_prefix_are_gone_and_those_that_move_are_not() {
        let document = |inside: &str| Document::read(format!("{{\"Dhcp4\":{{{inside}}}}}").as_bytes()).unwrap();
        let before = document(
            r#""subnet4":[{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"198.51.100.0/24"},{"id":3,"subnet":"203.0.113.0/24"}]"#,
        );
        let after = document(
            r#""subnet4":[{"id":2,"subnet":"10.0.0.0/24"}],"shared-networks":[{"name":"n","subnet4":[
                {"id":3,"subnet":"203.0.113.0/24"}]}]"#,
        );
        let named =
            |list: &[(u32, &str)]| list.iter().map(|(id, prefix)| (*id, (*prefix).to_owned())).collect::<Vec<_>>();
        assert_eq!(gone(&before, &after), named(&[(1, "192.0.2.0/24"), (2, "198.51.100.0/24")]));
        assert_eq!(new(&before, &after), named(&[(2, "10.0.0.0/24")]));
    }
}
