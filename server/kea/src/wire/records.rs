//! Lists of which nothing is lost: what has a type of ours, and the rest as Kea wrote it.
//!
//! One record that is not understood takes nothing away but itself. In a configuration, where an element has much beside the
//! one member that is not understood, only that member is set aside.

use std::fmt;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::ops::Deref;

use serde::de::{DeserializeOwned, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use super::secret;

/// A record as Kea wrote it, because it is of none of our types; without what may be a password.
#[derive(Clone, Debug, PartialEq)]
pub struct Raw {
    /// The name of the member that it is, where it is one; empty: an element of a list.
    pub member: String,
    /// What it says.
    pub value: Value,
    /// Why it is not understood, in the words of the decoder.
    pub fault: String,
}

impl Raw {
    /// One that a decoder took, and that says something for which there are no words.
    pub fn of(record: &impl Serialize, fault: String) -> Self {
        let value = serde_json::to_value(record).unwrap_or_default();
        Self { member: String::new(), value: secret::without(value), fault }
    }

    /// One line of JSON.
    pub fn text(&self) -> String {
        self.value.to_string()
    }

    /// A member of it that is a whole number.
    pub fn number(&self, member: &str) -> Option<u32> {
        self.value.get(member)?.as_u64()?.try_into().ok()
    }

    /// A member of it that is text.
    pub fn said(&self, member: &str) -> Option<&str> {
        self.value.get(member)?.as_str()
    }

    /// Every address that it says it is for, also the first of each prefix.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let one = self.value.get("ip-address").into_iter();
        let lists = ["ip-addresses", "prefixes"].into_iter().filter_map(|list| self.value.get(list)?.as_array());
        let texts = one.chain(lists.flatten()).filter_map(Value::as_str);
        texts.filter_map(|text| text.split('/').next()?.trim().parse().ok()).collect()
    }
}

/// What can be an element of [`Records`].
pub trait Record: DeserializeOwned {
    /// Whether it means something without a member that is not understood.
    const IN_PARTS: bool = false;

    /// Keeps such members beside the others. Whether it still means something.
    fn set_aside(&mut self, _members: Vec<Raw>) -> bool {
        false
    }
}

/// A list: its elements that are understood, as which it behaves, and the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Records<T> {
    known: Vec<T>,
    raw: Vec<Raw>,
}

impl<T> Records<T> {
    /// Only such as are not understood.
    pub fn of_raw(raw: Vec<Raw>) -> Self {
        Self { known: Vec::new(), raw }
    }

    /// Those that are not understood.
    pub fn raw(&self) -> &[Raw] {
        &self.raw
    }

    /// Those that are understood, and the others.
    pub fn into_parts(self) -> (Vec<T>, Vec<Raw>) {
        (self.known, self.raw)
    }

    /// How many there are of either.
    pub fn count(&self) -> usize {
        self.known.len() + self.raw.len()
    }

    /// Leaves out those that are not wanted.
    pub fn retain(&mut self, known: impl FnMut(&T) -> bool, raw: impl FnMut(&Raw) -> bool) {
        self.known.retain(known);
        self.raw.retain(raw);
    }

    /// Adds others.
    pub fn extend(&mut self, others: Self) {
        self.known.extend(others.known);
        self.raw.extend(others.raw);
    }
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self { known: Vec::new(), raw: Vec::new() }
    }
}

impl<T> From<Vec<T>> for Records<T> {
    fn from(known: Vec<T>) -> Self {
        Self { known, raw: Vec::new() }
    }
}

impl<T> Deref for Records<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.known
    }
}

/// Equal to a list of what is understood, and nothing else.
impl<T: PartialEq, const N: usize> PartialEq<[T; N]> for Records<T> {
    fn eq(&self, other: &[T; N]) -> bool {
        self.raw.is_empty() && self.known == *other
    }
}

impl<'a, T> IntoIterator for &'a Records<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.known.iter()
    }
}

impl<T: Serialize> Serialize for Records<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Either<'a, T> {
            Known(&'a T),
            Raw(&'a Value),
        }
        let known = self.known.iter().map(Either::Known);
        serializer.collect_seq(known.chain(self.raw.iter().map(|raw| Either::Raw(&raw.value))))
    }
}

impl<'de, T: Record> Deserialize<'de> for Records<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);

        impl<'de, T: Record> Visitor<'de> for List<T> {
            type Value = Records<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Records<T>, A::Error> {
                let mut records = Records::default();
                while let Some(text) = elements.next_element::<Box<RawValue>>()? {
                    match read(text.get()) {
                        Ok(known) => records.known.push(known),
                        Err(raw) => records.raw.push(raw),
                    }
                }
                Ok(records)
            }
        }

        deserializer.deserialize_seq(List(PhantomData))
    }
}

/// A single record, as a command answers with it.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept<T> {
    /// One that is understood.
    Known(T),
    /// One that is not.
    Raw(Raw),
}

impl<T> Kept<T> {
    /// It, where it is understood.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(known) => Some(known),
            Self::Raw(_) => None,
        }
    }
}

impl<'de, T: Record> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Ok(match read(text.get()) {
            Ok(known) => Self::Known(known),
            // What is no record at all is no answer either.
            Err(raw) if !raw.value.is_object() => return Err(serde::de::Error::custom(raw.fault)),
            Err(raw) => Self::Raw(raw),
        })
    }
}

/// The one that there is, which must be understood as far as it goes.
pub(super) fn in_parts<'de, D: Deserializer<'de>, T: Record>(deserializer: D) -> Result<Option<T>, D::Error> {
    let Some(text) = Option::<Box<RawValue>>::deserialize(deserializer)? else { return Ok(None) };
    read(text.get()).map(Some).map_err(|raw| serde::de::Error::custom(raw.fault))
}

fn read<T: Record>(text: &str) -> Result<T, Raw> {
    if let Ok(known) = serde_json::from_str(text) {
        return Ok(known);
    }
    // A number that is too large for any type cannot be anything but text.
    let whole: Value = serde_json::from_str(text).unwrap_or_else(|_| secret::of_text(text));
    let fault = match decode::<T>(&whole) {
        Ok(known) => return Ok(known),
        Err((_, fault)) => fault,
    };
    let part = if T::IN_PARTS { part(&whole) } else { None };
    part.ok_or_else(|| Raw { member: String::new(), value: secret::without(whole), fault })
}

/// As much of it as is understood, without which it would mean nothing.
fn part<T: Record>(whole: &Value) -> Option<T> {
    let (mut rest, mut aside) = (whole.clone(), Vec::new());
    loop {
        match decode::<T>(&rest) {
            Ok(mut known) => {
                return known.set_aside(aside).then_some(known);
            }
            Err((member, fault)) => {
                let value = rest.as_object_mut()?.shift_remove(member.as_deref()?)?;
                let member = member.unwrap_or_default();
                aside.push(Raw { value: secret::of_member(&member, value), member, fault });
            }
        }
    }
}

/// The member at fault, and what is wrong with it.
fn decode<T: Record>(value: &Value) -> Result<T, (Option<String>, String)> {
    serde_path_to_error::deserialize(value.into_deserializer()).map_err(|error| {
        let member = error.path().iter().next().and_then(|first| match first {
            Segment::Map { key } => Some(key.clone()),
            _ => None,
        });
        let path = error.path().to_string();
        let why = error.into_inner().to_string();
        (member, if path == "." { why } else { format!("{path}: {why}") })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::{Dhcp, Lease4, Reservation, RunningConfig};

    #[test]
    fn one_that_is_not_understood_takes_nothing_away_but_itself() {
        let good = json!({ "ip-address": "192.0.2.1", "subnet-id": 1, "cltt": 1, "valid-lft": 1, "state": 0 });
        let odd = [
            ("state", json!(-1)),
            ("state", json!(0.5)),
            ("valid-lft", json!(null)),
            ("hostname", json!(7)),
            ("ip-address", json!("nowhere")),
            ("subnet-id", json!("1")),
            ("cltt", json!(1e300)),
            ("user-context", json!([])),
        ];
        let with = |(member, value): &(&str, Value)| {
            let mut lease = good.clone();
            lease[*member] = value.clone();
            lease
        };
        let mut all: Vec<Value> = odd.iter().map(with).collect();
        all.push(json!(null));
        all.push(json!([good]));
        all.push(json!({}));
        all.push(good.clone());
        let records: Records<Lease4> = serde_json::from_value(json!(all)).unwrap();
        assert_eq!((records.len(), records.raw().len()), (1, all.len() - 1));
        for (raw, sent) in records.raw().iter().zip(&all) {
            assert_eq!(&raw.value, sent, "kept word for word");
            assert!(!raw.fault.is_empty());
        }
        let again: Records<Lease4> = serde_json::from_str(&serde_json::to_string(&records).unwrap()).unwrap();
        assert_eq!(again, records);
    }

    #[test]
    fn what_it_is_for_is_read_of_it_all_the_same() {
        let text = json!([{ "subnet-id": 7, "duid": "01:02:03", "ip-addresses": ["2001:db8::1", 5, "x"], "hostname": [],
            "prefixes": ["2001:db8:1::/200"] }]);
        let records: Records<Reservation> = serde_json::from_value(text).unwrap();
        let [raw] = records.raw() else { panic!("{records:?}") };
        assert_eq!(raw.number("subnet-id"), Some(7));
        let addresses: Vec<_> = raw.addresses().iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["2001:db8::1", "2001:db8:1::"]);
    }

    fn config(text: &str) -> Dhcp {
        serde_json::from_str::<RunningConfig>(&format!(r#"{{"Dhcp4": {text}}}"#)).unwrap().dhcp
    }

    #[test]
    fn of_a_configuration_a_member_is_set_aside() {
        let dhcp = config(
            r#"{"subnet4": [
                {"id": 1, "subnet": "192.0.2.0/24", "valid-lifetime": "long", "pools": [{"pool": 7}, {"pool": "192.0.2.1-192.0.2.9"}],
                 "option-data": [{"code": 3, "data": 5}, {"code": 6, "data": "192.0.2.2"}], "relay": "none"},
                {"id": "x", "subnet": "198.51.100.0/24"},
                {"id": 2, "subnet": "203.0.113.0/24"}],
               "client-classes": [{"name": 5}, {"name": "a"}]}"#,
        );
        let ids: Vec<_> = dhcp.subnet.iter().map(|subnet| subnet.id).collect();
        assert_eq!(ids, [1, 2]);
        let first = &dhcp.subnet[0];
        assert_eq!((first.pools.len(), first.option_data.len()), (1, 1));
        let aside: Vec<_> = first.unread.iter().map(|raw| raw.member.as_str()).collect();
        assert_eq!(aside, ["valid-lifetime", "relay"]);
        let places: Vec<_> = dhcp.unread().into_iter().map(|(place, _)| place).collect();
        assert_eq!(
            places,
            [
                "subnet",
                "subnet 1, valid-lifetime",
                "subnet 1, relay",
                "subnet 1, option",
                "subnet 1, pool",
                "client class"
            ]
        );
    }

    #[test]
    fn no_password_is_kept() {
        let dhcp = config(
            r#"{"hosts-databases": [{"type": "postgresql", "port": "odd", "password": "geheim"}, 5],
                "hooks-libraries": [{"library": 7, "parameters": {"auth": {"secret": "geheim"}}}],
                "user-context": [{"api-token": "geheim"}]}"#,
        );
        assert_eq!(dhcp.unread().len(), 4, "{dhcp:?}");
        assert!(!format!("{dhcp:?}").contains("geheim"));
        assert!(!serde_json::to_string(&dhcp).unwrap().contains("geheim"));
    }
}
