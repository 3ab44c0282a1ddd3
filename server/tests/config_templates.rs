//! `nestor config template`: what real clients get of it.

use keaconf::{Document, Edit, Layout};
use serde_json::{Value, json};

use crate::support::{dhcp_client, run};

fn template(words: &[&str]) -> (i32, String) {
    let output = run(&[&["config", "template"], words].concat(), "");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    (output.status.code().unwrap(), said)
}

/// A configuration in which all these templates were made.
fn made(templates: &[&[&str]]) -> Value {
    let pools = json!([{ "pool": "10.77.4.0-10.77.7.255" }]);
    let plain = json!({ "Dhcp4": { "subnet4": [{ "id": 1, "subnet": "10.77.0.0/20", "pools": pools }] } });
    let mut document = Document::read(plain.to_string().as_bytes()).unwrap();
    for words in templates {
        let (code, said) = template(words);
        assert_eq!(code, 0, "{said}");
        document = document.edited(&Edit::read_all(said.as_bytes()).unwrap()).unwrap();
    }
    serde_json::from_str(&document.to_json(Layout::Compact)).unwrap()
}

#[test]
fn each_client_gets_its_own_vendor_options_and_boot_files() {
    let config = made(&[
        &["unifi", "controller=192.0.2.5"],
        &["cisco-ap", "controllers=192.0.2.6,192.0.2.7"],
        &["aruba-ap", "controller=192.0.2.8"],
        &["ipxe", "script=http://192.0.2.9/menu.ipxe"],
        &["pxe", "server=192.0.2.10", "bios=undionly.kpxe", "uefi-x64=ipxe.efi", "uefi-arm64=ipxe-arm64.efi"],
        &["http-boot", "x64=http://192.0.2.11/boot.efi"],
    ]);
    let told = |mac: &str, asks: &str| {
        let mut told = dhcp_client::told(config.clone(), mac, asks);
        move |name: &str| told.remove(name).unwrap_or_default()
    };
    let mut unifi = told("02:15:00:00:00:01", "-V ubnt -O 43");
    assert_eq!(unifi("opt43"), "0104c0000205");
    let mut cisco = told("02:15:00:00:00:02", "-V 'Cisco AP c3802' -O 43");
    assert_eq!(cisco("opt43"), "f108c0000206c0000207");
    let mut aruba = told("02:15:00:00:00:03", "-V ArubaAP -O 43 -O 60");
    assert_eq!((aruba("opt43"), aruba("vendor")), (hex("192.0.2.8"), "ArubaAP".to_owned()));
    let mut bios = told("02:15:00:00:00:04", "-x 0x5d:0000");
    assert_eq!((bios("boot_file"), bios("siaddr")), ("undionly.kpxe".to_owned(), "192.0.2.10".to_owned()));
    for architecture in ["0007", "0009"] {
        let mut uefi = told("02:15:00:00:00:05", &format!("-x 0x5d:{architecture}"));
        assert_eq!(uefi("boot_file"), "ipxe.efi");
    }
    assert_eq!(told("02:15:00:00:00:06", "-x 0x5d:000b")("boot_file"), "ipxe-arm64.efi");
    let mut ipxe = told("02:15:00:00:00:07", "-x 0x5d:0007 -x 0xaf:01");
    assert_eq!(ipxe("boot_file"), "http://192.0.2.9/menu.ipxe", "iPXE does not load itself");
    let mut http = told("02:15:00:00:00:08", "-x 0x5d:0010 -O 60");
    assert_eq!((http("boot_file"), http("vendor")), ("http://192.0.2.11/boot.efi".to_owned(), "HTTPClient".to_owned()));
    assert_eq!(told("02:15:00:00:00:09", "")("boot_file"), "", "everybody else is told nothing");
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, octet| hex + &format!("{octet:02x}"))
}

#[test]
fn templates_are_listed_and_say_what_they_need() {
    let (code, said) = template(&[]);
    assert_eq!(code, 0);
    assert!(said.contains("unifi: UniFi devices: where their controller is (IPv4)\n    controller "), "{said}");
    let (code, said) = template(&["unifi"]);
    assert_eq!((code, said.as_str()), (2, "nestor: controller: a value is missing\n"));
    let (code, said) = template(&["windows"]);
    assert!(code == 2 && said.starts_with("nestor: no template is called “windows”: there are unifi, "), "{said}");
    let (code, said) = template(&["unifi", "192.0.2.5"]);
    assert_eq!((code, said.as_str()), (2, "nestor: “192.0.2.5” is no field: write FIELD=VALUE\n"));
}
