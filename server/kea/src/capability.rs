//! What one daemon can do, from what it says of itself rather than from its version.

use std::collections::BTreeSet;

use crate::commands::ListCommands;
use crate::{Client, Command, Error};

/// The hook libraries that the console uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hook {
    /// Reservations.
    HostCmds,
    /// Leases.
    LeaseCmds,
    /// Subnets and shared networks.
    SubnetCmds,
    /// Client classes.
    ClassCmds,
    /// Address counts.
    StatCmds,
    /// High availability.
    Ha,
}

impl Hook {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::HostCmds, Self::LeaseCmds, Self::SubnetCmds, Self::ClassCmds, Self::StatCmds, Self::Ha];

    /// Its file, as written in a configuration.
    pub fn library(self) -> &'static str {
        match self {
            Self::HostCmds => "libdhcp_host_cmds.so",
            Self::LeaseCmds => "libdhcp_lease_cmds.so",
            Self::SubnetCmds => "libdhcp_subnet_cmds.so",
            Self::ClassCmds => "libdhcp_class_cmds.so",
            Self::StatCmds => "libdhcp_stat_cmds.so",
            Self::Ha => "libdhcp_ha.so",
        }
    }

    /// A command that only this hook brings. Hooks bring the commands of both families, whichever daemon loads them.
    fn sign(self) -> &'static str {
        match self {
            Self::HostCmds => "reservation-add",
            Self::LeaseCmds => "lease4-get-page",
            Self::SubnetCmds => "subnet4-list",
            Self::ClassCmds => "class-list",
            Self::StatCmds => "stat-lease4-get",
            Self::Ha => "ha-heartbeat",
        }
    }
}

/// What a daemon can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    commands: BTreeSet<String>,
}

impl Capabilities {
    /// From the answer to `list-commands`.
    pub fn new(commands: Vec<String>) -> Self {
        Self { commands: commands.into_iter().collect() }
    }

    /// Asks the daemon.
    pub async fn of(client: &Client) -> Result<Self, Error> {
        client.send(&ListCommands).await.map(Self::new)
    }

    /// The names of the commands that it knows, sorted.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.commands.iter().map(String::as_str)
    }

    /// Whether it knows this command. That does not say which family it serves: to the commands of the other one it
    /// answers that there is nothing.
    pub fn offers<C: Command>(&self) -> bool {
        self.commands.contains(C::NAME)
    }

    /// The hook libraries among these files of a configuration whose commands are not known: `config-get` still lists them
    /// when all of them went because one of them failed to load. Those without commands of their own cannot be told.
    pub fn unloaded<'a>(&self, files: impl IntoIterator<Item = &'a str>) -> Vec<Hook> {
        let named: Vec<&str> = files.into_iter().map(|file| file.rsplit('/').next().unwrap_or(file)).collect();
        Hook::ALL.into_iter().filter(|hook| named.contains(&hook.library()) && !self.has(*hook)).collect()
    }

    /// Whether a hook library is loaded; its commands say so, not the name of a file.
    pub fn has(&self, hook: Hook) -> bool {
        self.commands.contains(hook.sign())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Lease4GetPage, ReservationAdd};

    #[test]
    fn commands_show_the_hooks() {
        let commands = vec!["reservation-add".to_owned(), "config-get".to_owned()];
        let known = Capabilities::new(commands);
        assert!(known.has(Hook::HostCmds) && known.offers::<ReservationAdd>());
        assert!(!known.has(Hook::LeaseCmds) && !known.offers::<Lease4GetPage>());
    }

    #[test]
    fn libraries_that_are_listed_and_bring_no_commands_are_not_loaded() {
        let known = Capabilities::new(vec!["reservation-add".to_owned()]);
        let files = ["/usr/lib/kea/hooks/libdhcp_host_cmds.so", "libdhcp_lease_cmds.so", "libdhcp_flex_id.so"];
        assert_eq!(known.unloaded(files), [Hook::LeaseCmds]);
        assert_eq!(known.unloaded(["libdhcp_flex_id.so"]), []);
    }
}
