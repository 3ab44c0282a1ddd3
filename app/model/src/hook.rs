//! The hook libraries of Kea that Nestor uses: what is missing without one, and how to add it. The one source for the
//! form, the pages, `nestor check` and the manual (`server/docs/kea.md`).

use serde::{Deserialize, Serialize};

use crate::{Finding, Severity};

/// A hook library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hook {
    /// Reservations.
    HostCmds,
    /// Leases.
    LeaseCmds,
    /// Counts.
    StatCmds,
    /// Subnets.
    SubnetCmds,
}

impl Hook {
    /// Those that every server should have.
    pub const NEEDED: [Self; 3] = [Self::HostCmds, Self::LeaseCmds, Self::StatCmds];

    /// Its name, as the Kea manual has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::HostCmds => "host_cmds",
            Self::LeaseCmds => "lease_cmds",
            Self::StatCmds => "stat_cmds",
            Self::SubnetCmds => "subnet_cmds",
        }
    }

    /// What goes without it.
    pub fn without(self) -> &'static str {
        match self {
            Self::HostCmds => "reservations can be neither seen nor changed",
            Self::LeaseCmds => "leases can be neither seen nor released, and no free address is suggested",
            Self::StatCmds => {
                "how full subnets are is counted by Nestor from what it has read, and open pages do not follow leases by \
                 themselves"
            }
            Self::SubnetCmds => "names and comments of subnets cannot be changed",
        }
    }

    /// The line that adds it to Kea’s configuration.
    pub fn line(self) -> String {
        format!("{{ \"library\": \"libdhcp_{}.so\" }}", self.name())
    }

    /// How it is added.
    pub fn advice(self) -> String {
        format!("Add {} to “hooks-libraries” in Kea’s configuration, and reload it.", self.line())
    }

    /// That a server does not have it.
    pub fn is_missing(self) -> Finding {
        let severity = if self == Self::StatCmds { Severity::Warns } else { Severity::Blocks };
        let text = format!("Without the hook library {}, which is not loaded, {}.", self.name(), self.without());
        Finding { severity, text, advice: self.advice(), items: Vec::new(), line: Some(self.line()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_hook_is_reported_with_its_name_and_the_line_to_add() {
        let missing = Hook::LeaseCmds.is_missing();
        assert_eq!(
            missing.text,
            "Without the hook library lease_cmds, which is not loaded, leases can be neither seen nor released, and no free \
             address is suggested."
        );
        assert_eq!(missing.line.as_deref(), Some(r#"{ "library": "libdhcp_lease_cmds.so" }"#));
        assert!(missing.advice.contains(&Hook::LeaseCmds.line()), "{}", missing.advice);
    }

    #[test]
    fn the_manual_says_the_same() {
        let manual = include_str!("../../../server/docs/kea.md");
        for hook in Hook::NEEDED {
            let row = format!("| `{}` | {} |", hook.name(), hook.without());
            assert!(manual.contains(&row) && manual.contains(&hook.line()), "{row}");
        }
    }
}
