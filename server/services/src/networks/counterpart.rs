//! Which subnet of a partner is the same as one of ours. Pure.

use model::Subnet;

/// The subnet of a partner that is the counterpart of `ours`: that of the same prefix, and where several have it, that in
/// the shared network of the same name. Numbers say nothing: servers give them as they like. None: the partner does not
/// have the subnet, or which one it is cannot be told.
pub(crate) fn counterpart<'a>(ours: &Subnet, theirs: impl IntoIterator<Item = &'a Subnet>) -> Option<&'a Subnet> {
    let alike: Vec<&Subnet> = theirs.into_iter().filter(|theirs| theirs.prefix == ours.prefix).collect();
    if let [only] = alike[..] {
        return Some(only);
    }
    let mut together = alike.into_iter().filter(|theirs| theirs.shared_network == ours.shared_network);
    together.next().filter(|_| together.next().is_none())
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
        assert_eq!(found(&subnet("a/9", "192.0.2.0/24", Some("x")), &twice), None, "it cannot be told");
    }
}
