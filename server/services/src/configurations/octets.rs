//! What goes to clients of an option: its octets, or why Kea does not take its value.

use std::fmt::Write as _;

use keaconf::{Daemon, Document, Map, Value};
use model::{OptionOctets, ServerName};

use super::Configurations;
use super::view::{missing, read_path};
use crate::{Actor, Error, Result};

/// How many octets are shown to people.
const SHOWN: usize = 64;

/// How many octets an option of IPv4 holds at once.
const AT_ONCE: usize = 255;

impl Configurations {
    /// What would go to clients of an option of the list at a path, written as JSON as Kea has it. Nothing is sent.
    pub async fn option_octets(
        &self,
        actor: &Actor,
        server: &ServerName,
        list: &str,
        option: &str,
    ) -> Result<OptionOctets> {
        let document = self.show(actor, server).await?;
        let (part, _) = read_path(list)?.split().ok_or_else(|| Error::invalid("list", "name a list of options"))?;
        let around = document.map(&part).map_err(|error| missing(&error))?;
        let option =
            keaconf::read_json(option.as_bytes()).map_err(|error| Error::invalid("option", error.to_string()))?;
        let Value::Map(option) = option else { return Err(Error::invalid("option", "write an option as a map")) };
        Ok(octets(&document, around, &option))
    }
}

/// What goes to clients of an option of the `option-data` of a map.
pub(super) fn octets(document: &Document, around: &Map, option: &Map) -> OptionOctets {
    if option.get("never-send").and_then(Value::as_bool) == Some(true) {
        return OptionOctets { text: "It goes to no client.".to_owned(), ..OptionOctets::default() };
    }
    match document.wire(around, option) {
        Ok(wire) => OptionOctets {
            hex: hex(&wire.octets, ""),
            length: u32::try_from(wire.octets.len()).unwrap_or(u32::MAX),
            text: text(document.daemon, &wire.octets),
            fault: wire.what_is_left_out(),
        },
        Err(misfit) => match misfit.sentences() {
            Some(fault) => OptionOctets { fault: Some(fault), ..OptionOctets::default() },
            None => OptionOctets {
                text: "It is not known here which octets Kea makes of it.".to_owned(),
                ..OptionOctets::default()
            },
        },
    }
}

fn text(daemon: Daemon, octets: &[u8]) -> String {
    let count = match octets.len() {
        0 => return "It goes to clients without octets.".to_owned(),
        1 => "1 octet".to_owned(),
        count => format!("{count} octets"),
    };
    let shown = hex(&octets[..octets.len().min(SHOWN)], " ");
    let more = if octets.len() > SHOWN { " …" } else { "" };
    let parts = octets.len().div_ceil(AT_ONCE);
    let split = if daemon == Daemon::Dhcp4 && parts > 1 {
        format!(" They go in {parts} parts: one holds {AT_ONCE} at most.")
    } else {
        String::new()
    };
    format!("{count} go to clients: {shown}{more}.{split}").replace("1 octet go ", "1 octet goes ")
}

/// Octets in hexadecimal digits, with a text between.
pub(super) fn hex(octets: &[u8], between: &str) -> String {
    let mut text = String::new();
    for octet in octets {
        let between = if text.is_empty() { "" } else { between };
        let _ = write!(text, "{between}{octet:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(daemon: &str, option: &str) -> OptionOctets {
        let document = Document::read(format!("{{\"{daemon}\":{{}}}}").as_bytes()).unwrap();
        let Ok(Value::Map(option)) = keaconf::read_json(option.as_bytes()) else { panic!("{option}") };
        octets(&document, &document.root, &option)
    }

    #[test]
    fn octets_are_counted_shown_and_split_as_they_go() {
        let routers = of("Dhcp4", r#"{"code":3,"data":"192.0.2.1"}"#);
        assert_eq!((routers.hex.as_str(), routers.length, &routers.fault), ("c0000201", 4, &None));
        assert_eq!(routers.text, "4 octets go to clients: c0 00 02 01.");
        let one = of("Dhcp4", r#"{"code":23,"data":"64"}"#);
        assert_eq!(one.text, "1 octet goes to clients: 40.");
        let long = format!(r#"{{"code":67,"data":"{}"}}"#, "a".repeat(300));
        let long = of("Dhcp4", &long);
        assert!(
            long.text.starts_with("300 octets go to clients: 61 61") && long.text.contains("61 …. They go in 2 parts")
        );
        assert_eq!(long.hex.len(), 600, "whole");
        let v6 = format!(r#"{{"code":59,"data":"{}"}}"#, "a".repeat(300));
        assert!(!of("Dhcp6", &v6).text.contains("parts"), "an option of IPv6 holds more");
    }

    #[test]
    fn what_kea_refuses_or_leaves_out_is_said() {
        let fault = |option: &str| of("Dhcp4", option).fault.unwrap_or_default();
        assert!(fault(r#"{"code":3,"data":"gateway"}"#).contains("Kea refuses"));
        assert!(fault(r#"{"code":224,"data":"7"}"#).contains("not defined"));
        assert_eq!(of("Dhcp4", r#"{"code":3,"never-send":true}"#).text, "It goes to no client.");
    }
}
