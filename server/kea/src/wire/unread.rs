//! What of a configuration is of none of our types: elements of its lists, and members that were set aside.

use super::{ClientClass, Database, Dhcp, OptionData, PdPool, Pool, Raw, Record, SharedNetwork, Subnet, SubnetListing};

/// What of a configuration is not understood, with its place in words.
pub type Unread<'a> = Vec<(String, &'a Raw)>;

impl Dhcp {
    /// All of it that is not understood.
    pub fn unread(&self) -> Unread<'_> {
        let mut found = Unread::new();
        note(&mut found, "", "", &self.unread);
        note(&mut found, "", "subnet", self.subnet.raw());
        note(&mut found, "", "shared network", self.shared_networks.raw());
        for network in &self.shared_networks {
            let place = format!("shared network “{}”", network.name);
            note(&mut found, &place, "", &network.unread);
            note(&mut found, &place, "subnet", network.subnet.raw());
            note(&mut found, &place, "option", network.option_data.raw());
        }
        for (subnet, _) in self.subnets() {
            let place = format!("subnet {}", subnet.id);
            found.extend(subnet.unread().into_iter().map(|(within, raw)| (format!("{place}, {within}"), raw)));
        }
        note(&mut found, "", "client class", self.client_classes.raw());
        for class in &self.client_classes {
            let place = format!("client class “{}”", class.name);
            note(&mut found, &place, "", &class.unread);
            note(&mut found, &place, "option", class.option_data.raw());
        }
        note(&mut found, "", "option", self.option_data.raw());
        note(&mut found, "", "hook library", self.hooks_libraries.raw());
        note(&mut found, "", "host database", self.hosts_databases.raw());
        found
    }
}

impl Subnet {
    /// All of it that is not understood; its reservations are asked for by commands.
    pub fn unread(&self) -> Unread<'_> {
        let mut found = Unread::new();
        note(&mut found, "", "", &self.unread);
        note(&mut found, "", "option", self.option_data.raw());
        note(&mut found, "", "pool", self.pools.raw());
        note(&mut found, "", "prefix pool", self.pd_pools.raw());
        for pool in &self.pools {
            let place = format!("pool {}", pool.pool);
            note(&mut found, &place, "", &pool.unread);
            note(&mut found, &place, "option", pool.option_data.raw());
        }
        for pool in &self.pd_pools {
            let place = format!("prefix pool {}/{}", pool.prefix, pool.prefix_len);
            note(&mut found, &place, "", &pool.unread);
            note(&mut found, &place, "option", pool.option_data.raw());
        }
        found
    }
}

/// `what`: the element of a list that each is; empty: a member, which has a name.
fn note<'a>(found: &mut Unread<'a>, within: &str, what: &str, all: &'a [Raw]) {
    let named = |raw: &'a Raw| {
        let name = if what.is_empty() { &raw.member } else { what };
        (if within.is_empty() { name.to_owned() } else { format!("{within}, {name}") }, raw)
    };
    found.extend(all.iter().map(named));
}

/// Elements that mean something without one of their members.
macro_rules! in_parts {
    ($($element:ty),* $(,)?) => {$(
        impl Record for $element {
            const IN_PARTS: bool = true;

            fn set_aside(&mut self, members: Vec<Raw>) -> bool {
                self.unread.extend(members);
                true
            }
        }
    )*};
}

in_parts!(Dhcp, SharedNetwork, Subnet, PdPool, ClientClass);

impl Record for Pool {
    const IN_PARTS: bool = true;

    fn set_aside(&mut self, members: Vec<Raw>) -> bool {
        self.unread.extend(members);
        !self.pool.is_empty()
    }
}

impl Record for OptionData {}
impl Record for Database {}
impl Record for SubnetListing {}
