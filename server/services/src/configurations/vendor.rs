//! Options of vendors: options inside of option 43, or of the option of an enterprise (125 of IPv4, 17 of IPv6).

use keaconf::{Daemon, Document, Edit, Map, Op, Path, Step, Value};
use model::{ConfigEdit, FieldError, Octets, Permission, ServerName};

use super::Configurations;
use super::octets::{hex, octets};
use super::view::{missing, read_path, written};
use crate::{Actor, Error, Result};

/// The space of what is inside of option 43.
const ENCAPSULATED: &str = "vendor-encapsulated-options-space";

/// A part as it is written: its code and its octets.
type Part = (u32, Vec<u8>);

impl Configurations {
    /// The edits that set an option of a vendor in a list of options, with the option around it where there is none. `vendor`:
    /// the number of its enterprise; empty: option 43. `code` empty: the value is the whole in hexadecimal digits, parts with
    /// their codes and lengths, in the place of all that are there. What is wrong is said of `vendor`, `code` or `value`.
    /// Nothing is sent.
    pub async fn vendor_option(
        &self,
        actor: &Actor,
        server: &ServerName,
        list: &str,
        vendor: &str,
        code: &str,
        value: &str,
    ) -> Result<Vec<ConfigEdit>> {
        actor.may(Permission::Reserve)?;
        let document = self.show(actor, server).await?;
        let wanted = Wanted::read(&document, read_path(list)?, vendor)?;
        Ok(wanted.edits(code.trim(), value.trim())?.iter().map(written).collect())
    }
}

/// The options of one vendor in one list.
struct Wanted<'a> {
    document: &'a Document,
    list: Path,
    /// The map that the list is of.
    around: &'a Map,
    /// The number of the enterprise; none: option 43.
    enterprise: Option<u32>,
}

fn wrong(field: &str, text: impl Into<String>) -> Error {
    Error::Invalid { fields: vec![FieldError::new(field, text)] }
}

impl<'a> Wanted<'a> {
    fn read(document: &'a Document, list: Path, vendor: &str) -> Result<Self> {
        let (part, _) = list.split().ok_or_else(|| wrong("list", "name a list of options"))?;
        let around = document.map(&part).map_err(|error| missing(&error))?;
        let enterprise = match vendor.trim() {
            "" if document.daemon == Daemon::Dhcp4 => None,
            "" => return Err(wrong("vendor", "Type the number of the enterprise, as 4491.")),
            number => {
                let number = number.parse().map_err(|_| wrong("vendor", "Type the number of the enterprise, as 4491."));
                Some(number?)
            }
        };
        Ok(Self { document, list, around, enterprise })
    }

    fn edits(&self, code: &str, value: &str) -> Result<Vec<Edit>> {
        let mut edits: Vec<Edit> = self.carrier()?.into_iter().collect();
        if code.is_empty() {
            edits.extend(self.whole(value)?);
        } else {
            let code = code.parse().ok().filter(|code| (1..=self.last_code()).contains(code));
            let code = code.ok_or_else(|| {
                wrong("code", format!("Type a number from 1 to {}, or nothing for the whole.", self.last_code()))
            })?;
            edits.extend(self.part(code, value)?);
        }
        Ok(edits)
    }

    fn space(&self) -> String {
        self.enterprise.map_or_else(|| ENCAPSULATED.to_owned(), |number| format!("vendor-{number}"))
    }

    fn last_code(&self) -> u32 {
        match (self.document.daemon, self.enterprise) {
            (Daemon::Dhcp6, _) => 65_535,
            (_, Some(_)) => 255,
            // 255 ends option 43 (RFC 2132 §8.4).
            (_, None) => 254,
        }
    }

    fn own_space(&self) -> &'static str {
        if self.document.daemon == Daemon::Dhcp6 { "dhcp6" } else { "dhcp4" }
    }

    /// The options of a space in the list, with their codes.
    fn options(&self, space: String) -> impl Iterator<Item = (i64, &'a Map)> {
        let list = self.around.get("option-data").and_then(Value::as_list).unwrap_or_default();
        let own = self.own_space();
        let (document, around) = (self.document, self.around);
        list.iter().filter_map(Value::as_map).filter_map(move |option| {
            let code = option.get("code").and_then(Value::as_i64);
            let code = code.or_else(|| document.definition_of(around, option).map(|known| known.code))?;
            (option.text("space").unwrap_or(own) == space).then_some((code, option))
        })
    }

    /// The edit that adds the option around them; none: it is there.
    fn carrier(&self) -> Result<Option<Edit>> {
        let code: i64 = match (self.document.daemon, self.enterprise) {
            (Daemon::Dhcp6, _) => 17,
            (_, Some(_)) => 125,
            (_, None) => 43,
        };
        let there = self.options(self.own_space().to_owned()).find(|(known, _)| *known == code);
        let number = self.enterprise.map(|number| number.to_string());
        if let Some((_, option)) = there {
            let data = option.text("data").unwrap_or_default();
            return match &number {
                Some(number) if data.trim() != number => Err(wrong(
                    "vendor",
                    format!("Option {code} is of {data} here: an option of its number stands once in a list."),
                )),
                _ => Ok(None),
            };
        }
        let mut option = Map::default();
        option.set("code", code.into());
        if self.document.daemon == Daemon::Dhcp6 {
            option.set("space", self.own_space().into());
        }
        option.set("data", number.as_deref().unwrap_or_default().into());
        if number.is_none() {
            option.set("csv-format", false.into());
        }
        Ok(Some(self.add(option)))
    }

    fn add(&self, option: Map) -> Edit {
        Edit { path: self.list.clone(), op: Op::Add(Value::Map(option)) }
    }

    fn at(&self, code: i64) -> Path {
        let keys = vec![
            ("space".to_owned(), self.space().as_str().into()),
            ("code".to_owned(), code.to_string().as_str().into()),
        ];
        self.list.with(Step::Element(keys))
    }

    /// Sets one part: as text where it is defined, else its octets.
    fn part(&self, code: u32, value: &str) -> Result<Vec<Edit>> {
        let mut option = Map::default();
        option.set("code", i64::from(code).into());
        option.set("space", self.space().as_str().into());
        if self.document.definition_of(self.around, &option).is_some() {
            option.set("data", value.into());
        } else {
            let read = value.parse::<Octets>().map_err(|_| {
                wrong("value", "The option is not defined: type its octets in hexadecimal digits, as 01:04:c0:00.")
            })?;
            option.set("data", hex(read.as_slice(), "").as_str().into());
            option.set("csv-format", false.into());
        }
        if let Some(fault) = octets(self.document, self.around, &option).fault {
            return Err(wrong("value", fault));
        }
        Ok(self.put(option))
    }

    /// Adds a part, or gives it its value where it is there.
    fn put(&self, option: Map) -> Vec<Edit> {
        let code = option.get("code").and_then(Value::as_i64).unwrap_or_default();
        let Some((_, known)) = self.options(self.space()).find(|(known, _)| *known == code) else {
            return vec![self.add(option)];
        };
        let at = self.at(code);
        let of = |map: &Map, name: &str, otherwise: Value| map.get(name).cloned().unwrap_or(otherwise);
        let members = [("data", Value::from("")), ("csv-format", Value::from(true))];
        let changed = members.into_iter().filter_map(|(name, otherwise)| {
            let (old, new) = (of(known, name, otherwise.clone()), of(&option, name, otherwise));
            (old != new).then(|| Edit { path: at.member(name), op: Op::Set(new) })
        });
        changed.collect()
    }

    /// Sets exactly the parts that are written one after the other.
    fn whole(&self, value: &str) -> Result<Vec<Edit>> {
        let form = "Type the parts in hexadecimal digits, each with its code and length, as 01:04:c0:00:02:01.";
        let read = value.parse::<Octets>().map_err(|_| wrong("value", form))?;
        let parts = split(self.document.daemon, read.as_slice()).ok_or_else(|| {
            wrong("value", "This ends in the middle: each part is a code, a length and that many octets.")
        })?;
        if parts.iter().enumerate().any(|(at, part)| parts[..at].iter().any(|other| other.0 == part.0)) {
            return Err(wrong("value", "A part is listed twice."));
        }
        let is_wanted = |code: i64| parts.iter().any(|part| i64::from(part.0) == code);
        let gone = self.options(self.space()).filter(|(code, _)| !is_wanted(*code));
        let mut edits: Vec<Edit> = gone.map(|(code, _)| Edit { path: self.at(code), op: Op::Remove }).collect();
        for (code, octets) in &parts {
            let mut option = Map::default();
            option.set("code", i64::from(*code).into());
            option.set("space", self.space().as_str().into());
            option.set("data", hex(octets, "").as_str().into());
            option.set("csv-format", false.into());
            edits.extend(self.put(option));
        }
        Ok(edits)
    }
}

/// Code and octets of each part; none: they end in the middle, or there is none.
fn split(daemon: Daemon, octets: &[u8]) -> Option<Vec<Part>> {
    let width = if daemon == Daemon::Dhcp6 { 2 } else { 1 };
    let number = |octets: &[u8]| octets.iter().fold(0_u32, |number, octet| (number << 8) | u32::from(*octet));
    let mut parts = Vec::new();
    let mut rest = octets;
    while !rest.is_empty() {
        let (code, after) = rest.split_at_checked(width)?;
        let (length, after) = after.split_at_checked(width)?;
        let (value, after) = after.split_at_checked(usize::try_from(number(length)).ok()?)?;
        parts.push((number(code), value.to_vec()));
        rest = after;
    }
    (!parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(site: &str, vendor: &str, code: &str, value: &str) -> Result<String> {
        let document = Document::read(site.as_bytes()).unwrap();
        let wanted = Wanted::read(&document, "option-data".parse().unwrap(), vendor)?;
        let edits: Vec<String> = wanted
            .edits(code, value)?
            .iter()
            .map(written)
            .map(|edit| format!("{:?} {} {}", edit.op, edit.path, edit.value.unwrap_or_default()).trim().to_owned())
            .collect();
        Ok(edits.join("\n"))
    }

    fn fault(site: &str, vendor: &str, code: &str, value: &str) -> String {
        match of(site, vendor, code, value) {
            Err(Error::Invalid { fields }) => fields[0].field.clone(),
            other => panic!("{other:?}"),
        }
    }

    const BARE: &str = r#"{ "Dhcp4": { } }"#;

    #[test]
    fn a_part_comes_with_the_option_around_it() {
        let around = r#"Add option-data {"code":43,"data":"","csv-format":false}"#;
        let part = r#"Add option-data {"code":1,"space":"vendor-encapsulated-options-space","data":"c0000201","csv-format":false}"#;
        assert_eq!(of(BARE, "", "1", "c0:00:02:01").unwrap(), format!("{around}\n{part}"));
        let enterprise = of(BARE, "9999", "1", "0a").unwrap();
        assert!(enterprise.starts_with(r#"Add option-data {"code":125,"data":"9999"}"#), "{enterprise}");
        let v6 = of(r#"{ "Dhcp6": { } }"#, "9999", "300", "0a").unwrap();
        assert!(v6.starts_with(r#"Add option-data {"code":17,"space":"dhcp6","data":"9999"}"#), "{v6}");
    }

    #[test]
    fn what_is_defined_is_typed_as_text_and_changed_in_its_place() {
        let site = r#"{ "Dhcp4": { "option-def": [{ "name": "controller", "code": 1, "space": "vendor-9999", "type": "ipv4-address" }],
            "option-data": [{ "code": 125, "data": "9999" }, { "code": 1, "space": "vendor-9999", "data": "192.0.2.1" }] } }"#;
        assert_eq!(
            of(site, "9999", "1", "192.0.2.2").unwrap(),
            r#"Set option-data[space=vendor-9999,code=1].data "192.0.2.2""#
        );
        assert_eq!(of(site, "9999", "1", "192.0.2.1").unwrap(), "");
        assert_eq!(fault(site, "9999", "1", "gateway"), "value");
        assert_eq!(fault(site, "9", "1", "0a"), "vendor", "the option is of another one here");
    }

    #[test]
    fn the_whole_takes_the_place_of_all_parts() {
        let site = r#"{ "Dhcp4": { "option-data": [{ "code": 43, "data": "", "csv-format": false },
            { "code": 1, "space": "vendor-encapsulated-options-space", "data": "0a", "csv-format": false },
            { "code": 9, "space": "vendor-encapsulated-options-space", "data": "0b", "csv-format": false }] } }"#;
        let at = "option-data[space=vendor-encapsulated-options-space,code";
        let added = r#"Add option-data {"code":2,"space":"vendor-encapsulated-options-space","data":"0c0d","csv-format":false}"#;
        let edits = of(site, "", "", "01 01 ff 02 02 0c 0d").unwrap();
        assert_eq!(edits, format!("Remove {at}=9]\nSet {at}=1].data \"ff\"\n{added}"));
        for (vendor, code, value, field) in [
            ("", "", "01:04:c0", "value"),
            ("", "", "0101ff0101ff", "value"),
            ("", "255", "0a", "code"),
            ("x", "1", "0a", "vendor"),
        ] {
            assert_eq!(fault(BARE, vendor, code, value), field, "{vendor} {code} {value}");
        }
        assert_eq!(fault(r#"{ "Dhcp6": { } }"#, "", "1", "0a"), "vendor");
    }
}
