use model::{ClassTime, PacketTrial, SamplePacket, TriedPlace, Verdict};

use crate::Document;

const SITE: &str = r#"{ "Dhcp4": {
    "client-classes": [
        { "name": "pxe", "test": "substring(option[60].hex, 0, 9) == 'PXEClient'" },
        { "name": "bios", "test": "member('pxe') and option[client-system].hex == 0x0000" },
        { "name": "guests" },
        { "name": "no-guests", "test": "not member('guests')" },
        { "name": "strangers", "test": "member('UNKNOWN') and not member('pxe')" },
        { "name": "by-hook", "test": "member('HA_kea1')" },
        { "name": "after", "test": "not member('by-hook')" },
        { "name": "each", "template-test": "relay4[1].hex" },
        { "name": "late", "test": "option[12].exists", "only-if-required": true },
        { "name": "odd", "test": "option[60].hax" } ],
    "shared-networks": [{ "name": "west", "subnet4": [
        { "id": 1, "subnet": "192.0.2.0/24", "require-client-classes": ["late", "gone"], "pools": [
            { "pool": "192.0.2.10-192.0.2.20", "client-class": "pxe" },
            { "pool": "192.0.2.30-192.0.2.40", "client-classes": ["guests", "HA_kea1"] } ] },
        { "id": 2, "subnet": "198.51.100.0/24", "client-classes": ["strangers"] } ] }],
    "subnet4": [
        { "id": 3, "subnet": "203.0.113.0/25", "client-classes": ["strangers"] },
        { "id": 4, "subnet": "203.0.113.128/25" } ] } }"#;

fn tried(change: impl Fn(&mut SamplePacket)) -> PacketTrial {
    let mut sample = SamplePacket { mac: "02:00:00:00:00:01".to_owned(), ..SamplePacket::default() };
    change(&mut sample);
    Document::read(SITE.as_bytes()).unwrap().try_packet(&sample).unwrap()
}

fn fits(trial: &PacketTrial, name: &str) -> Verdict {
    trial.classes.iter().find(|class| class.name == name).unwrap().fits
}

fn said(place: &TriedPlace) -> (&str, Verdict, &str) {
    (&place.label, place.open, &place.why)
}

#[test]
fn classes_are_looked_at_in_the_order_of_kea_with_the_value_of_every_part() {
    let trial = tried(|sample| {
        sample.vendor_class = "PXEClient:Arch:00000".to_owned();
        sample.options = vec![("client-system".to_owned(), "0".to_owned())];
        sample.circuit_id = "port 7".to_owned();
    });
    assert_eq!(
        trial.member_of,
        [
            "ALL",
            "VENDOR_CLASS_PXEClient:Arch:00000",
            "pxe",
            "bios",
            "each",
            "SPAWN_each_port 7",
            "UNKNOWN",
            "no-guests"
        ]
    );
    let bios = &trial.classes[1];
    let rows: Vec<_> = bios.values.iter().map(|row| (row.depth, row.text.as_str(), row.value.as_str())).collect();
    assert_eq!(
        rows,
        [
            (0, "member('pxe') and option[client-system].hex == 0x0000", "true"),
            (1, "member('pxe')", "true"),
            (1, "option[client-system].hex == 0x0000", "true"),
            (2, "option[client-system].hex", "0x0000"),
        ]
    );
    assert_eq!(fits(&trial, "strangers"), Verdict::No);
}

#[test]
fn what_is_not_known_is_said_and_goes_on_into_what_asks_for_it() {
    let trial = tried(|_| {});
    for name in ["by-hook", "after", "odd"] {
        assert_eq!(fits(&trial, name), Verdict::Unknown, "{name}");
    }
    assert!(trial.classes.iter().any(|class| class.why.starts_with("the expression cannot be read: line 1")));
    let given = tried(|sample| sample.classes = vec!["HA_kea1".to_owned()]);
    assert_eq!((fits(&given, "by-hook"), fits(&given, "after")), (Verdict::Yes, Verdict::No));
}

#[test]
fn what_asks_for_a_class_of_a_reservation_waits_until_that_is_known() {
    let trial = tried(|sample| {
        sample.known = true;
        sample.classes = vec!["guests".to_owned()];
    });
    assert_eq!((fits(&trial, "guests"), fits(&trial, "no-guests")), (Verdict::Yes, Verdict::No));
    assert_eq!(fits(&trial, "strangers"), Verdict::No);
    let when = |name: &str| trial.classes.iter().find(|class| class.name == name).unwrap().when;
    assert_eq!(
        [when("pxe"), when("no-guests"), when("late")],
        [ClassTime::First, ClassTime::Reservation, ClassTime::Asked]
    );
    let [west, ..] = trial.subnets.as_slice() else { panic!("{trial:?}") };
    assert_eq!(said(&west.pools[1]), ("pool 192.0.2.30-192.0.2.40", Verdict::Yes, "in class guests"));
}

#[test]
fn places_say_why_they_are_open_or_closed() {
    let trial = tried(|_| {});
    let [one, two, three] = trial.subnets.as_slice() else { panic!("{:?}", trial.subnets) };
    assert_eq!(trial.others, 1, "one is for everybody");
    assert_eq!(said(one), ("subnet 192.0.2.0/24 (id 1)", Verdict::Yes, "for every client"));
    assert_eq!(one.asks, ["late: not in it", "gone: not defined"]);
    assert_eq!(said(&one.pools[0]), ("pool 192.0.2.10-192.0.2.20", Verdict::No, "needs class pxe"));
    assert_eq!(one.pools[1].open, Verdict::Unknown);
    assert_eq!(two.open, Verdict::Yes, "by way of the other one of its network: {}", two.why);
    assert_eq!(three.open, Verdict::No, "it is chosen before that is known");
    assert!(three.why.contains("only after a subnet is chosen"), "{}", three.why);
    let relayed = tried(|sample| sample.relay = "203.0.113.129".to_owned());
    assert_eq!(
        relayed.subnets.iter().map(|place| place.label.as_str()).collect::<Vec<_>>(),
        ["subnet 203.0.113.128/25 (id 4)"]
    );
    assert_eq!(relayed.others, 3);
}

#[test]
fn every_fault_of_a_sample_is_said_of_its_field() {
    let option = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let sample = SamplePacket {
        message: "offer".to_owned(),
        mac: "02:zz".to_owned(),
        relay: "2001:db8::1".to_owned(),
        options: vec![
            option("client-system", "many"),
            option("nothing", "1"),
            option("222", "text"),
            option("222", "0x0104"),
            option("222", "'again'"),
            option("", ""),
        ],
        ..SamplePacket::default()
    };
    let faults = Document::read(SITE.as_bytes()).unwrap().try_packet(&sample).unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["message", "mac", "relay", "options[0]", "options[1]", "options[2]", "options[4]"]);
}

#[test]
fn every_ready_packet_can_be_tried() {
    for (root, family) in [("Dhcp4", model::Family::V4), ("Dhcp6", model::Family::V6)] {
        let document = Document::read(format!("{{ \"{root}\": {{}} }}").as_bytes()).unwrap();
        let ready = SamplePacket::ready(family);
        assert!(ready.len() >= 3);
        for (name, sample) in ready {
            let trial = document.try_packet(&sample).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
            let vendor = trial.member_of.iter().any(|class| class.starts_with("VENDOR_CLASS_"));
            assert_eq!(vendor, !sample.vendor_class.is_empty(), "{name}: {:?}", trial.member_of);
        }
    }
}
