//! What `match-client-id` does to one machine that boots under one client identifier and runs under another.

use std::net::Ipv4Addr;

use serde_json::json;

use crate::dhcp::{answer, discover, listening, options};
use crate::lab::{Family, Kea};

const RESERVED: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 77);

/// A server on which the machine of the packets has a reservation by its MAC address.
fn reserving(match_client_id: bool) -> Kea {
    let subnet = json!({ "id": 1, "subnet": "127.0.0.0/8", "pools": [{ "pool": "127.1.0.1-127.1.0.200" }],
        "reservations": [{ "hw-address": "02:00:00:00:00:01", "ip-address": RESERVED }] });
    listening(Family::V4, &json!({ "match-client-id": match_client_id, "subnet4": [subnet] }))
}

/// The address that a client is given, from DISCOVER to ACK.
fn given(kea: &Kea, client_id: &[u8]) -> Ipv4Addr {
    let id = (61, client_id.to_vec());
    let offer = answer(kea, &discover(std::slice::from_ref(&id)));
    let address = |packet: &[u8]| Ipv4Addr::new(packet[16], packet[17], packet[18], packet[19]);
    let server = options(&offer).into_iter().find(|(code, _)| *code == 54).unwrap();
    let mut request = discover(&[id, (50, address(&offer).octets().to_vec()), server]);
    request[242] = 3;
    let said = answer(kea, &request);
    assert!(options(&said).contains(&(53, vec![5])), "an ACK");
    address(&said)
}

#[test]
fn a_machine_of_two_client_identifiers_keeps_its_reserved_address_by_mac_address_alone() {
    let [firmware, system]: [&[u8]; 2] = [b"\x00firmware", b"\xffsystem"];
    let by_id = reserving(true);
    assert_eq!(given(&by_id, firmware), RESERVED);
    assert_ne!(given(&by_id, system), RESERVED, "it is another client, and the address is taken");
    let by_mac = reserving(false);
    assert_eq!([given(&by_mac, firmware), given(&by_mac, system)], [RESERVED; 2]);
}
