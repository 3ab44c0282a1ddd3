//! The option values that the clients of a subnet get, worked out as Kea 3.0 does it, as its answers showed: the pool
//! comes first, then subnet, shared network, classes, and what is global. A value for the members of a class alone
//! (`client-classes` of the option) is every client's only where every client is a member.

use std::net::IpAddr;

use kea::wire::{ClientClass, Dhcp, OptionData, Pool, SharedNetwork, Subnet};
use model::{Family, OptionDatum};

use crate::options::{inherited, of_others};

/// The code of the option that names routers (IPv4).
const ROUTERS: u16 = 3;

/// The code of the option that names routes (IPv4).
const ROUTES: u16 = 121;

/// The class of every client.
const ALL_CLIENTS: &str = "ALL";

/// The levels that clients get options from, the innermost first, and the classes that all of these clients are of.
struct Levels<'a> {
    levels: Vec<&'a [OptionData]>,
    classes: Vec<&'a str>,
}

impl Levels<'_> {
    fn of_all(&self) -> Vec<OptionDatum> {
        inherited(&self.levels, &self.classes)
    }

    /// The values that only some of the clients get.
    fn of_some(&self) -> Vec<OptionDatum> {
        of_others(&self.levels, &self.classes)
    }
}

/// A subnet, and what it inherits from.
pub(crate) struct EffectiveOptions<'a> {
    config: &'a Dhcp,
    subnet: &'a Subnet,
    network: Option<&'a SharedNetwork>,
}

impl<'a> EffectiveOptions<'a> {
    pub(crate) fn new(config: &'a Dhcp, subnet: &'a Subnet, network: Option<&'a SharedNetwork>) -> Self {
        Self { config, subnet, network }
    }

    /// Every option that is set for the whole subnet, those that are never sent among them; at the end those that only
    /// members of some class get.
    pub(crate) fn options(&self) -> Vec<OptionDatum> {
        let whole = self.levels(None);
        whole.of_all().into_iter().chain(whole.of_some()).collect()
    }

    /// What a client gets under that code, out of the pools. Where the pools do not agree, what is said for the whole
    /// subnet, and if that is nothing, what those pools agree on that say something.
    pub(crate) fn option(&self, space: &str, code: u16) -> Option<OptionDatum> {
        let whole = sent(&self.levels(None).of_all(), space, code);
        let in_pools: Vec<_> = self.pools().map(|levels| sent(&levels.of_all(), space, code)).collect();
        if !in_pools.is_empty() && in_pools.windows(2).all(|two| alike(two[0].as_ref(), two[1].as_ref())) {
            return in_pools.into_iter().next().flatten();
        }
        let said: Vec<_> = in_pools.into_iter().flatten().collect();
        let agreed = said.windows(2).all(|two| two[0].is_equivalent_to(&two[1]));
        whole.or_else(|| said.into_iter().next().filter(|_| agreed))
    }

    /// The default routers: option 3, or else the routes to everywhere (option 121).
    pub(crate) fn routers(&self) -> Vec<IpAddr> {
        let space = Family::V4.option_space();
        let named = self.option(space, ROUTERS).map(|datum| datum.addresses()).filter(|routers| !routers.is_empty());
        named.or_else(|| Some(self.option(space, ROUTES)?.default_routers())).unwrap_or_default()
    }

    /// Other routers that clients get: those of routes, of a pool, of any class, or for members of one. Their addresses are
    /// theirs, for every client.
    pub(crate) fn other_routers(&self) -> Vec<IpAddr> {
        let of_class = |class: &'a ClientClass| Levels { levels: vec![&class.option_data[..]], classes: Vec::new() };
        let of_classes = self.config.client_classes.iter().map(of_class);
        let levels = self.pools().chain([self.levels(None)]).chain(of_classes);
        let (main, mut others) = (self.routers(), Vec::new());
        let all = levels.flat_map(|levels| levels.of_all().into_iter().chain(levels.of_some()));
        for router in all.flat_map(|datum| datum.routers()) {
            if !main.contains(&router) && !others.contains(&router) {
                others.push(router);
            }
        }
        others
    }

    /// The levels of each pool, the innermost first.
    fn pools(&self) -> impl Iterator<Item = Levels<'a>> + use<'_, 'a> {
        self.subnet.pools.iter().map(|pool| self.levels(Some(pool)))
    }

    fn levels(&self, pool: Option<&'a Pool>) -> Levels<'a> {
        let Self { config, subnet, network, .. } = *self;
        let of_pool = pool.map(|pool| &pool.option_data[..]);
        let of_network = network.map(|network| &network.option_data[..]);
        let classes = self.classes(pool);
        let of_classes = classes.iter().map(|class| &class.option_data[..]);
        let inner = of_pool.into_iter().chain([&subnet.option_data[..]]).chain(of_network);
        let levels = inner.chain(of_classes).chain([&config.option_data[..]]).collect();
        let names = classes.iter().map(|class| class.name.as_str()).chain(self.guards(pool)).chain([ALL_CLIENTS]);
        Levels { levels, classes: names.collect() }
    }

    /// The classes without which nobody gets an address here: of several that are asked for one suffices, so none is sure.
    fn guards(&self, pool: Option<&'a Pool>) -> Vec<&'a str> {
        let Self { subnet, network, .. } = *self;
        let asked = [
            Some((&subnet.client_class, &subnet.client_classes)),
            network.map(|network| (&network.client_class, &network.client_classes)),
            pool.map(|pool| (&pool.client_class, &pool.client_classes)),
        ];
        let only = |(one, all): (&'a Option<String>, &'a Vec<String>)| match (one, all.as_slice()) {
            (Some(only), []) | (None, [only]) => Some(only.as_str()),
            _ => None,
        };
        asked.into_iter().flatten().filter_map(only).collect()
    }

    /// The classes of every client that gets an address here, the one that comes first at the start: those of all
    /// clients, those without which none gets one, and those without a test that are added to each that does.
    fn classes(&self, pool: Option<&'a Pool>) -> Vec<&'a ClientClass> {
        let Self { config, subnet, network, .. } = *self;
        let guards = self.guards(pool);
        let added = [
            pool.map(|pool| &pool.evaluate_additional_classes),
            Some(&subnet.evaluate_additional_classes),
            network.map(|network| &network.evaluate_additional_classes),
        ];
        let takes_all =
            |class: &&ClientClass| class.test.as_deref().is_none_or(|test| test.is_empty() || is_true(test));
        let named = |name: &String| config.client_classes.iter().find(|class| class.name == *name);
        let is_sure = |class: &&ClientClass| guards.contains(&class.name.as_str()) || takes_all_clients(class);
        let guarding = config.client_classes.iter().filter(is_sure);
        guarding.chain(added.into_iter().flatten().flatten().filter_map(named).filter(takes_all)).collect()
    }
}

/// Whether every client of the server is of that class.
fn takes_all_clients(class: &ClientClass) -> bool {
    class.only_in_additional_list != Some(true) && class.test.as_deref().is_some_and(is_true)
}

/// Whether a test holds for every client.
fn is_true(test: &str) -> bool {
    let bare: String = test.chars().filter(|c| !c.is_whitespace()).collect();
    bare == "member('ALL')"
}

/// The option, where it is sent. Routers, domain name and name servers Kea sends in spite of `never-send`.
fn sent(options: &[OptionDatum], space: &str, code: u16) -> Option<OptionDatum> {
    let is_it = |datum: &&OptionDatum| datum.code == code && datum.space() == space;
    let found = options.iter().find(is_it)?;
    let always = space == Family::V4.option_space() && [ROUTERS, 6, 15].contains(&code);
    (!found.data.is_empty() && (always || !found.never)).then(|| found.clone())
}

fn alike(one: Option<&OptionDatum>, other: Option<&OptionDatum>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.is_equivalent_to(other),
        (one, other) => one.is_none() && other.is_none(),
    }
}
