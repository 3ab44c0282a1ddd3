use model::Storage;

use super::*;

fn subnet() -> Subnet {
    Subnet::of("main/1".parse().unwrap(), "192.0.2.0/24".parse().unwrap())
}

fn one(text: &str) -> Line {
    let lines = table(text).unwrap().lines;
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.into_iter().next().unwrap()
}

fn wanted(line: &Line, old: Option<&Reservation>) -> Result<NewReservation, Vec<FieldError>> {
    line.wanted(&subnet(), line.identifier().unwrap(), old)
}

#[test]
fn every_spreadsheet_is_understood() {
    for text in [
        "mac,ip,hostname\n02:00:5e:10:00:01,192.0.2.9,web\n",
        "MAC;IP;Host name\r\n02-00-5e-10-00-01;192.0.2.9;web\r\n",
        "\u{feff}Identifier\tAddress\tHost-Name\n0200.5e10.0001\t192.0.2.9\tweb",
        "mac,,ip,hostname\n\n02:00:5e:10:00:01,passed over,192.0.2.9,\"web\"\n,,,\n",
    ] {
        let new = wanted(&one(text), None).unwrap();
        assert_eq!(new.identifier.to_string(), "02:00:5e:10:00:01");
        assert_eq!((new.address, new.host_name.as_deref().unwrap()), (Some([192, 0, 2, 9].into()), "web"));
    }
}

#[test]
fn what_is_wrong_is_reported_by_column() {
    assert!(table("ip,hostname\n192.0.2.9,web").unwrap_err().contains("no column “identifier”"));
    let line = one("mac,ip,hostname,next_server,options\n02:00:5e:10:00:01,here,a b,there,routers");
    let faults = wanted(&line, None).unwrap_err();
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["address", "host_name", "next_server", "options"]);
    assert_eq!(one("mac\n02:0g").identifier().unwrap_err().field, "identifier");
    assert_eq!(one("identifier,type\n02:00,colour").identifier().unwrap_err().field, "identifier_type");
}

#[test]
fn options_and_classes_are_lists() {
    let line =
        one("mac,classes,options\n02:00:5e:10:00:01,a; b,\"routers=192.0.2.1, 192.0.2.2; 43!=0x0104; v/2=a\\;b\"");
    let new = wanted(&line, None).unwrap();
    assert_eq!(new.client_classes.unwrap(), ["a", "b"]);
    let options = new.options.unwrap();
    assert_eq!((options[0].name.as_str(), options[0].data.as_str()), ("routers", "192.0.2.1, 192.0.2.2"));
    assert_eq!(
        (options[1].code, options[1].data.as_str(), options[1].hex, options[1].always),
        (43, "0104", true, true)
    );
    assert_eq!((options[2].space.as_deref(), options[2].code, options[2].data.as_str()), (Some("v"), 2, "a;b"));
}

#[test]
fn an_export_comes_back_as_it_was() {
    let option = OptionDatum { code: 43, data: "0104".to_owned(), hex: true, always: true, ..OptionDatum::default() };
    let full = Reservation {
        subnet: subnet().key,
        identifier: Identifier::parse(IdentifierKind::ClientId, "01:02:00:5e:10:00:01").unwrap(),
        address: Some([192, 0, 2, 9].into()),
        more_addresses: vec![],
        prefixes: vec![],
        host_name: Some("web".to_owned()),
        next_server: Some([192, 0, 2, 5].into()),
        server_host_name: Some("boot".to_owned()),
        boot_file_name: Some("pxelinux.0".to_owned()),
        client_classes: vec!["a;b".to_owned(), "c".to_owned()],
        options: vec![option],
        note: Some("=cmd|' /C calc'!A0, \"quoted\"".to_owned()),
        label: None,
        record_name: None,
        storage: Storage::Database,
    };
    let text = super::super::write::table(&[(&subnet(), vec![full.clone()])], &[], &[]).unwrap();
    assert!(text.contains("\"'=cmd|"), "no spreadsheet takes it for a formula: {text}");
    let line = one(&text);
    assert_eq!(line.clone().find_subnet(&[Network::single(subnet(), true)], None), Some(subnet()));
    let new = wanted(&line, None).unwrap();
    assert!(full.matches(&new), "{new:?}");
}

#[test]
fn columns_that_are_missing_leave_what_is_there() {
    let old = NewReservation {
        address: Some([192, 0, 2, 9].into()),
        note: Some("rack 7".to_owned()),
        ..NewReservation::of(subnet().key, Identifier::parse(IdentifierKind::HwAddress, "02:00:5e:10:00:01").unwrap())
    };
    let old = old.over(None, Storage::Database);
    let renamed = wanted(&one("mac,name\n02:00:5e:10:00:01,db"), Some(&old)).unwrap();
    assert_eq!((renamed.address, renamed.note.as_deref()), (old.address, Some("rack 7")));
    let cleared = wanted(&one("mac,name,ip,note\n02:00:5e:10:00:01,db,,"), Some(&old)).unwrap();
    assert_eq!((cleared.address, cleared.note), (None, None));
    let next = wanted(&one("mac,ip\n02:00:5e:10:00:01,next"), Some(&old)).unwrap();
    assert_eq!(next.address, old.address, "a client that has an address keeps it");
}

#[test]
fn several_addresses_and_prefixes_come_back_as_they_were() {
    let subnet = Subnet { prefix: "2001:db8::/64".parse().unwrap(), ..subnet() };
    let text = "subnet,type,identifier,address,prefixes,options\n2001:db8::/64,duid,00:03:00:01:02:00:5e:10:00:01,\
                2001:db8::5  2001:db8:0:0::6,2001:db8:1::/56,dns-servers=2001:db8::1";
    let read = |text: &str| {
        let line = one(text);
        line.wanted(&subnet, line.identifier().unwrap(), None)
    };
    let new = read(text).unwrap();
    let addresses: Vec<_> = new.addresses().map(|address| address.to_string()).collect();
    assert_eq!((addresses, new.prefixes.len()), (vec!["2001:db8::5".to_owned(), "2001:db8::6".to_owned()], 1));
    assert_eq!(new.options.as_ref().unwrap()[0].space.as_deref(), Some("dhcp6"));
    assert_eq!(new.check(&subnet, None), []);
    let made = new.over(None, Storage::Configuration);
    let text = super::super::write::table(&[(&subnet, vec![made.clone()])], &[], &[]).unwrap();
    assert!(made.matches(&read(&text).unwrap()), "{text}");
    let faults = read("type,identifier,address\nduid,00:03:00:01,2001:db8::5 x").unwrap_err();
    assert_eq!(faults[0].text, "“x” is not an IP address");
}

#[test]
fn a_subnet_is_found_by_any_of_its_names_and_by_its_prefix_where_that_is_one() {
    let networks = ["192.0.2.0/24", "198.51.100.0/24", "198.51.100.0/24"].into_iter().zip(["a/1", "a/2", "b/2"]);
    let networks: Vec<Network> = networks
        .map(|(prefix, key)| Network::single(Subnet::of(key.parse().unwrap(), prefix.parse().unwrap()), true))
        .collect();
    let found = |subnet: &str, default: Option<&Network>| {
        let mut line = one(&format!("mac,subnet\n02:00:5e:10:00:01,{subnet}"));
        let found = line.find_subnet(&networks, default);
        found.map(|subnet| subnet.key.to_string()).ok_or_else(|| line.no_subnet().text)
    };
    assert_eq!(found("192.0.2.0/24", None).as_deref(), Ok("a/1"));
    assert_eq!(found("b/2", None).as_deref(), Ok("b/2"));
    assert_eq!(found("198.51.100.0/24", Some(&networks[2])).as_deref(), Ok("b/2"), "the default says which");
    assert_eq!(found("", Some(&networks[1])).as_deref(), Ok("a/2"));
    let said = found("198.51.100.0/24", None).unwrap_err();
    assert_eq!(said, "2 subnets have the prefix 198.51.100.0/24: write a/2 or b/2");
    assert_eq!(found("10.0.0.0/8", None).unwrap_err(), "no server has the subnet “10.0.0.0/8”");
    assert!(found("", None).unwrap_err().starts_with("the subnet is missing"));
}

fn networks(of: &[(&str, &str)]) -> Vec<Network> {
    let network =
        |(prefix, key): &(&str, &str)| Network::single(Subnet::of(key.parse().unwrap(), prefix.parse().unwrap()), true);
    of.iter().map(network).collect()
}

/// Where the only row of a table belongs, or why that is not known.
fn place(text: &str, networks: &[Network], default: Option<&Network>) -> Result<String, String> {
    let mut line = one(text);
    let found = line.find_subnet(networks, default);
    found.map(|subnet| subnet.key.to_string()).ok_or_else(|| line.no_subnet().text)
}

#[test]
fn a_subnet_is_found_by_its_number_and_by_its_network_address() {
    let networks =
        networks(&[("192.0.2.0/24", "a/1"), ("198.51.100.0/24", "a/2"), ("10.0.0.0/8", "b/1"), ("10.0.0.0/16", "b/3")]);
    let by_number = |id: u32, default| place(&format!("mac,subnet-id\n02:00:5e:10:00:01,{id}"), &networks, default);
    assert_eq!(by_number(1, Some(&networks[1])).as_deref(), Ok("a/1"), "on the server of the default");
    assert_eq!(by_number(2, None).as_deref(), Ok("a/2"), "on the only server that has it");
    assert_eq!(by_number(1, None).unwrap_err(), "2 subnets have the number 1: write a/1 or b/1");
    assert_eq!(by_number(3, Some(&networks[1])).unwrap_err(), "no server has the subnet “3”");
    let by_address = |text: &str| place(&format!("ClientId,ScopeId\n02-00-5e-10-00-01,{text}"), &networks, None);
    assert_eq!(by_address("192.0.2.0").as_deref(), Ok("a/1"));
    assert_eq!(by_address("10.0.0.0").unwrap_err(), "2 subnets have the network address 10.0.0.0: write b/1 or b/3");
}

#[test]
fn a_row_without_a_subnet_belongs_where_its_address_does() {
    let networks = networks(&[("192.0.2.0/24", "a/1"), ("10.0.0.0/8", "b/1"), ("10.0.0.0/16", "b/3")]);
    let found = |ip: &str| place(&format!("mac,ip\n02:00:5e:10:00:01,{ip}"), &networks, None);
    assert_eq!(found("192.0.2.9/24").as_deref(), Ok("a/1"));
    assert_eq!(found("10.0.0.9").unwrap_err(), "the address is in 2 subnets: write b/1 or b/3 in a column “subnet”");
    assert!(found("next").unwrap_err().starts_with("the subnet is missing"));
}

#[test]
fn the_rows_of_other_programs_are_read() {
    let windows = "#TYPE Microsoft.Management.Infrastructure.CimInstance\n\
        \"IPAddress\",\"ScopeId\",\"ClientId\",\"Name\",\"Type\",\"Description\"\n\
        \"192.0.2.9\",\"192.0.2.0\",\"02-00-5e-10-00-01\",\"web.example.com\",\"Both\",\"rack 7\"\n";
    let line = one(windows);
    assert_eq!(line.number, 3);
    let new = wanted(&line, None).unwrap();
    assert_eq!((new.identifier.kind(), new.note.as_deref()), (IdentifierKind::HwAddress, Some("rack 7")));
    let longer = one("ClientId\n01-02-00-5e-10-00-01").identifier().unwrap();
    assert_eq!(longer.kind(), IdentifierKind::ClientId);

    let netbox =
        "Address,DNS Name,Description,Comments,MAC Address\n192.0.2.9/24,web.example.com,,rack 7,02:00:5E:10:00:01\n";
    let new = wanted(&one(netbox), None).unwrap();
    assert_eq!((new.address, new.note.as_deref()), (Some([192, 0, 2, 9].into()), Some("rack 7")));

    let technitium = "hostName|hardwareAddress|address|comments\nweb|02-00-5E-10-00-01|192.0.2.9|rack 7\n";
    assert_eq!(wanted(&one(technitium), None).unwrap().address, Some([192, 0, 2, 9].into()));

    let kea = "hw-address,client-id,duid,circuit-id\n,,,'port 7'\n";
    assert_eq!(one(kea).identifier().unwrap().kind(), IdentifierKind::CircuitId);
}
