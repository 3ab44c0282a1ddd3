//! Clients that Kea takes for two: it goes by client identifiers before MAC addresses.

use super::{Review, Severity, set};
use crate::{Daemon, Map, Part, Path, Value};

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    if document.daemon != Daemon::Dhcp4 || document.root.get(SWITCH).and_then(Value::as_bool) == Some(false) {
        return;
    }
    let follows = |part: &&Part<'_>| ![Some(part.map), part.network].into_iter().flatten().any(|map| map.has(SWITCH));
    let everywhere = review.everywhere;
    let subnets = || everywhere.iter().filter(|part| part.is_subnet).filter(follows);
    let has_databases = ["hosts-database", "hosts-databases"].iter().any(|name| document.root.has(name));
    let boots = || boots(&document.root) || subnets().any(boots_in);
    if (has_databases || knows_by_mac(&document.root) || subnets().any(|part| knows_by_mac(part.map))) && boots() {
        let text = "Clients boot from the network here. Where firmware and system of a machine send different client \
                    identifiers, Kea takes them for two clients: the second one does not get the address that is reserved \
                    for the MAC address while the first one holds it. Without match-client-id it goes by MAC address.";
        let path = Path::root().member(SWITCH);
        review.say("client-id-first", Severity::Hint, &path, text).mended_by([set(path.clone(), false)]);
    }
}

const SWITCH: &str = "match-client-id";

fn boots_in(part: &Part<'_>) -> bool {
    let pools = maps(part.map, "pools");
    boots(part.map) || part.network.is_some_and(boots) || pools.into_iter().any(boots)
}

/// Whether clients, classes or reservations of a part are told what to boot.
fn boots(map: &Map) -> bool {
    let is_file = |option: &Map| {
        option.get("code").and_then(Value::as_i64) == Some(67) || option.text("name") == Some("boot-file-name")
    };
    let inside = || ["client-classes", "reservations"].into_iter().flat_map(|list| maps(map, list));
    let told = |map: &Map| {
        map.text("boot-file-name").is_some_and(|file| !file.is_empty())
            || maps(map, "option-data").into_iter().any(is_file)
    };
    told(map) || inside().any(told)
}

fn knows_by_mac(map: &Map) -> bool {
    maps(map, "reservations").iter().any(|reservation| reservation.has("hw-address"))
}

fn maps<'a>(map: &'a Map, list: &str) -> Vec<&'a Map> {
    map.get(list).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_map).collect()
}

#[cfg(test)]
mod tests {
    use crate::{Document, Way, review};

    fn is_found(inside: &str) -> bool {
        let document = Document::read(format!(r#"{{"Dhcp4":{{{inside}}}}}"#).as_bytes()).unwrap();
        review(&document, Way::File).iter().any(|finding| finding.rule == "client-id-first")
    }

    #[test]
    fn who_boots_from_the_network_and_is_known_by_mac_is_warned_of() {
        let subnet = |inside: &str| format!(r#""subnet4":[{{"id":1,"subnet":"192.0.2.0/24"{inside}}}]"#);
        let reserved = r#","reservations":[{"hw-address":"02:00:00:00:00:01","ip-address":"192.0.2.7"}]"#;
        let class = r#""client-classes":[{"name":"pxe","boot-file-name":"ipxe.efi"}],"#;
        assert!(is_found(&format!("{class}{}", subnet(reserved))));
        assert!(
            is_found(&subnet(&reserved.replace("}]", r#","boot-file-name":"grub2.efi"}]"#))),
            "as Foreman reserves"
        );
        assert!(is_found(&format!(r#"{},"hosts-database":{{"type":"mysql"}}"#, subnet(r#","boot-file-name":"a""#))));
        let option = r#","option-data":[{"code":67,"data":"a"}]"#;
        assert!(is_found(&subnet(&format!("{reserved}{option}"))));
        assert!(!is_found(&subnet(reserved)), "nobody boots");
        assert!(!is_found(&format!("{class}{}", subnet(""))), "nobody is known by MAC address");
        assert!(!is_found(&subnet(&format!(r#"{reserved},"boot-file-name":"""#))), "as Kea shows that there is none");
        assert!(!is_found(&format!(r#"{class}"match-client-id":false,{}"#, subnet(reserved))));
        assert!(
            !is_found(&format!("{class}{}", subnet(&format!(r#"{reserved},"match-client-id":true"#)))),
            "it is meant"
        );
    }
}
