//! Subnets of IPv6 that clients on the server's own links do not get. Kea picks them for such clients by their interface
//! alone, as the clients have no address yet that would fit a prefix; for others by what relays say.

use super::{Review, Severity, set};
use crate::proposal::free_interface;
use crate::{Daemon, Map, Part, Path, Value};

pub(super) fn look(review: &mut Review<'_>) {
    if review.document.daemon != Daemon::Dhcp6 {
        return;
    }
    let only = only_for_them(review);
    for part in review.parts.iter().filter(|part| is_unlinked(part)) {
        let prefix = part.map.text("subnet").unwrap_or("this prefix");
        let text = format!(
            "Only clients behind a relay with an address in {prefix} get this subnet. For clients on a link of the server \
             itself, set “interface” to that link."
        );
        let mend = only.map(|interface| set(owner(part).member("interface"), interface));
        let severity = if mend.is_some() { Severity::Warning } else { Severity::Hint };
        review.say("no-link", severity, &part.path, text).mended_by(mend);
    }
}

fn is_unlinked(part: &Part<'_>) -> bool {
    let maps = || [Some(part.map), part.network].into_iter().flatten();
    part.is_subnet && part.serves() && !maps().any(has_link)
}

/// Whether it is said whose clients it is for.
fn has_link(map: &Map) -> bool {
    let said = |name: &str| map.text(name).is_some_and(|text| !text.is_empty());
    let relayed = |relay: &Map| {
        let several = relay.get("ip-addresses").and_then(Value::as_list).is_some_and(|all| !all.is_empty());
        several || relay.text("ip-address").is_some()
    };
    said("interface") || said("interface-id") || map.get("relay").and_then(Value::as_map).is_some_and(relayed)
}

/// The only link of the server, where it may be given to all that lack one: a single subnet or shared network does, and no
/// other has it.
fn only_for_them<'a>(review: &Review<'a>) -> Option<&'a str> {
    let interface = free_interface(&review.document.root, review.everywhere)?;
    let mut owners = review.everywhere.iter().filter(|part| is_unlinked(part)).map(owner);
    let first = owners.next();
    owners.all(|other| Some(other) == first).then_some(interface)
}

/// What is bound to a link: the shared network of a subnet, or the subnet itself.
fn owner(part: &Part<'_>) -> Path {
    match part.network {
        Some(_) => Path::from(part.path.steps()[..2].to_vec()),
        None => part.path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Document, Way, review};

    /// The subnets that no link leads to, each with the path that mends it.
    fn found(inside: &str) -> Vec<(String, Option<String>)> {
        let document = Document::read(format!(r#"{{"Dhcp6":{{{inside}}}}}"#).as_bytes()).unwrap();
        let found = review(&document, Way::File).into_iter().filter(|finding| finding.rule == "no-link");
        found.map(|one| (one.path.to_string(), one.mend.first().map(|edit| edit.path.to_string()))).collect()
    }

    const POOL: &str = r#""pools":[{"pool":"2001:db8::/80"}]"#;

    #[test]
    fn a_subnet_that_no_link_leads_to_is_bound_to_the_only_one() {
        let of = |interfaces: &str, more: &str| {
            found(&format!(
                r#""interfaces-config":{{"interfaces":[{interfaces}]}},"subnet6":[{{"id":1,"subnet":"2001:db8::/64",{POOL}{more}}}]"#
            ))
        };
        let mended = Some("subnet6[id=1].interface".to_owned());
        assert_eq!(of(r#""eth0""#, ""), [("subnet6[id=1]".to_owned(), mended.clone())]);
        assert_eq!(of(r#""eth0/2001:db8::1""#, r#","interface":"","relay":{"ip-addresses":[]}"#)[0].1, mended);
        for several in [r#""*""#, r#""eth0","eth1""#, ""] {
            assert_eq!(of(several, "")[0].1, None, "{several}: it is not plain which");
        }
        for linked in
            [r#","interface":"eth0""#, r#","interface-id":"port-7""#, r#","relay":{"ip-addresses":["2001:db8::7"]}"#]
        {
            assert_eq!(of(r#""eth0""#, linked), [], "{linked}");
        }
    }

    #[test]
    fn a_link_is_given_to_one_subnet_or_shared_network() {
        let one = format!(r#"{{"id":1,"subnet":"2001:db8::/64",{POOL}}}"#);
        let two = one.replace("\"id\":1", "\"id\":2").replace("db8::", "db8:2::");
        let on = r#""interfaces-config":{"interfaces":["eth0"]},"#;
        let both = found(&format!(r#"{on}"subnet6":[{one},{two}]"#));
        assert!(both.len() == 2 && both.iter().all(|(_, mend)| mend.is_none()), "{both:?}");
        let network = found(&format!(r#"{on}"shared-networks":[{{"name":"a","subnet6":[{one},{two}]}}]"#));
        assert!(network.iter().all(|(_, mend)| mend.as_deref() == Some("shared-networks[name=a].interface")));
        assert_eq!(network.len(), 2);
        let taken = two.replace(POOL, &format!(r#""interface":"eth0",{POOL}"#));
        assert_eq!(found(&format!(r#"{on}"subnet6":[{one},{taken}]"#))[0].1, None, "the link has a subnet");
    }
}
