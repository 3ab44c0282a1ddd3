//! The numbers of subnets that are gone: leases, and reservations in a database, may still have them, and would be of
//! whatever subnet takes the number next.

use std::collections::BTreeMap;

use keaconf::{Document, Map, Plan, Words};
use model::{ConfigFinding, FieldError, FindingLevel, Reservation, ServerName, SubnetKey};

use super::Configurations;
use super::forms::finding;
use super::left_behind::{counted, subnets, written_down};
use crate::ports::{GoneSubnet, Listed};
use crate::{Error, Result};

impl Configurations {
    /// Remembers the subnets of a server that are gone from one configuration to the next.
    pub(super) async fn bury(&self, server: &ServerName, before: &Document, after: &Document) -> Result<()> {
        let at = self.clock.now();
        let gone: Vec<_> = gone(before, after).into_iter().map(|(id, prefix)| GoneSubnet { id, prefix, at }).collect();
        if gone.is_empty() { Ok(()) } else { Ok(self.store.keep_gone_subnets(server, &gone).await?) }
    }

    /// What stands against the new subnets of a plan that take a number of which something is left: leases and reservations
    /// of a subnet that is gone. One of which nothing is left is free.
    pub(super) async fn dug_up(&self, server: &ServerName, plan: &Plan) -> Vec<ConfigFinding> {
        let [before, after] = plan.apart();
        let new = new(&before, &after);
        if new.is_empty() {
            return Vec::new();
        }
        let mut left: BTreeMap<u32, (String, Vec<String>)> = BTreeMap::new();
        let group: Vec<ServerName> = std::iter::once(server.clone()).chain(self.dhcp.partners(server).await).collect();
        for (id, prefix) in &new {
            // What goes on one goes on all of them, and not all of them were looked at when it went.
            let mut gone = None;
            for at in &group {
                gone = gone.or(self.grave(at, *id, prefix).await);
            }
            let Some(gone) = gone else { continue };
            let mut of = Vec::new();
            for at in &group {
                of.extend(self.left_of(&SubnetKey { server: at.clone(), id: *id }, &plan.running).await);
            }
            left.insert(*id, (gone.prefix, of));
        }
        let words = Words::new(&after, &after);
        let parts = subnets(&after);
        let again = |(id, (old, left)): (u32, (String, Vec<String>))| {
            let (path, _) = parts.get(&id).filter(|_| !left.is_empty())?;
            let text = format!(
                "The number {id} was that of the subnet {old}, which is gone, and of which is left: {}. {OUTLOOK}",
                left.join("; ")
            );
            Some(finding(&words, ID_AGAIN, FindingLevel::Warning, path, text))
        };
        left.into_iter().filter_map(again).collect()
    }

    /// The subnet of another prefix that had a number on a server.
    async fn grave(&self, server: &ServerName, id: u32, prefix: &str) -> Option<GoneSubnet> {
        let all = match self.store.gone_subnets(server).await {
            Ok(all) => all,
            Err(error) => {
                tracing::error!(%server, %error, "which subnets it had cannot be looked up");
                return Some(GoneSubnet { id, prefix: "that is not known".to_owned(), at: self.clock.now() });
            }
        };
        all.into_iter().find(|gone| gone.id == id && !is_same(&gone.prefix, prefix))
    }

    /// What a server still has of a subnet that is gone; none: nothing.
    async fn left_of(&self, key: &SubnetKey, running: &Document) -> Option<String> {
        let is_away = self.dhcp.silence(&key.server).is_some();
        let leases = if is_away { None } else { self.dhcp.count_leases(key).await.ok() };
        let reservations = if is_away { None } else { self.reservations_of_gone(key).await.ok() };
        let reservations = match reservations {
            Some(all) => counted(Some(all.known.len() + all.raw.len()), "reservation"),
            None => written_down(running, key.id),
        };
        let left: Vec<String> = [counted(leases, "lease"), reservations].into_iter().flatten().collect();
        (!left.is_empty()).then(|| format!("{} on {}", left.join(" and "), key.server))
    }

    /// The reservations that a server still has of a subnet that is gone: those of its configuration went with it. Kea lists
    /// none by a number that no subnet has, so all are looked through.
    pub(super) async fn reservations_of_gone(&self, key: &SubnetKey) -> Result<Listed<Reservation>> {
        let mut all = self.dhcp.all_reservations(&key.server).await?;
        all.known.retain(|known| known.subnet == *key);
        all.raw.retain(|raw| raw.subnet == *key);
        Ok(all)
    }
}

/// The rule that numbers are not taken again.
const ID_AGAIN: &str = "subnet-id-again";

/// What is to be said before a number is taken again, and when that was meant.
const OUTLOOK: &str = "That would be of this subnet. Take a number that no subnet had.";
const TAKEN: &str = "That is of this subnet now, as it was asked for.";

/// Refuses what takes a number again of which something is left, unless that is meant; then the findings say that it is so.
pub(super) fn refuse_dug_up(findings: &mut [ConfigFinding], is_meant: bool) -> Result<()> {
    let again = findings.iter_mut().filter(|finding| finding.rule == ID_AGAIN);
    if is_meant {
        again.for_each(|finding| finding.text = finding.text.replace(OUTLOOK, TAKEN));
        return Ok(());
    }
    let fields: Vec<_> = again.map(|finding| FieldError::new(&finding.path, finding.text.clone())).collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid { fields }) }
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
