//! Foreman's side of a deployment.

use services::{Actor, Services};

use crate::cli::check::Findings;
use crate::config::{SmartProxy, Tls};
use crate::listen::now;
use crate::listen::tls::Credentials;

pub(super) fn look(proxy: &SmartProxy, findings: &mut Findings) {
    match &proxy.tls {
        Some(tls) => look_at_certificates(tls, findings),
        None if proxy.listen.ip().is_loopback() => {}
        None => findings.warn(
            &format!("smart_proxy.listen: {} serves plain HTTP to the network", proxy.listen),
            "Set certificate_file, key_file and ca_file, and let Foreman use https.",
        ),
    }
    if proxy.tls.is_none() && !proxy.listen.ip().is_loopback() && proxy.host_names.is_empty() {
        findings.warn(
            "smart_proxy.host_names is not set: by plain HTTP Foreman reaches Nestor by an address alone, and by the name \
             of this machine",
            "Set it to the host of the URL that Foreman has for Nestor.",
        );
    }
    look_at_trust(proxy, findings);
    if proxy.ping.is_none() {
        findings.warn(
            "smart_proxy.ping_free_ip is off: an address in use that Kea does not know of can be suggested to Foreman",
            "Set it to true where Nestor can reach the hosts of the subnets.",
        );
    }
}

/// Foreman reserves one address for each interface of a bond.
pub(super) async fn look_at_bonds(services: &Services, findings: &mut Findings) {
    for server in services.foreman.servers_without_bonds(&Actor::CommandLine).await.unwrap_or_default() {
        findings.warn(
            &format!(
                "kea “{server}” gives an address to one reservation alone: Foreman’s hosts cannot have bonds there"
            ),
            "Where they have, set \"ip-reservations-unique\": false in Kea’s configuration, and restart it.",
        );
    }
}

fn look_at_certificates(tls: &Tls, findings: &mut Findings) {
    let credentials = match Credentials::read(tls) {
        Ok(credentials) => credentials,
        Err(fault) => return findings.fault(&fault.to_string(), "Nestor does not start like this."),
    };
    findings.fine(&format!("smart_proxy: the certificate files fit together ({})", credentials.summary()));
    for complaint in credentials.complaints(now()) {
        let text = format!("smart_proxy.{}", complaint.text);
        if complaint.grave {
            findings.fault(&text, complaint.advice);
        } else {
            findings.warn(&text, complaint.advice);
        }
    }
}

fn look_at_trust(proxy: &SmartProxy, findings: &mut Findings) {
    let advice = "List the name in Foreman’s certificate; over plain HTTP, its host name or address.";
    match proxy.trusted_hosts.as_deref() {
        None => {
            let text = "smart_proxy.trusted_hosts is not set: every host that reaches the port may call";
            findings.warn(text, advice);
        }
        Some([]) => findings.warn("smart_proxy.trusted_hosts is empty: no host may call", advice),
        Some(hosts) if hosts.iter().any(|host| host == smart_proxy::ANY_CERTIFICATE) => {
            let text = "smart_proxy.trusted_hosts has “*”: every host with a certificate of the authority may call";
            findings.warn(text, advice);
        }
        Some(hosts) => {
            findings.fine(&format!("smart_proxy.trusted_hosts: {}", hosts.join(", ")));
            for host in hosts.iter().filter(|host| host.contains('*')) {
                let text = format!("smart_proxy.trusted_hosts: “{host}” is not a pattern: it matches only itself");
                findings.warn(&text, advice);
            }
        }
    }
}
