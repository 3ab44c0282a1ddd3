//! The test bench against the real Kea: it says of a packet in which classes it is, and where it gets its address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use keaconf::Document;
use model::{AddressRange, ClassTime, PacketTrial, SamplePacket, TriedPlace, Verdict};
use serde_json::{Value, json};

use crate::dhcp;
use crate::lab::Family;

/// The client id of a reservation in the last subnet.
const RESERVED: [u8; 7] = [1, 2, 0, 0, 0, 0, 7];

fn classes() -> Value {
    json!([
        { "name": "pxe", "test": "substring(option[60].hex, 0, 9) == 'PXEClient'" },
        { "name": "bios", "test": "member('pxe') and option[93].hex == 0x0000" },
        { "name": "port", "test": "relay4[1].hex == 'port 7'" },
        { "name": "guests" },
        { "name": "early-guests", "test": "member('guests')" },
        { "name": "not-guests", "test": "not member('guests')" },
        { "name": "late-guests", "test": "member('KNOWN') and member('guests')" },
        { "name": "strangers", "test": "member('UNKNOWN')" },
        { "name": "after-strangers", "test": "not member('strangers')" },
        { "name": "each", "template-test": "option[12].hex" },
        { "name": "SPAWN_each_a" },
        { "name": "each-a", "test": "member('SPAWN_each_a')" },
        { "name": "vendor", "test": "member('VENDOR_CLASS_MSFT 5.0')" },
        { "name": "asked", "test": "member('pxe')", "only-in-additional-list": true },
        { "name": "asked-free", "only-in-additional-list": true },
        { "name": "not-asked", "test": "member('ALL')", "only-in-additional-list": true },
        { "name": "after-asked", "test": "member('asked')" },
        { "name": "gives-up", "test": "addrtotext('abc') == 'x' or member('ALL')" },
    ])
}

fn pool(third: u8, classes: &[&str]) -> Value {
    let pool = format!("127.{third}.0.1-127.{third}.0.200");
    if classes.is_empty() { json!({ "pool": pool }) } else { json!({ "pool": pool, "client-classes": classes }) }
}

/// Overlapping subnets, so that the classes alone decide which one it is.
fn site() -> Value {
    let asks = json!(["asked", "asked-free", "gone"]);
    json!({
        "client-classes": classes(),
        "subnet4": [
            { "id": 1, "subnet": "127.0.0.0/8", "client-classes": ["strangers"], "pools": [pool(1, &[])] },
            {
                "id": 2, "subnet": "127.0.0.0/9", "client-classes": ["pxe"], "evaluate-additional-classes": asks,
                "pools": [pool(2, &[])],
            },
            { "id": 4, "subnet": "127.0.0.0/11", "client-classes": ["not-guests"], "pools": [pool(6, &[])] },
            {
                "id": 3, "subnet": "127.0.0.0/10",
                "pools": [pool(3, &["late-guests"]), pool(4, &["strangers", "port"]), pool(5, &["KNOWN"])],
                "reservations": [{ "client-id": "01:02:00:00:00:00:07", "client-classes": ["guests"] }],
            },
        ],
    })
}

/// A packet as it is typed, and its options as they are sent.
struct Case(SamplePacket, Vec<(u8, Vec<u8>)>);

fn cases() -> Vec<Case> {
    let text = |text: &str| text.to_owned();
    let plain =
        || SamplePacket { mac: text("02:00:00:00:00:01"), relay: dhcp::RELAY.to_string(), ..SamplePacket::default() };
    let option = |name: &str, value: &str| vec![(text(name), text(value))];
    let pxe = "PXEClient:Arch:00000:UNDI:002001";
    vec![
        Case(plain(), vec![]),
        Case(
            SamplePacket { vendor_class: text("MSFT 5.0"), options: option("host-name", "a"), ..plain() },
            vec![(12, b"a".to_vec()), (60, b"MSFT 5.0".to_vec())],
        ),
        Case(
            SamplePacket { vendor_class: text(pxe), options: option("client-system", "0"), ..plain() },
            vec![(60, pxe.into()), (93, vec![0, 0])],
        ),
        Case(SamplePacket { circuit_id: text("port 7"), ..plain() }, vec![(82, [&[1, 6][..], b"port 7"].concat())]),
        Case(
            SamplePacket {
                client_id: text("01:02:00:00:00:00:07"),
                known: true,
                classes: vec![text("guests")],
                ..plain()
            },
            vec![(61, RESERVED.to_vec())],
        ),
    ]
}

/// Whether the packet is in each of these classes when Kea answers, and the address that it gets.
fn by_kea(names: &[String], config: &Value, sent: &[(u8, Vec<u8>)]) -> (Vec<bool>, Ipv4Addr) {
    let option = |(at, name): (usize, &String)| json!({ "code": 225 + at, "add": format!("ifelse(member('{name}'), '1', '0')"), "csv-format": false });
    let options: Vec<_> = names.iter().enumerate().map(option).collect();
    let mut config = config.clone();
    config["hooks-libraries"] = json!([{ "library": "libdhcp_flex_option.so", "parameters": { "options": options } }]);
    let kea = dhcp::listening(Family::V4, &config);
    let asked = (225..=u8::try_from(224 + names.len()).unwrap()).collect();
    let answer = dhcp::answer(&kea, &dhcp::discover(&[sent.to_vec(), vec![(55, asked)]].concat()));
    let found = dhcp::options(&answer);
    let is_in = |at: usize| found.iter().any(|option| usize::from(option.0) == 225 + at && option.1 == b"1");
    let address: [u8; 4] = answer[16..20].try_into().unwrap();
    ((0..names.len()).map(is_in).collect(), address.into())
}

fn document(config: &Value, root: &str) -> Document {
    Document::read(json!({ root: config }).to_string().as_bytes()).unwrap()
}

/// Whether a packet is in a class when it is answered from a subnet.
fn by_us(trial: &PacketTrial, place: &TriedPlace, name: &str) -> bool {
    let class = trial.classes.iter().find(|class| class.name == name);
    match class.filter(|class| class.when == ClassTime::Asked) {
        Some(_) => place.asks.contains(&format!("{name}: in it")),
        None => trial.member_of.iter().any(|known| known == name),
    }
}

/// The pool that an address is of, of what was tried.
fn pool_of(place: &TriedPlace, address: IpAddr) -> Option<&TriedPlace> {
    place.pools.iter().find(|pool| {
        let range: AddressRange = pool.label.trim_start_matches("pool ").parse().unwrap();
        range.contains(address)
    })
}

#[test]
fn kea_puts_a_packet_into_the_classes_and_the_pool_that_we_say() {
    let config = site();
    let document = document(&config, "Dhcp4");
    let mut faults = Vec::new();
    for Case(sample, sent) in cases() {
        let trial = document.try_packet(&sample).unwrap();
        let mut names: Vec<String> = trial.classes.iter().map(|class| class.name.clone()).collect();
        names.extend(["ALL", "KNOWN", "UNKNOWN"].map(str::to_owned));
        let (kea, address) = by_kea(&names, &config, &sent);
        let place = trial.subnets.iter().find(|place| place.open == Verdict::Yes).unwrap();
        let ours: Vec<bool> = names.iter().map(|name| by_us(&trial, place, name)).collect();
        for ((name, ours), kea) in names.iter().zip(ours).zip(kea) {
            if ours != kea {
                faults.push(format!("{name}: ours {ours}, Kea's {kea}, for {sample:?}"));
            }
        }
        let pool = pool_of(place, address.into());
        if pool.is_none_or(|pool| pool.open != Verdict::Yes) {
            faults.push(format!("Kea gives {address}, ours is {place:?}, for {sample:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_subnet_of_a_shared_network_opens_once_the_reservation_is_known() {
    let config = json!({
        "client-classes": [{ "name": "strangers", "test": "member('UNKNOWN')" }],
        "subnet4": [],
        "shared-networks": [{
            "name": "west", "relay": { "ip-addresses": [dhcp::RELAY.to_string()] },
            "subnet4": [
                { "id": 1, "subnet": "127.0.0.0/9", "client-classes": ["strangers"], "pools": [pool(1, &[])] },
                { "id": 2, "subnet": "127.128.0.0/9" },
            ],
        }],
    });
    let sample = SamplePacket { relay: dhcp::RELAY.to_string(), ..SamplePacket::default() };
    let trial = document(&config, "Dhcp4").try_packet(&sample).unwrap();
    assert_eq!(trial.subnets.iter().map(|place| place.open).collect::<Vec<_>>(), [Verdict::Yes; 2]);
    let (is_in, address) = by_kea(&["strangers".to_owned()], &config, &[]);
    assert_eq!(is_in, [true]);
    assert!(pool_of(&trial.subnets[0], address.into()).is_some(), "{address}");
}

/// A SOLICIT of a client with options besides.
fn solicit(more: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let ia = [&7_u32.to_be_bytes()[..], &[0; 8]].concat();
    let own = [(1, vec![0, 3, 0, 1, 2, 0, 0, 0, 0, 1]), (3, ia)];
    let mut packet = vec![1, 0, 0, 1];
    for (code, octets) in own.iter().chain(more) {
        packet.extend(code.to_be_bytes());
        packet.extend(u16::try_from(octets.len()).unwrap().to_be_bytes());
        packet.extend(octets);
    }
    packet
}

#[test]
fn kea_gives_an_address_of_ipv6_from_the_pool_that_we_say() {
    let pool = |last: u8, class: &str| json!({ "pool": format!("2001:db8:1::{last}00-2001:db8:1::{last}ff"), "client-classes": [class] });
    let config = json!({
        "client-classes": [
            { "name": "boot", "test": "substring(vendor-class[343].data, 0, 10) == 'HTTPClient'" },
            { "name": "arm", "test": "member('boot') and option[client-arch-type].hex == 0x0013" },
            { "name": "other", "test": "not member('boot') and member('UNKNOWN')" },
            { "name": "modem", "test": "member('VENDOR_CLASS_docsis3.0')" },
        ],
        "subnet6": [{
            "id": 1, "subnet": "2001:db8:1::/64",
            "pools": [pool(1, "arm"), pool(2, "modem"), pool(3, "other"), pool(4, "VENDOR_CLASS_HTTPClient")],
        }],
    });
    let document = document(&config, "Dhcp6");
    let class = |text: &str| {
        [&343_u32.to_be_bytes()[..], &u16::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat()
    };
    let sample = |vendor: &str, system: &str| SamplePacket {
        client_id: "00:03:00:01:02:00:00:00:00:01".to_owned(),
        relay: "2001:db8:1::1".to_owned(),
        vendor_class: vendor.to_owned(),
        options: if system.is_empty() { vec![] } else { vec![("client-arch-type".to_owned(), system.to_owned())] },
        ..SamplePacket::default()
    };
    for (sample, sent) in [
        (sample("", ""), vec![]),
        (sample("343 HTTPClient:Arch:00019", "19"), vec![(16, class("HTTPClient:Arch:00019")), (61, vec![0, 19])]),
        (sample("343 HTTPClient", ""), vec![(16, class("HTTPClient"))]),
    ] {
        let trial = document.try_packet(&sample).unwrap();
        let open: Vec<&TriedPlace> = trial.subnets[0].pools.iter().filter(|pool| pool.open == Verdict::Yes).collect();
        assert_eq!(open.len(), 1, "{sample:?}: {trial:?}");
        let kea = dhcp::listening(Family::V6, &config);
        let answer = dhcp::answer6(&kea, &solicit(&sent));
        let options = dhcp::options6(&answer[4..]);
        let inside = &options.iter().find(|option| option.0 == 3).unwrap().1[12..];
        let address = dhcp::options6(inside).into_iter().find(|option| option.0 == 5).expect("an address").1;
        let address = Ipv6Addr::from(<[u8; 16]>::try_from(&address[..16]).unwrap());
        let pool = pool_of(&trial.subnets[0], address.into()).unwrap();
        assert_eq!(pool.label, open[0].label, "{sample:?}");
    }
}
