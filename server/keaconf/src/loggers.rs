//! The loggers of a daemon: their names, and what each is about.

use crate::{Daemon, Document, HookLibrary, Path};

/// What Kea takes as a severity, the most said first. Any other word falls back to one of them without a word.
pub const SEVERITIES: [&str; 6] = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", "NONE"];

/// The parts of the DHCP daemons that have a logger of their own, below that of the daemon.
const PARTS: [(&str, &str); 17] = [
    ("alloc-engine", "Which address a client gets, and why."),
    ("auth", "Who may send commands."),
    ("bad-packets", "Packets that are dropped as faulty."),
    ("callouts", "What hook libraries are called for."),
    ("commands", "Commands that are sent to the server."),
    ("database", "Databases of leases, reservations and settings."),
    ("ddns", "DNS updates."),
    ("dhcpsrv", "Subnets, leases and options, as both daemons have them."),
    ("eval", "Expressions of client classes, step by step."),
    ("hooks", "Loading of hook libraries."),
    ("hosts", "Reservations: how they are looked for."),
    ("http", "The API over HTTP."),
    ("leases", "Leases that are given, renewed and released."),
    ("mysql", "The MySQL database."),
    ("options", "Options of packets."),
    ("packets", "Packets that come and go."),
    ("pgsql", "The PostgreSQL database."),
];

/// Libraries whose loggers do not go by their name.
const NAMED_OTHERWISE: [&str; 2] = ["mysql", "pgsql"];

/// A logger that there may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggerName {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub about: String,
}

impl Document {
    /// The loggers that there may be: that of the daemon, those of its parts, and those of the hooks that it loads.
    pub fn logger_names(&self) -> Vec<LoggerName> {
        let main = main(self.daemon);
        let logger = |name: String, about: &str| LoggerName { name, about: about.to_owned() };
        let mut names = vec![logger(main.to_owned(), "All that no other logger is for.")];
        if self.daemon.subnets().is_none() {
            return names;
        }
        let own = if self.daemon == Daemon::Dhcp6 { "dhcp6" } else { "dhcp4" };
        names.push(logger(format!("{main}.{own}"), "How the daemon starts, stops and is configured."));
        names.extend(PARTS.iter().map(|(part, about)| logger(format!("{main}.{part}"), about)));
        for (_, hook) in self.elements(&Path::root(), &self.root, "hooks-libraries") {
            let library = hook.text("library").and_then(HookLibrary::find);
            if let Some(library) = library.filter(|library| !NAMED_OTHERWISE.contains(&library.name)) {
                let name = format!("{main}.{}-hooks", library.name.replace('_', "-"));
                names.push(logger(name, &format!("The hook library {}.", library.name)));
            }
        }
        names
    }
}

/// The logger of a daemon.
fn main(daemon: Daemon) -> &'static str {
    match daemon {
        Daemon::Dhcp4 => "kea-dhcp4",
        Daemon::Dhcp6 => "kea-dhcp6",
        Daemon::D2 => "kea-dhcp-ddns",
        Daemon::ControlAgent => "kea-ctrl-agent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hooks_that_are_loaded_have_loggers() {
        let text = br#"{ "Dhcp6": { "hooks-libraries": [
            { "library": "/opt/libdhcp_flex_id.so" }, { "library": "libdhcp_pgsql.so" }, { "library": "own.so" } ] } }"#;
        let names: Vec<_> = Document::read(text).unwrap().logger_names().into_iter().map(|one| one.name).collect();
        assert_eq!(names.first().map(String::as_str), Some("kea-dhcp6"));
        assert_eq!(names.last().map(String::as_str), Some("kea-dhcp6.flex-id-hooks"));
        assert!(names.contains(&"kea-dhcp6.dhcp6".to_owned()) && names.len() == 20, "{names:?}");
    }
}
