//! The DNS updates of a server: the connection to the daemon that makes them, and what is updated.

use keaconf::{Document, Path, Way, Words};
use model::{DdnsSettings, ParameterGroup, ServerName};

use super::Configurations;
use super::forms::place;
use super::parameters::parameters;
use super::view::shown;
use crate::{Actor, Result};

/// How the rules begin that are about DNS updates.
const RULES: &str = "ddns-";

impl Configurations {
    /// The DNS updates of a server.
    pub async fn ddns(&self, actor: &Actor, server: &ServerName) -> Result<DdnsSettings> {
        ddns(&self.show(actor, server).await?)
    }
}

fn ddns(document: &Document) -> Result<DdnsSettings> {
    let all = parameters(document, &Path::root())?.groups.into_iter().flat_map(|group| group.parameters);
    let (connection, updates): (Vec<_>, Vec<_>) = all
        .filter(|row| row.path.starts_with("dhcp-ddns.") || is_of_updates(&row.path))
        .partition(|row| row.path.starts_with("dhcp-ddns."));
    let group = |title: &str, parameters| ParameterGroup::new(title, parameters);
    let words = Words::new(document, document);
    let own = document.parts().into_iter().flat_map(|part| {
        let members = part.map.iter().filter_map(|(name, _)| name.as_str());
        members.filter(|name| is_of_updates(name)).map(|name| part.path.member(name)).collect::<Vec<_>>()
    });
    let findings = keaconf::review(document, Way::Api);
    let findings: Vec<_> = findings.into_iter().filter(|finding| finding.rule.starts_with(RULES)).collect();
    Ok(DdnsSettings {
        groups: vec![group("Connection to kea-dhcp-ddns", connection), group("What is updated", updates)],
        elsewhere: own.map(|path| place(&words, &path)).collect(),
        findings: shown(document, &findings),
    })
}

fn is_of_updates(name: &str) -> bool {
    name.starts_with("ddns-") || name.starts_with("hostname-char-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> DdnsSettings {
        ddns(&Document::read(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn the_switch_comes_with_what_is_updated_and_what_has_it_otherwise() {
        let found = of(r#"{ "Dhcp4": { "dhcp-ddns": { "enable-updates": true, "server-port": 53002 },
            "ddns-qualifying-suffix": "example.org",
            "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24", "ddns-qualifying-suffix": "lab.example.org" }] } }"#);
        let paths = |at: usize| found.groups[at].parameters.iter().map(|row| row.path.as_str()).collect::<Vec<_>>();
        assert!(
            paths(0).contains(&"dhcp-ddns.enable-updates")
                && paths(0).iter().all(|path| path.starts_with("dhcp-ddns."))
        );
        assert!(paths(1).contains(&"ddns-send-updates") && paths(1).contains(&"hostname-char-set"));
        assert_eq!(found.elsewhere[0].label, "subnet 192.0.2.0/24 (id 1): ddns-qualifying-suffix");
        let [finding] = found.findings.as_slice() else { panic!("{:?}", found.findings) };
        assert!(finding.rule == "ddns-daemon" && finding.text.contains("127.0.0.1 port 53002"), "{finding:?}");
    }

    #[test]
    fn a_wish_that_nothing_comes_of_is_said_with_the_switch_that_mends_it() {
        let found =
            of(r#"{ "Dhcp6": { "subnet6": [{ "id": 1, "subnet": "2001:db8::/64", "ddns-send-updates": true }] } }"#);
        let [finding] = found.findings.as_slice() else { panic!("{:?}", found.findings) };
        assert_eq!((finding.rule.as_str(), finding.mend[0].path.as_str()), ("ddns-off", "dhcp-ddns.enable-updates"));
        assert_eq!(of(r#"{ "Dhcp6": { } }"#).findings, []);
    }
}
