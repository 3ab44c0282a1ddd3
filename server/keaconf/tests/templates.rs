//! The real Kea takes what templates make, on a server that has nothing and on one that has the others.

use keaconf::{Document, Layout, Plan, TEMPLATES, Takes, Template, only_in};
use model::Family;
use tempfile::TempDir;

use crate::lab;
use crate::texts::kea_takes;

fn value(family: Family, takes: Takes) -> &'static str {
    match (takes, family) {
        (Takes::Address, _) => "192.0.2.5",
        (Takes::Addresses, _) => "192.0.2.5, 192.0.2.6",
        (Takes::File, Family::V4) => "boot,x64.efi",
        (Takes::File, Family::V6) => "tftp://[2001:db8::5]/boot,x64.efi",
        (Takes::Url, _) => "http://boot.example.org/a?b=1,2",
    }
}

fn all(template: &Template, family: Family) -> Vec<(&'static str, &'static str)> {
    template.fields.iter().map(|field| (field.name, value(family, field.takes))).collect()
}

#[test]
fn kea_takes_every_template() {
    for (family, daemon, own) in [(Family::V4, "Dhcp4", lab::Family::V4), (Family::V6, "Dhcp6", lab::Family::V6)] {
        let mut document = Document::read(format!("{{\"{daemon}\": {{}}}}").as_bytes()).unwrap();
        for template in TEMPLATES.iter().filter(|template| template.families.contains(&family)) {
            let edits = template.edits(family, &all(template, family)).unwrap();
            let plan = Plan::of(&document, &edits).unwrap();
            assert!(plan.findings().is_empty(), "{}: {:?}", template.name, plan.findings());
            assert!(Plan::of(&plan.result, &edits).is_err(), "{}: it is there once", template.name);
            document = plan.result;
            let folder = TempDir::new().unwrap();
            let text = document.to_json(Layout::Indented);
            assert_eq!(kea_takes(own, folder.path(), text.as_bytes()), Ok(()), "{}: {text}", template.name);
        }
    }
}

#[test]
fn what_is_wrong_with_a_value_is_said() {
    let edits = |name: &str, family: Family, given: &[(&str, &str)]| {
        Template::named(name).unwrap().edits(family, given).map(|edits| edits.len())
    };
    let says = |name: &str, given: &[(&str, &str)]| edits(name, Family::V4, given).unwrap_err();
    assert_eq!(says("unifi", &[]), "controller: a value is missing");
    assert_eq!(says("unifi", &[("controller", "unifi")]), "controller: an IPv4 address is expected, as in 192.0.2.1");
    assert_eq!(says("unifi", &[("control", "")]), "“unifi” has no field “control”: it has controller");
    assert_eq!(edits("unifi", Family::V6, &[]), Err("“unifi” is for IPv4 only".to_owned()));
    assert!(says("cisco-ap", &[("controllers", "192.0.2.1 192.0.2.2")]).starts_with("controllers: IPv4 addresses"));
    assert!(says("pxe", &[]).starts_with("nothing is given"));
    assert!(says("pxe", &[("bios", &"x".repeat(128))]).ends_with("127 characters at most"));
    assert!(says("ipxe", &[("script", "boot.ipxe")]).contains("begins with http://"));
    assert!(edits("pxe", Family::V6, &[("uefi-x64", "boot.efi")]).unwrap_err().contains("a whole URL"));
    assert_eq!(edits("pxe", Family::V4, &[("bios", "a"), ("uefi-arm64", "b")]), Ok(2));
}

#[test]
fn kea_takes_templates_that_are_for_some_subnets_alone() {
    let site = r#"{ "Dhcp4": { "shared-networks": [{ "name": "west", "subnet4": [{ "id": 1, "subnet": "192.0.2.0/24" }] }],
        "subnet4": [{ "id": 2, "subnet": "198.51.100.0/24" }] } }"#;
    let document = Document::read(site.as_bytes()).unwrap();
    let pxe = Template::named("pxe").unwrap();
    let edits = pxe.edits(Family::V4, &[("bios", "a"), ("uefi-x64", "b")]).unwrap();
    let places = ["shared-networks[name=west]", "subnet4[id=2]"].map(|path| path.parse().unwrap());
    let plan = Plan::of(&document, &only_in(edits.clone(), &places)).unwrap();
    assert!(plan.findings().is_empty(), "{:?}", plan.findings());
    let text = plan.result.to_json(Layout::Indented);
    assert_eq!(text.matches("\"only-in-additional-list\": true").count(), 2, "{text}");
    assert_eq!(text.matches("\"pxe-bios\"").count(), 3, "the class, and both places: {text}");
    let folder = TempDir::new().unwrap();
    assert_eq!(kea_takes(lab::Family::V4, folder.path(), text.as_bytes()), Ok(()), "{text}");
    assert_eq!(only_in(edits.clone(), &[]), edits, "for the whole server nothing is limited");
}
