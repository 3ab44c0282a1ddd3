//! A real DHCP client, in a network namespace where nothing else is.

use std::collections::HashMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::lab::{Family, Kea, program};
use super::load::Record;
use super::namespace;

/// What runs in the namespace: a cable, the server at one end, the client at the other.
const SCENE: &str = r#"
ip link set lo up
ip link add s0 type veth peer name c0
ip addr add 10.77.0.1/20 dev s0
ip link set s0 up
ip link set c0 address "$MAC"
ip link set c0 up
KEA_RUN=$RUN "$KEA" -c "$RUN/kea.conf" >"$RUN/kea.log" 2>&1 &
eval "set -- $ASKS"
"$BUSYBOX" udhcpc -i c0 -f -n -q -t 10 -T 1 "$@" -s "$EVENT" >"$RUN/client.log" 2>&1 || { cat "$RUN/client.log" "$RUN/kea.log"; exit 1; }
"#;

/// What is done with an answer: all of it is written down.
const NOTE_ALL: &str = "#!/bin/sh\n[ \"$1\" != bound ] || env >\"$LAB_OUT\"\n";

/// Starts Kea once more from the file that this one wrote, lets the client ask it, and sees that it gets this.
pub fn gets(kea: &Kea, mac: &str, record: &Record) {
    let event = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/lab/udhcpc-event.sh");
    let config = serde_json::from_slice(&std::fs::read(kea.config_path()).unwrap()).unwrap();
    let got: Value = serde_json::from_str(&answer(config, mac, "", Path::new(event))).unwrap();
    assert_eq!((&got["ip"], &got["hostname"]), (&json!(record.address), &json!(record.host_name)), "{mac}: {got}");
}

/// Starts Kea with this configuration of 10.77.0.0/20, lets the client ask it with these words for `udhcpc`, and tells all that
/// it got, by udhcpc’s names.
pub fn told(config: Value, mac: &str, asks: &str) -> HashMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("event.sh");
    std::fs::write(&event, NOTE_ALL).unwrap();
    std::fs::set_permissions(&event, Permissions::from_mode(0o755)).unwrap();
    let lines = answer(config, mac, asks, &event);
    let pairs = lines.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn answer(mut config: Value, mac: &str, asks: &str, event: &Path) -> String {
    let folder = tempfile::Builder::new().prefix("kea").tempdir().unwrap();
    config["Dhcp4"]["interfaces-config"] = json!({ "interfaces": ["s0"] });
    std::fs::write(folder.path().join("kea.conf"), config.to_string()).unwrap();
    let (program, got) = (program(Family::V4), folder.path().join("got"));
    let mut command = namespace::shell(SCENE);
    command.env("MAC", mac).env("RUN", folder.path()).env("KEA", &program).env("EVENT", event).env("ASKS", asks);
    command.env("LAB_OUT", &got).env("LAB_RELEASE", "0");
    let output = command.output().unwrap();
    let report = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "no lease for {mac}: {report}");
    std::fs::read_to_string(&got).unwrap()
}

/// A Kea that `perfdhcp` of this machine can ask, by a relay that it plays: `lo` is the only interface.
pub fn reachable(mut dhcp4: Value) -> Value {
    dhcp4["interfaces-config"] = json!({ "interfaces": ["lo/127.0.0.1"], "dhcp-socket-type": "udp" });
    dhcp4["subnet4"][0]["relay"] = json!({ "ip-addresses": ["127.0.0.1"] });
    dhcp4
}

/// The same for IPv6: the relay that is played is `::1`.
pub fn reachable6(mut dhcp6: Value) -> Value {
    dhcp6["interfaces-config"] = json!({ "interfaces": ["lo/::1"] });
    dhcp6
}

/// Whether the running Kea gives a client a lease, from DISCOVER to ACK; it is asked for 0.3 s.
pub fn is_served(kea: &Kea) -> bool {
    is_acknowledged(kea, &["-4", "-l", "127.0.0.1"], "127.0.0.1")
}

/// Whether the running Kea gives a client of IPv6 an address and a prefix, from SOLICIT to REPLY; it is asked for as long.
pub fn is_served6(kea: &Kea) -> bool {
    is_acknowledged(kea, &["-6", "-l", "::1", "-A", "1", "-e", "address-and-prefix"], "::1")
}

fn is_acknowledged(kea: &Kea, words: &[&str], at: &str) -> bool {
    let [server, client] = [kea.dhcp_port(), kea.client_port()].map(|port| port.to_string());
    let mut command = Command::new(program(Family::V4).with_file_name("perfdhcp"));
    command.args(words).args(["-g", "single", "-N", &server, "-L", &client]);
    // It ends with its last question, so the first one is the one that is answered.
    let output = command.args(["-r", "10", "-R", "1", "-n", "2", at]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let answered = said.lines().filter_map(|line| line.trim().strip_prefix("received packets:")?.trim().parse().ok());
    answered.collect::<Vec<u32>>().get(1).is_some_and(|acknowledged| *acknowledged > 0)
}
