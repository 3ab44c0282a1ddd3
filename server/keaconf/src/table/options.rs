//! The codes of the options that Kea knows by name.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::Daemon;

type Names = HashMap<(&'static str, &'static str), i64>;

/// The code of an option of a space by its name.
pub(crate) fn code(daemon: Daemon, space: &str, name: &str) -> Option<i64> {
    static NAMES: OnceLock<[Names; 2]> = OnceLock::new();
    let names = NAMES.get_or_init(|| ["4", "6"].map(read));
    let names = match daemon {
        Daemon::Dhcp4 => &names[0],
        Daemon::Dhcp6 => &names[1],
        Daemon::D2 | Daemon::ControlAgent => return None,
    };
    names.get(&(space, name)).copied()
}

/// The name of an option of a space by its code.
pub(crate) fn name(daemon: Daemon, space: &str, code: i64) -> Option<&'static str> {
    let family = if daemon == Daemon::Dhcp6 { "6" } else { "4" };
    entries(family).find(|entry| entry.0 == space && entry.1 == code).map(|entry| entry.2)
}

fn entries(family: &str) -> impl Iterator<Item = (&'static str, i64, &'static str)> {
    let lines = include_str!("../../tables/options.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(move |line| {
        let [own, space, code, name] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
        (own == family).then_some((space, code.parse().ok()?, name))
    })
}

fn read(family: &str) -> Names {
    entries(family).map(|(space, code, name)| ((space, name), code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_known_by_name_and_code() {
        assert_eq!(code(Daemon::Dhcp4, "dhcp4", "domain-name-servers"), Some(6));
        assert_eq!(code(Daemon::Dhcp6, "dhcp6", "dns-servers"), Some(23));
        assert_eq!(name(Daemon::Dhcp4, "dhcp4", 3), Some("routers"));
        assert_eq!(entries("4").count() + entries("6").count(), 256);
    }
}
