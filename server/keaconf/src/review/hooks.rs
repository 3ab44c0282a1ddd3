//! Hook libraries that are taken out: what goes with them.

use std::collections::BTreeSet;

use model::Hook;

use super::{Finding, Severity};
use crate::{Document, HookLibrary, Path};

/// What else Kea does for its clients by a library, as the end of “without it …”.
const ELSE: [(&str, &str); 12] = [
    ("class_cmds", "client classes can be changed with the whole configuration alone (config-set)"),
    ("ha", "it leaves its pair: the two share no leases any more, and may give one address to two clients"),
    ("ping_check", "addresses are offered that others may use"),
    ("limits", "limits of leases and answers hold no longer"),
    ("flex_id", "reservations by flex-id fit nobody"),
    ("flex_option", "clients get no options by expressions"),
    ("radius", "nobody is asked for whom an address is"),
    ("legal_log", "it is not written down any more who had which address"),
    ("run_script", "no program hears of leases"),
    ("ddns_tuning", "no host names are made up for DNS"),
    ("lease_query", "lease queries are not answered"),
    ("bootp", "BOOTP clients are not answered"),
];

/// What goes with the libraries that a step takes out, of those that are known.
pub(super) fn taken_out(before: &Document, after: &Document) -> Vec<Finding> {
    let list = Path::root().member("hooks-libraries");
    let names = |document: &Document| -> BTreeSet<&'static str> {
        let loaded = document.elements(&Path::root(), &document.root, "hooks-libraries").into_iter();
        loaded.filter_map(|(_, map)| HookLibrary::find(map.text("library")?)).map(|library| library.name).collect()
    };
    let (old, new) = (names(before), names(after));
    let finding = |name: &&'static str| {
        let ours = [Hook::HostCmds, Hook::LeaseCmds, Hook::StatCmds, Hook::SubnetCmds];
        let by_nestor = ours.into_iter().find(|hook| hook.name() == *name).map(Hook::without);
        let what = match by_nestor {
            Some(without) => format!("in Nestor, and by Foreman, {without}"),
            None => ELSE.iter().find(|(known, _)| known == name)?.1.to_owned(),
        };
        let text = format!("The hook library {name} is taken out: without it {what}.");
        Some(Finding { rule: "hook-gone", severity: Severity::Warning, path: list.clone(), text, mend: Vec::new() })
    };
    old.difference(&new).filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_with_a_library_is_said_of_those_that_go() {
        let of =
            |hooks: &str| Document::read(format!(r#"{{"Dhcp4":{{"hooks-libraries":[{hooks}]}}}}"#).as_bytes()).unwrap();
        let (host, own) = (r#"{"library":"/usr/lib/kea/hooks/libdhcp_host_cmds.so"}"#, r#"{"library":"own.so"}"#);
        let found = taken_out(&of(&format!("{host},{own}")), &of(""));
        assert_eq!(found.len(), 1, "what an unknown one does is not known");
        assert!(
            found[0].text.contains("by Foreman, reservations can be neither seen nor changed"),
            "{}",
            found[0].text
        );
        let moved = host.replace("/usr/lib/kea/hooks/", "/opt/");
        assert!(taken_out(&of(host), &of(&moved)).is_empty(), "it comes from another folder");
        assert!(ELSE.iter().all(|(name, _)| HookLibrary::find(name).is_some_and(|library| library.name == *name)));
    }
}
