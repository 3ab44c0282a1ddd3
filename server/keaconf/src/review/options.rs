//! Options that clients of a subnet miss.

use std::cell::LazyCell;
use std::net::IpAddr;

use model::IpNetwork;

use super::{Review, Severity};
use crate::proposal::{Place, gateway, name_servers, place_of_gateways};
use crate::{Daemon, Edit, Identities, Keys, Map, Op, Part, Text, Value};

/// An option that clients need: its code and name, what people call it, and what follows without it.
struct Needed {
    code: &'static str,
    name: &'static str,
    called: &'static str,
    follows: &'static str,
}

const ROUTERS: Needed = Needed {
    code: "3",
    name: "routers",
    called: "gateway (routers)",
    follows: "clients reach nothing beyond their own network",
};

const NAME_SERVERS: &str = "clients resolve no names";

const NEEDED4: [Needed; 2] = [
    ROUTERS,
    Needed {
        code: "6",
        name: "domain-name-servers",
        called: "DNS server (domain-name-servers)",
        follows: NAME_SERVERS,
    },
];

/// Gateways of IPv6 are told by routers.
const NEEDED6: [Needed; 1] =
    [Needed { code: "23", name: "dns-servers", called: "DNS server (dns-servers)", follows: NAME_SERVERS }];

pub(super) fn look(review: &mut Review<'_>) {
    let needed = match review.document.daemon {
        Daemon::Dhcp4 => &NEEDED4[..],
        Daemon::Dhcp6 => &NEEDED6[..],
        _ => return,
    };
    let (document, everywhere) = (review.document, review.everywhere);
    let identities = document.identities();
    // What most of the others say is looked for once: a subnet that lacks an option has no say in it. Where thousands lack it,
    // to go through all of them for each takes seconds.
    let others = || everywhere.iter().filter(|part| part.is_subnet).map(|part| part.map);
    let place = LazyCell::new(|| place_of_gateways(others()));
    let name_servers = LazyCell::new(|| name_servers(document.daemon, &document.root, others()));
    for part in review.parts.iter().filter(|part| part.is_subnet && part.serves()) {
        for option in needed {
            if is_told(review, &identities, part, option) {
                continue;
            }
            let data = if option.name == ROUTERS.name {
                place.and_then(|place| free_gateway(part, place)).map(|address| address.to_string())
            } else {
                name_servers.clone()
            };
            let mend = data.map(|data| telling(part, option, &data));
            let text = format!("Clients here are told no {}: {}.", option.called, option.follows);
            review.say("option-missing", Severity::Hint, &part.path, text).mended_by(mend);
        }
    }
}

/// Whether clients of a subnet are told it by any level, or by a class.
fn is_told(review: &Review<'_>, identities: &Identities, part: &Part<'_>, option: &Needed) -> bool {
    let root = &review.document.root;
    let inside = below(root, "client-classes").chain(below(part.map, "pools")).chain(below(part.map, "pd-pools"));
    let levels = [Some(part.map), part.network, Some(root)].into_iter().flatten().chain(inside);
    let space = review.document.daemon.option_space();
    let wanted: Keys = vec![("space".to_owned(), space.into()), ("code".to_owned(), option.code.into())];
    let list = Text::from("option-data");
    let mut lists = levels.filter_map(|map| map.get("option-data")?.as_list());
    lists.any(|options| options.iter().any(|option| identities.has(&list, option, &wanted)))
}

fn below<'a>(map: &'a Map, list: &str) -> impl Iterator<Item = &'a Map> + use<'a> {
    map.get(list).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_map)
}

/// The gateway of a subnet at that place, unless a pool has the address.
fn free_gateway(part: &Part<'_>, place: Place) -> Option<IpAddr> {
    let prefix: IpNetwork = part.map.text("subnet")?.parse().ok()?;
    gateway(prefix, place).filter(|address| part.ranges().iter().all(|pool| !pool.contains(*address)))
}

/// The edit that has clients of a subnet told that.
fn telling(part: &Part<'_>, option: &Needed, data: &str) -> Edit {
    let told: Map = [(Text::from("name"), option.name.into()), ("data".into(), data.into())].into_iter().collect();
    Edit { path: part.path.member("option-data"), op: Op::Add(Value::Map(told)) }
}
