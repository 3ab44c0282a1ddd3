//! Everything that pages show of a subnet, as texts: whatever is shown can be found.

use crate::{Labels, OptionDatum, Pool, PoolSettings, PrefixPool, Subnet};

impl Subnet {
    /// Every text that a page shows of it, beside its prefix.
    pub fn texts(&self) -> Vec<String> {
        let names = [
            &self.name,
            &self.comment,
            &self.shared_network,
            &self.interface,
            &self.interface_id,
            &self.domain_name,
            &self.boot_file_name,
        ];
        let addresses = [&self.relays, &self.routers, &self.other_routers, &self.dns_servers, &self.ntp_servers];
        let mut texts: Vec<String> = names.into_iter().flatten().cloned().collect();
        texts.extend(addresses.into_iter().flatten().map(ToString::to_string));
        texts.extend(self.next_server.map(|server| server.to_string()));
        texts.extend(
            [&self.client_classes, &self.network_classes, &self.additional_classes].into_iter().flatten().cloned(),
        );
        texts.extend(self.unread.iter().cloned());
        of_labels(&self.network_labels, &mut texts);
        of_options(&self.options, &mut texts);
        self.pools.iter().for_each(|pool| of_pool(pool, &mut texts));
        self.prefix_pools.iter().for_each(|pool| of_prefix_pool(pool, &mut texts));
        texts
    }

    /// The classes that it, its shared network, a pool or an option of it is for, or asks for; some more than once.
    pub fn classes(&self) -> impl Iterator<Item = &str> {
        let settings = self.pools.iter().map(|pool| &pool.settings);
        let settings = settings.chain(self.prefix_pools.iter().map(|pool| &pool.settings));
        let of_pools = settings.flat_map(|of| {
            [&of.client_classes, &of.additional_classes].into_iter().flatten().chain(of_data(&of.options))
        });
        let own = [&self.client_classes, &self.network_classes, &self.additional_classes].into_iter().flatten();
        own.chain(of_data(&self.options)).chain(of_pools).map(String::as_str)
    }
}

fn of_data(options: &[OptionDatum]) -> impl Iterator<Item = &String> {
    options.iter().flat_map(|datum| &datum.client_classes)
}

fn of_labels(labels: &Labels, texts: &mut Vec<String>) {
    texts.extend([&labels.name, &labels.comment].into_iter().flatten().cloned());
}

fn of_options(options: &[OptionDatum], texts: &mut Vec<String>) {
    for datum in options {
        texts.push(datum.name.clone());
        texts.extend(datum.client_classes.iter().cloned());
        texts.extend(datum.readable());
    }
}

fn of_pool(pool: &Pool, texts: &mut Vec<String>) {
    texts.push(pool.range.to_string());
    of_settings(&pool.settings, texts);
}

fn of_prefix_pool(pool: &PrefixPool, texts: &mut Vec<String>) {
    texts.push(pool.prefix.to_string());
    texts.extend(pool.excluded.map(|excluded| excluded.to_string()));
    of_settings(&pool.settings, texts);
}

fn of_settings(settings: &PoolSettings, texts: &mut Vec<String>) {
    texts.extend(settings.client_classes.iter().chain(&settings.additional_classes).cloned());
    of_labels(&settings.labels, texts);
    of_options(&settings.options, texts);
}
