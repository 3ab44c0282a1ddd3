//! DNS updates: switches that need each other, and what Kea does not look for.

use super::{Review, Severity, set};
use crate::table::Table;
use crate::{Map, Part, Path, Value};

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    if document.daemon.subnets().is_none() {
        return;
    }
    let path = Path::root().member("dhcp-ddns");
    let switch = path.member("enable-updates");
    let connection = document.root.get("dhcp-ddns").and_then(Value::as_map);
    if connection.and_then(|map| map.get("enable-updates")).and_then(Value::as_bool) == Some(true) {
        without_daemon(review, &switch, connection);
        return;
    }
    for (path, member) in wished(review.parts) {
        let text =
            "No update is sent for this: “enable-updates” is off for the whole server, and nothing else turns it on.";
        let severity = Severity::Warning;
        review.say("ddns-off", severity, &path.member(member), text).mended_by([set(switch.clone(), true)]);
    }
}

/// Updates are on: who makes them is not known to Kea.
fn without_daemon(review: &mut Review<'_>, switch: &Path, connection: Option<&Map>) {
    let document = review.document;
    let own = |name: &str| connection.and_then(|map| map.get(name));
    let default = |name: &str| Table::of(document.daemon).level("dhcp-ddns")?.parameter(name)?.default.clone();
    let shown = |name: &str| match own(name).cloned().or_else(|| default(name)) {
        Some(Value::Text(text)) => text.to_string(),
        Some(value) => value.to_json(crate::Layout::Compact),
        None => String::new(),
    };
    let text = format!(
        "DNS updates are on, and kea-dhcp-ddns has to run at {} port {}: Kea does not look whether it does. Where it does not, \
         names stay out of DNS, and clients get their leases all the same.",
        shown("server-ip"),
        shown("server-port")
    );
    review.say("ddns-daemon", Severity::Hint, switch, text);
    let suffixed = |map: &Map| map.text("ddns-qualifying-suffix").is_some_and(|suffix| !suffix.is_empty());
    if !suffixed(&document.root) && !review.everywhere.iter().any(|part| suffixed(part.map)) {
        let text = "Names of clients get no domain: “ddns-qualifying-suffix” is set nowhere. Names without one belong to no zone, \
                    and are not updated.";
        review.say("ddns-suffix", Severity::Hint, &Path::root(), text);
    }
}

/// Where updates are asked for with a word.
fn wished(parts: &[Part<'_>]) -> Vec<(Path, &'static str)> {
    let asks = |map: &Map| map.get("ddns-send-updates").and_then(Value::as_bool) == Some(true);
    // Kea shows its default as if it were set on the whole server, so that there it is no wish.
    let wished = parts.iter().filter(|part| asks(part.map));
    wished.map(|part| (part.path.clone(), "ddns-send-updates")).collect()
}
