//! Which subnet of a partner is the same as one of ours. Pure.

use std::collections::HashMap;

use model::{IpNetwork, ServerName, Subnet};

use crate::ports::Partners;

/// The subnet of a partner that is the counterpart of `ours`: that of the same prefix, and where several have it, that in
/// the shared network of the same name. Numbers say nothing: servers give them as they like. None: the partner does not
/// have the subnet, or which one it is cannot be known.
pub(crate) fn counterpart<'a>(ours: &Subnet, theirs: impl IntoIterator<Item = &'a Subnet>) -> Option<&'a Subnet> {
    let alike: Vec<&Subnet> = theirs.into_iter().filter(|theirs| theirs.prefix == ours.prefix).collect();
    meant(ours, &alike)
}

/// Of the partner's subnets with the prefix of `ours` the one that is its counterpart.
fn meant<'a>(ours: &Subnet, alike: &[&'a Subnet]) -> Option<&'a Subnet> {
    if let [only] = alike {
        return Some(only);
    }
    let mut together = alike.iter().filter(|theirs| theirs.shared_network == ours.shared_network);
    together.next().filter(|_| together.next().is_none()).copied()
}

/// Which servers share which subnets of two partners: a subnet of a hub may be shared with another one only.
pub(crate) struct Between<'a> {
    pub(crate) ours: (&'a ServerName, Partners),
    pub(crate) theirs: (&'a ServerName, Partners),
}

impl Between<'_> {
    /// The counterpart of one subnet.
    pub(crate) fn counterpart<'a>(&self, ours: &Subnet, theirs: &'a [Subnet]) -> Option<&'a Subnet> {
        counterpart(ours, self.shared(theirs)).filter(|_| self.is_shared(ours))
    }

    /// The subnets of the partner, to be looked through for many of ours.
    pub(crate) fn counterparts<'a>(&self, theirs: &'a [Subnet]) -> Counterparts<'_, 'a> {
        let mut by_prefix: HashMap<IpNetwork, Vec<&Subnet>> = HashMap::new();
        for subnet in self.shared(theirs) {
            by_prefix.entry(subnet.prefix).or_default().push(subnet);
        }
        Counterparts { between: self, by_prefix }
    }

    fn is_shared(&self, ours: &Subnet) -> bool {
        self.ours.1.of(ours.key.id).contains(self.theirs.0)
    }

    fn shared<'a>(&self, theirs: &'a [Subnet]) -> impl Iterator<Item = &'a Subnet> {
        theirs.iter().filter(|theirs| self.theirs.1.of(theirs.key.id).contains(self.ours.0))
    }
}

/// The subnets of a partner that are shared, by prefix: each of ours is compared only with those of its own.
pub(crate) struct Counterparts<'b, 'a> {
    between: &'b Between<'b>,
    by_prefix: HashMap<IpNetwork, Vec<&'a Subnet>>,
}

impl<'a> Counterparts<'_, 'a> {
    /// The counterpart of one subnet.
    pub(crate) fn of(&self, ours: &Subnet) -> Option<&'a Subnet> {
        meant(ours, self.by_prefix.get(&ours.prefix)?).filter(|_| self.between.is_shared(ours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(key: &str, prefix: &str, network: Option<&str>) -> Subnet {
        let shared_network = network.map(str::to_owned);
        Subnet { shared_network, ..Subnet::of(key.parse().unwrap(), prefix.parse().unwrap()) }
    }

    fn found(ours: &Subnet, theirs: &[Subnet]) -> Option<u32> {
        counterpart(ours, theirs).map(|found| found.key.id)
    }

    #[test]
    fn the_prefix_decides_and_never_the_number() {
        let ours = subnet("a/1", "192.0.2.0/24", None);
        let theirs = [subnet("b/1", "10.99.0.0/24", None), subnet("b/2", "192.0.2.0/24", None)];
        assert_eq!(found(&ours, &theirs), Some(2));
        assert_eq!(found(&ours, &theirs[..1]), None, "the subnet of the same number is another one");
        assert_eq!(found(&ours, &[]), None);
        assert_eq!(found(&ours, &[subnet("b/1", "192.0.2.0/25", None)]), None, "a part of it is not it");
    }

    #[test]
    fn one_of_the_prefix_is_it_whatever_its_shared_network_is_called() {
        let theirs = [subnet("b/5", "192.0.2.0/24", Some("floor-3"))];
        for network in [None, Some("floor-3"), Some("third floor")] {
            assert_eq!(found(&subnet("a/1", "192.0.2.0/24", network), &theirs), Some(5), "{network:?}");
        }
    }

    #[test]
    fn where_prefixes_repeat_the_shared_network_decides() {
        let theirs = [
            subnet("b/1", "192.0.2.0/24", Some("x")),
            subnet("b/2", "192.0.2.0/24", Some("y")),
            subnet("b/3", "192.0.2.0/24", None),
        ];
        for (network, id) in [(Some("x"), Some(1)), (Some("y"), Some(2)), (None, Some(3)), (Some("z"), None)] {
            assert_eq!(found(&subnet("a/9", "192.0.2.0/24", network), &theirs), id, "{network:?}");
        }
        let twice = [theirs[0].clone(), subnet("b/4", "192.0.2.0/24", Some("x"))];
        assert_eq!(found(&subnet("a/9", "192.0.2.0/24", Some("x")), &twice), None, "it cannot be known");
    }

    /// What `here` and `there` share, where their subnets say with whom.
    fn between(ours: &[(u32, &[&str])], theirs: &[(u32, &[&str])]) -> Between<'static> {
        let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
        let partners = |all: &[&str], said: &[(u32, &[&str])]| Partners {
            all: names(all),
            of_subnet: said.iter().map(|(id, of)| (*id, names(of))).collect(),
        };
        let leak = |name: &str| -> &'static ServerName { Box::leak(Box::new(name.parse().unwrap())) };
        Between { ours: (leak("a"), partners(&["b", "c"], ours)), theirs: (leak("b"), partners(&["a"], theirs)) }
    }

    #[test]
    fn what_belongs_to_another_relationship_is_no_counterpart() {
        let (ours, theirs) = (subnet("a/1", "192.0.2.0/24", None), [subnet("b/7", "192.0.2.0/24", None)]);
        for (of_ours, of_theirs, found) in [
            (vec![], vec![], true),
            (vec![(1, &["b"][..])], vec![], true),
            (vec![(1, &["c"][..])], vec![], false),
            (vec![(1, &[][..])], vec![], false),
            (vec![], vec![(7, &["c"][..])], false),
            (vec![(1, &["b"][..])], vec![(7, &["a"][..])], true),
        ] {
            let between = between(&of_ours, &of_theirs);
            assert_eq!(between.counterpart(&ours, &theirs).is_some(), found, "{of_ours:?} {of_theirs:?}");
            assert_eq!(between.counterparts(&theirs).of(&ours).is_some(), found, "{of_ours:?} {of_theirs:?}");
        }
    }

    /// Where there are thousands, each is compared with those of its own prefix, not with all.
    #[test]
    fn many_are_looked_up_and_not_compared() {
        let many = |server: &str| -> Vec<Subnet> {
            let prefix = |at: u32| format!("10.{}.{}.0/24", at / 250, at % 250);
            (1..=3_000).map(|at| subnet(&format!("{server}/{at}"), &prefix(at), None)).collect()
        };
        let (ours, theirs, between) = (many("a"), many("b"), between(&[], &[]));
        let counterparts = between.counterparts(&theirs);
        let compared: usize = ours.iter().map(|ours| counterparts.by_prefix[&ours.prefix].len()).sum();
        assert_eq!(compared, ours.len());
        assert!(ours.iter().all(|ours| counterparts.of(ours).is_some_and(|found| found.key.id == ours.key.id)));
    }
}
