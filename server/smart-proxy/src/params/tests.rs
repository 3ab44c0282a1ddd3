use super::*;

const MAC: &str = "02:00:00:00:00:0a";

fn wish(rest: &str) -> Result<Wish, Refusal> {
    Wish::read(&fields(&format!("mac={MAC}&ip=192.0.2.10&{rest}")))
}

fn fields(query: &str) -> Fields {
    Fields::parse(query).unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Refusal>) -> String {
    result.unwrap_err().text
}

#[test]
fn of_a_repeated_field_the_last_counts_and_a_bare_one_has_no_value() {
    let read = fields("a=1&b=x+y%26z&&a=2&c&d=&=e");
    assert_eq!((read.get("a"), read.get("b"), read.get("c")), (Some("2"), Some("x y&z"), None));
    assert_eq!((read.get("d"), read.filled("d"), read.get("")), (Some(""), None, Some("e")));
    for broken in ["%zz", "a=%", "a=%4", "a=%ff", "%C3%28=b", "a=%é"] {
        assert_eq!(refusal(Fields::parse(broken)), "Invalid query parameters", "{broken}");
    }
}

#[test]
fn no_value_passes_for_another_field() {
    let read = fields("mac=a%0aip=b&name%0d%0Ax&c=%1b[31m%C2%85");
    assert_eq!(read.lines(), "mac=a ip=b\nname  x\nc= [31m ");
}

#[test]
fn related_macs_come_in_every_spelling() {
    let related = |text: &str| fields(text).related_macs().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(related("related_macs"), Vec::<String>::new());
    assert_eq!(related("related_macs="), Vec::<String>::new());
    assert_eq!(related("related_macs=02:00:00:00:00:0A"), [MAC]);
    assert_eq!(
        related("related_macs%5B%5D=02%3A00%3A00%3A00%3A00%3A0a&related_macs[]=nonsense&related_macs[]=2:0:0:0:0:b"),
        [MAC, "02:00:00:00:00:0b"]
    );
}

#[test]
fn macs_have_six_or_twenty_groups_with_colons() {
    for good in [MAC, "02:00:00:00:00:0A", "2:0:0:0:0:a"] {
        assert_eq!(mac(good).unwrap().to_string(), MAC);
    }
    let infiniband = ["a0"; 20].join(":");
    assert_eq!(mac(&infiniband).unwrap().to_string(), infiniband);
    let eui64 = ["00"; 8].join(":");
    for bad in [
        "",
        "02-00-00-00-00-0a",
        "02000000000a",
        &eui64,
        "02:00:00:00:00",
        "02:00:00:00:00:0g",
        "02:00:00:00:00:00a",
        " 2:0:0:0:0:a",
        "::::: ",
    ] {
        assert_eq!(refusal(mac(bad)), format!("Invalid MAC {bad}"));
    }
}

#[test]
fn addresses_are_strict() {
    assert!(address("192.0.2.1").is_ok() && address("2001:db8::1").is_ok());
    for bad in ["", "192.0.2", "192.0.2.01", "192.0.2.256", " 192.0.2.1", "192.0.2.0/24", "192.0.2.1\n"] {
        assert!(refusal(address(bad)).starts_with("Invalid IP Address"), "{bad}");
    }
}

#[test]
fn ranges_belong_to_their_subnet() {
    let subnet = crate::record::tests::subnet();
    let end = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
    let range = |from: &str, to: &str| range((end(from), end(to)), &subnet);
    assert_eq!(range("192.0.2.1", "192.0.2.9").unwrap().unwrap().count(), 9);
    assert_eq!(range("", ""), Ok(None));
    let usual = services::foreman_range(&subnet).unwrap();
    let one = |from: &str, to: &str| range(from, to).unwrap().map(Into::<(IpAddr, IpAddr)>::into);
    let inside = usual.first().to_string();
    assert_eq!(one(&inside, ""), Some((usual.first(), usual.last())), "to the end of what is looked into");
    assert_eq!(one("", &inside), Some((usual.first(), usual.first())));
    assert_eq!(one("192.0.2.250", ""), Some(([192, 0, 2, 250].into(), [192, 0, 2, 254].into())), "else of the subnet");
    assert_eq!(one("", "192.0.2.2"), Some(([192, 0, 2, 1].into(), [192, 0, 2, 2].into())));
    let outside = "Range does not belong to provided subnet";
    assert_eq!(refusal(range("192.0.2.1", "192.0.3.9")), outside);
    assert_eq!(refusal(range("2001:db8::1", "192.0.2.9")), outside);
    assert_eq!(
        refusal(range("192.0.2.9", "192.0.2.1")),
        "192.0.2.9 can't be lower IP address than 192.0.2.1 - change the order?"
    );
    assert_eq!(refusal(fields("from=x").ends()), "Invalid IP Address x");
    assert_eq!(fields("from=&mac=").ends(), Ok((None, None)), "one alone that is empty says nothing");
    assert_eq!(refusal(fields("from=&to=").ends()), "Invalid IP Address ");
    assert_eq!(refusal(fields("mac=").client()), "Invalid MAC ");
    assert_eq!(fields("mac").client(), Ok(None));
}

#[test]
fn a_wish_has_two_names() {
    let both = wish("name=web-01&hostname=web&related_macs&type=reservation&ztp_firmware[core]=x").unwrap();
    assert_eq!((both.host_name.as_str(), both.record_name.as_deref()), ("web", Some("web-01")));
    for one in ["name=web", "hostname=web", "name=web&hostname=web", "name=&hostname=web", "name=web&hostname="] {
        let one = wish(one).unwrap();
        assert_eq!((one.host_name.as_str(), one.record_name.as_deref()), ("web", None));
    }
    assert_eq!(refusal(wish("name&hostname=")), "Must provide hostname");
    assert!(refusal(wish("hostname=a+b")).starts_with("hostname: “a b” is not a host name"));
}

#[test]
fn a_wish_needs_its_addresses() {
    let read = |text: &str| refusal(Wish::read(&fields(text)));
    assert_eq!(read("ip=192.0.2.1&name=web"), "Invalid MAC ");
    assert_eq!(read(&format!("mac={MAC}&name=web")), "Invalid IP Address ");
    assert_eq!(read(&format!("mac={MAC}&ip=::1&name=web")), "ip: ::1 is not an IPv4 address");
    assert_eq!(refusal(wish("name=web&%3CSPARC%3Eroot=x")), "DHCP implementation does not support Vendor Options");
}

#[test]
fn a_boot_server_has_an_address_or_a_name() {
    let boot = |text: &str| wish(&format!("name=web&nextServer={text}")).map(|wish| wish.boot_server);
    assert_eq!(boot("192.0.2.3"), Ok(Some(BootServer::Address([192, 0, 2, 3].into()))));
    assert_eq!(boot("tftp.example.com"), Ok(Some(BootServer::Name("tftp.example.com".parse().unwrap()))));
    assert_eq!((boot(""), boot("0.0.0.0")), (Ok(None), Ok(None)));
    for bad in ["10.1", "192.0.2.256", ".", "::1", "a%20b"] {
        assert!(refusal(boot(bad)).starts_with("nextServer: "), "{bad}");
    }
}
