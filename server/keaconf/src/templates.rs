//! What common devices need, as edits: definitions, classes and options in one, from a field or two.
//!
//! Sources: the vendors' manuals on finding a controller by DHCP (option 43), RFC 4578 and the IANA registry of processor
//! architectures (options 93 and 61), RFC 5970 (option 59), iPXE's manual (options 175 and 77).

mod make;

use std::net::IpAddr;

use model::Family;

use self::make::{boot_class, class, definition, http_class, raw_vendor, vendor};
use crate::{Edit, Op, Path, Value};

/// What a field of a template takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// One IPv4 address.
    Address,
    /// IPv4 addresses, separated by commas.
    Addresses,
    /// The name of a file on the TFTP server, or for IPv6 its whole URL.
    File,
    /// An `http:` or `https:` URL.
    Url,
}

impl Takes {
    /// A value, as people type it.
    pub fn example(self, family: Family) -> &'static str {
        match (self, family) {
            (Self::Address, _) => "192.0.2.5",
            (Self::Addresses, _) => "192.0.2.5, 192.0.2.6",
            (Self::File, Family::V4) => "boot.efi",
            (Self::File, Family::V6) => "tftp://[2001:db8::5]/boot.efi",
            (Self::Url, _) => "http://boot.example.org/boot",
        }
    }
}

/// A field of a template.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// What it is, for people.
    pub label: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it may be left out.
    pub optional: bool,
}

/// A template.
pub struct Template {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// What it is for.
    pub title: &'static str,
    /// The families that it is for.
    pub families: &'static [Family],
    /// What has to be known.
    pub fields: &'static [Field],
    make: fn(Family, &Values<'_>) -> Vec<Edit>,
}

/// The values of fields, in the order of the template's fields; empty: left out.
struct Values<'a>(Vec<&'a str>);

impl Values<'_> {
    fn given(&self, at: usize) -> Option<&str> {
        self.0.get(at).copied().filter(|value| !value.is_empty())
    }
}

const fn field(name: &'static str, label: &'static str, takes: Takes) -> Field {
    Field { name, label, takes, optional: false }
}

const fn may(name: &'static str, label: &'static str, takes: Takes) -> Field {
    Field { name, label, takes, optional: true }
}

/// Every template.
pub const TEMPLATES: &[Template] = &[
    Template {
        name: "unifi",
        title: "UniFi devices: where their controller is",
        families: &[Family::V4],
        fields: &[field("controller", "Address of the UniFi controller", Takes::Address)],
        make: |_, values| {
            let members = vendor("ubnt", "unifi-address", values.0[0]);
            let sub = definition("ubnt", 1, "unifi-address", false);
            vec![sub, class("unifi", "option[60].text == 'ubnt'", members)]
        },
    },
    Template {
        name: "cisco-ap",
        title: "Cisco access points: where their wireless controllers are",
        families: &[Family::V4],
        fields: &[field("controllers", "Addresses of the wireless controllers", Takes::Addresses)],
        make: |_, values| {
            let members = vendor("cisco-ap", "wlc-addresses", values.0[0]);
            let sub = definition("cisco-ap", 241, "wlc-addresses", true);
            vec![sub, class("cisco-ap", "substring(option[60].hex,0,8) == 'Cisco AP'", members)]
        },
    },
    Template {
        name: "aruba-ap",
        title: "Aruba access points: where their controller is",
        families: &[Family::V4],
        fields: &[field("controller", "Address of the controller", Takes::Address)],
        make: |_, values| vec![class("aruba-ap", "option[60].text == 'ArubaAP'", raw_vendor("ArubaAP", values.0[0]))],
    },
    Template {
        name: "ipxe",
        title: "iPXE: the script that it goes on with",
        families: &[Family::V4, Family::V6],
        fields: &[field("script", "URL of the script", Takes::Url)],
        make: |family, values| {
            let test = match family {
                Family::V4 => "option[175].exists or option[77].text == 'iPXE'",
                Family::V6 => "substring(option[15].hex,2,4) == 'iPXE'",
            };
            vec![boot_class(family, "ipxe", test, None, values.0[0])]
        },
    },
    Template {
        name: "pxe",
        title: "PXE: a boot file for each kind of firmware",
        families: &[Family::V4, Family::V6],
        fields: &[
            may("server", "Address of the TFTP server; IPv4 only, where it is not the DHCP server", Takes::Address),
            may("bios", "Boot file for BIOS; IPv4 only", Takes::File),
            may("uefi-x64", "Boot file for UEFI on x86-64", Takes::File),
            may("uefi-arm64", "Boot file for UEFI on ARM64", Takes::File),
        ],
        make: |family, values| {
            // Which architectures say so in their first two octets (RFC 4578; 7 and 9 are both in use for x86-64).
            let kinds = [
                ("pxe-bios", &["0x0000"][..]),
                ("pxe-uefi-x64", &["0x0007", "0x0009"]),
                ("pxe-uefi-arm64", &["0x000b"]),
            ];
            let each = kinds.into_iter().enumerate().filter_map(|(at, (name, architectures))| {
                let file = values.given(at + 1)?;
                let test = not_ipxe(family, &of_architecture(family, architectures));
                Some(boot_class(family, name, &test, values.given(0), file))
            });
            each.collect()
        },
    },
    Template {
        name: "http-boot",
        title: "UEFI HTTP boot: a URL for each kind of machine",
        families: &[Family::V4, Family::V6],
        fields: &[may("x64", "URL for x86-64", Takes::Url), may("arm64", "URL for ARM64", Takes::Url)],
        make: |family, values| {
            let kinds = [("http-boot-x64", "0x0010"), ("http-boot-arm64", "0x0013")];
            let each = kinds.into_iter().enumerate().filter_map(|(at, (name, architecture))| {
                let test = of_architecture(family, &[architecture]);
                Some(http_class(family, name, &test, values.given(at)?))
            });
            each.collect()
        },
    },
];

/// The expression that is true for clients of one of these architectures.
fn of_architecture(family: Family, architectures: &[&str]) -> String {
    let code = if family == Family::V4 { 93 } else { 61 };
    let each: Vec<String> =
        architectures.iter().map(|value| format!("substring(option[{code}].hex,0,2) == {value}")).collect();
    if each.len() == 1 { each.concat() } else { format!("({})", each.join(" or ")) }
}

/// Firmware, and not iPXE that the firmware has loaded: that one would load itself for ever.
fn not_ipxe(family: Family, test: &str) -> String {
    match family {
        Family::V4 => format!("{test} and not option[175].exists"),
        Family::V6 => format!("{test} and not (substring(option[15].hex,2,4) == 'iPXE')"),
    }
}

impl Template {
    /// The template of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    /// The edits that make it, with these values by the names of fields. An error is a sentence without its full stop.
    pub fn edits(&self, family: Family, given: &[(&str, &str)]) -> Result<Vec<Edit>, String> {
        if !self.families.contains(&family) {
            return Err(format!("“{}” is for IPv4 only", self.name));
        }
        if let Some((name, _)) = given.iter().find(|(name, _)| self.fields.iter().all(|field| field.name != *name)) {
            let names: Vec<&str> = self.fields.iter().map(|field| field.name).collect();
            return Err(format!("“{}” has no field “{name}”: it has {}", self.name, names.join(", ")));
        }
        let value = |field: &Field| {
            let value = given.iter().rev().find(|(name, _)| *name == field.name).map_or("", |(_, value)| value.trim());
            field.fault(family, value).map_or(Ok(value), |fault| Err(format!("{}: {fault}", field.name)))
        };
        let values = Values(self.fields.iter().map(value).collect::<Result<_, _>>()?);
        let edits = (self.make)(family, &values);
        if edits.is_empty() {
            Err(format!("nothing is given for “{}”: fill in a field", self.title))
        } else {
            Ok(edits)
        }
    }
}

/// The edits of a template, where what it makes is for clients in these subnets and shared networks alone: its classes are
/// looked at there only.
pub fn only_in(edits: Vec<Edit>, places: &[Path]) -> Vec<Edit> {
    if places.is_empty() {
        return edits;
    }
    let mut limited = Vec::new();
    let mut names = Vec::new();
    for mut edit in edits {
        if edit.path == Path::root().member("client-classes")
            && let Op::Add(Value::Map(class)) = &mut edit.op
        {
            names.extend(class.get("name").cloned());
            class.set("only-in-additional-list", true.into());
        }
        limited.push(edit);
    }
    let list = |place: &Path| place.member("evaluate-additional-classes");
    let entries = places.iter().flat_map(|place| names.iter().map(move |name| (place, name)));
    limited.extend(entries.map(|(place, name)| Edit { path: list(place), op: Op::Add(name.clone()) }));
    limited
}

impl Field {
    /// What is wrong with a value, as a sentence without its full stop.
    pub fn fault(&self, family: Family, value: &str) -> Option<String> {
        let says = |what: &str| Some(what.to_owned());
        let value = value.trim();
        if value.is_empty() {
            return if self.optional { None } else { says("a value is missing") };
        }
        let is_address = |text: &str| text.trim().parse::<IpAddr>().is_ok_and(|address| address.is_ipv4());
        let is_plain = value.bytes().all(|octet| octet.is_ascii_graphic());
        let is_http = value.starts_with("http://") || value.starts_with("https://");
        match self.takes {
            Takes::Address if !is_address(value) => says("an IPv4 address is expected, as in 192.0.2.1"),
            Takes::Addresses if !value.split(',').all(is_address) => {
                says("IPv4 addresses are expected, as in 192.0.2.1, 192.0.2.2")
            }
            Takes::File | Takes::Url if !is_plain => says("blanks and characters beyond ASCII cannot be in it"),
            Takes::File if family == Family::V6 && !value.contains("://") => {
                says("for IPv6 a whole URL is expected, as in tftp://[2001:db8::5]/boot.efi")
            }
            // RFC 2131, section 2: 128 octets, the last of which is zero.
            Takes::File | Takes::Url if family == Family::V4 && value.len() > 127 => says("127 characters at most"),
            Takes::Url if !is_http => says("a URL that begins with http:// or https:// is expected"),
            _ => None,
        }
    }
}
