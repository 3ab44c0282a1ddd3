//! Options that clients of a subnet miss.

use model::IpNetwork;

use super::{Review, Severity};
use crate::proposal::{gateway, name_servers};
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
    let identities = review.document.identities();
    for part in review.parts.iter().filter(|part| part.is_subnet && part.serves()) {
        for option in needed {
            if is_told(review, &identities, part, option) {
                continue;
            }
            let mend = mend(review, part, option);
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

/// The edit that has clients told what the other subnets say; none: they do not say it, or not plainly.
fn mend(review: &Review<'_>, part: &Part<'_>, option: &Needed) -> Option<Edit> {
    let others = || review.everywhere.iter().filter(|other| other.is_subnet && other.path != part.path);
    let others = || others().map(|other| other.map);
    let data = if option.name == ROUTERS.name {
        let prefix: IpNetwork = part.map.text("subnet")?.parse().ok()?;
        let address = gateway(prefix, others())?;
        Some(address).filter(|address| part.ranges().iter().all(|pool| !pool.contains(*address)))?.to_string()
    } else {
        name_servers(review.document.daemon, &review.document.root, others())?
    };
    let told: Map =
        [(Text::from("name"), option.name.into()), ("data".into(), data.as_str().into())].into_iter().collect();
    Some(Edit { path: part.path.member("option-data"), op: Op::Add(Value::Map(told)) })
}
