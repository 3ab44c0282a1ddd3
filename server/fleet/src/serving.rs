//! Whether a server serves clients. One that refused a configuration answers every other question as if nothing were wrong,
//! and lends no addresses any more (Kea 3.0.3, and all before it).

use std::sync::Arc;

use kea::Capabilities;
use kea::commands::{Lease4GetPage, Lease6GetPage, ListCommands, PageSize, StatLease4Get, StatLease6Get};
use kea::wire::{Sockets, Status};
use model::{Family, Finding, Severity};
use services::{Error, Result};

use crate::error::LEASES_AWAY;
use crate::node::{CAPABILITIES_FOR, Node};
use crate::probe::finding;

/// Whether a server has leases to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lends {
    /// It has.
    Yes,
    /// It has none to look at.
    No,
    /// It lists hook libraries and knows none of their commands: one of them failed to load when it was configured. Then it
    /// answers nobody (seen on 3.0.3).
    WithoutHooks,
    /// It does not say: it lacks the hook libraries that would.
    Unseen,
}

impl Node {
    /// Whether it has leases to give: asked for one, or where that hook is missing for how many there are.
    pub(crate) async fn lends(self: &Arc<Self>) -> Result<Lends> {
        let limit = PageSize::new(1);
        let asked = match self.family() {
            Family::V4 => self.ask(&Lease4GetPage { from: None, limit }).await.map(drop),
            Family::V6 => self.ask(&Lease6GetPage { from: None, limit }).await.map(drop),
        };
        let asked = match asked {
            Err(error) if is_missing(&error) => match self.family() {
                Family::V4 => self.ask(&StatLease4Get::default()).await.map(drop),
                Family::V6 => self.ask(&StatLease6Get::default()).await.map(drop),
            },
            asked => asked,
        };
        match asked {
            Ok(()) => Ok(Lends::Yes),
            Err(Error::Unreachable { why, .. }) if why == LEASES_AWAY => Ok(Lends::No),
            // `leases-reclaim`, which every server knows, is answered all the same.
            Err(error) if is_missing(&error) => {
                Ok(if self.has_lost_hooks().await? { Lends::WithoutHooks } else { Lends::Unseen })
            }
            Err(error) => Err(error),
        }
    }

    /// Whether it lists hook libraries that it has not loaded.
    async fn has_lost_hooks(self: &Arc<Self>) -> Result<bool> {
        let capabilities = Capabilities::new(self.ask(&ListCommands).await?);
        let config = self.config(CAPABILITIES_FOR).await?;
        let files = config.hooks_libraries.iter().map(|hook| hook.library.as_str());
        Ok(!capabilities.unloaded(files).is_empty())
    }
}

impl Lends {
    /// Whether it is known that it serves nobody.
    pub(crate) fn serves_nobody(self) -> bool {
        matches!(self, Self::No | Self::WithoutHooks)
    }
}

fn is_missing(error: &Error) -> bool {
    matches!(error, Error::MissingHook { .. } | Error::Unsupported { .. })
}

/// That a server says itself that it serves nobody: it was switched off.
pub(crate) fn switched_off(daemon: &str, status: &Status) -> Option<Finding> {
    let state = status.dhcp_state.as_ref()?;
    let (text, advice) = if !state.disabled_by_db_connection.is_empty() {
        let text = "DHCP is not being served: Kea has switched it off until it reaches its database again.";
        (text, "See that the database runs, and that Kea reaches it.".to_owned())
    } else if state.disabled_by_user {
        let text = "DHCP is not being served: it was switched off by a command (dhcp-disable).";
        (text, format!("Switch it on again (dhcp-enable), or restart kea-{daemon}."))
    } else {
        // What a pair switches off, it switches on: the state of the pair says it.
        return None;
    };
    Some(finding(Severity::Blocks, text, advice))
}

/// That a server does not hear its clients everywhere.
pub(crate) fn unheard(status: &Status) -> Option<Finding> {
    let Sockets { status, errors } = status.sockets.as_ref()?;
    let (severity, text) = match status.as_str() {
        "ready" => return None,
        "retrying" => (Severity::Warns, "It does not listen on every interface yet; it is still trying."),
        _ => (Severity::Blocks, "It does not listen on every interface: clients there are not served."),
    };
    let advice = "See that the interfaces of “interfaces-config” are up and that nothing else uses the port; then reload \
                  Kea’s configuration.";
    Some(Finding { items: errors.clone(), ..finding(severity, text, advice) })
}

#[cfg(test)]
mod tests {
    use kea::wire::DhcpState;

    use super::*;

    fn status(dhcp_state: Option<DhcpState>, sockets: Option<(&str, &str)>) -> Status {
        let sockets =
            sockets.map(|(status, error)| Sockets { status: status.to_owned(), errors: vec![error.to_owned()] });
        Status {
            pid: 1,
            uptime: 1,
            reload: 1,
            multi_threading_enabled: None,
            dhcp_state,
            sockets,
            high_availability: Vec::new(),
        }
    }

    #[test]
    fn who_switched_it_off_is_said_but_for_a_pair() {
        let said = |state: DhcpState| switched_off("dhcp4", &status(Some(state), None)).map(|found| found.text);
        let off = DhcpState { globally_disabled: true, ..DhcpState::default() };
        let by_user = said(DhcpState { disabled_by_user: true, ..off.clone() }).unwrap();
        assert!(by_user.contains("dhcp-disable"), "{by_user}");
        let by_database = said(DhcpState { disabled_by_db_connection: vec![4], ..off.clone() }).unwrap();
        assert!(by_database.contains("database"), "{by_database}");
        assert_eq!(said(DhcpState { disabled_by_local_command: vec![1000], ..off }), None);
        assert_eq!(said(DhcpState::default()), None);
        assert_eq!(switched_off("dhcp4", &status(None, None)), None);
    }

    #[test]
    fn an_interface_that_is_not_listened_on_is_named() {
        let why = "Failed to open socket on interface lo, reason: Failed to bind socket 16 to 127.0.0.1/port=67";
        let found = unheard(&status(None, Some(("failed", why)))).unwrap();
        assert_eq!((found.severity, found.items), (Severity::Blocks, vec![why.to_owned()]));
        assert_eq!(unheard(&status(None, Some(("retrying", why)))).unwrap().severity, Severity::Warns);
        assert_eq!((unheard(&status(None, Some(("ready", "")))), unheard(&status(None, None))), (None, None));
    }
}
