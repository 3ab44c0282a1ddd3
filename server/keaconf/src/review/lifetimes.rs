//! Lease times and the timers of clients, as they hold at each level.

use super::{Review, Severity, unset};
use crate::{Map, Path, Value};

/// Clients of shorter leases ask all the time, in seconds.
const SHORT: i64 = 60;

/// What is judged where one of them is set.
const TIMES: [&str; 8] = [
    "valid-lifetime",
    "min-valid-lifetime",
    "max-valid-lifetime",
    "preferred-lifetime",
    "min-preferred-lifetime",
    "max-preferred-lifetime",
    "renew-timer",
    "rebind-timer",
];

pub(super) fn look(review: &mut Review<'_>) {
    let document = review.document;
    if document.daemon.subnets().is_none() {
        return;
    }
    look_at(review, &Path::root(), &[&document.root]);
    threshold(review, &Path::root(), &document.root);
    for part in review.parts {
        threshold(review, &part.path, part.map);
        let maps: Vec<&Map> = [Some(part.map), part.network, Some(&document.root)].into_iter().flatten().collect();
        let own = TIMES.iter().any(|name| part.map.has(name));
        if own {
            look_at(review, &part.path, &maps);
        }
    }
}

/// What holds of some maps, the nearest first.
fn number(maps: &[&Map], name: &str) -> Option<i64> {
    maps.iter().find_map(|map| map.get(name)).and_then(Value::as_i64)
}

fn look_at(review: &mut Review<'_>, path: &Path, maps: &[&Map]) {
    for kind in ["valid", "preferred"] {
        limits(review, path, maps, kind);
    }
    let valid = number(maps, "valid-lifetime").unwrap_or(7200);
    let default = if review.document.daemon == crate::Daemon::Dhcp6 { Some(3600) } else { None };
    if let Some(preferred) = number(maps, "preferred-lifetime").or(default).filter(|preferred| *preferred > valid) {
        let text = format!(
            "The preferred lifetime ({preferred} s) is longer than the valid one ({valid} s): clients ignore such leases."
        );
        review.say("lifetimes", Severity::Error, path, text);
    }
    if valid == 0 {
        let text = "Leases of 0 s end when they begin: clients get no address that they may use. Kea takes it.";
        review.say("short-lease", Severity::Error, path, text);
    } else if valid < SHORT {
        let text = format!("Leases of {valid} s make every client ask all the time.");
        review.say("short-lease", Severity::Warning, path, text);
    }
    let (renew, rebind) = (number(maps, "renew-timer"), number(maps, "rebind-timer"));
    if let (Some(renew), Some(rebind)) = (renew, rebind)
        && renew >= rebind
    {
        let text = format!(
            "renew-timer ({renew} s) is not shorter than rebind-timer ({rebind} s): Kea then sends no renew-timer."
        );
        review.say("timers", Severity::Warning, path, text);
    }
    for (name, timer) in [("renew-timer", renew), ("rebind-timer", rebind)] {
        if let Some(timer) = timer.filter(|timer| *timer >= valid) {
            let text = format!(
                "{name} ({timer} s) is not shorter than the lease ({valid} s): clients lose their address before they renew it."
            );
            let here = maps[0].has(name);
            let finding = review.say("timers", Severity::Warning, path, text);
            if here {
                finding.mended_by([unset(path.member(name))]);
            }
        }
    }
}

/// A share of the lifetime. Of the whole server Kea looks at it only when a client comes.
fn threshold(review: &mut Review<'_>, path: &Path, map: &Map) {
    let Some(Value::Number(share)) = map.get("cache-threshold") else { return };
    if !share.json().parse::<f64>().is_ok_and(|share| (0.0..1.0).contains(&share)) {
        let text = format!("cache-threshold must be at least 0.0 and below 1.0, this is {share}. Kea refuses it.");
        review.say("out-of-range", Severity::Refused, &path.member("cache-threshold"), text);
    }
}

/// min ≤ default ≤ max, each as it holds.
fn limits(review: &mut Review<'_>, path: &Path, maps: &[&Map], kind: &str) {
    let of = |prefix: &str| number(maps, &format!("{prefix}{kind}-lifetime"));
    let default = if kind == "valid" { 7200 } else { 3600 };
    let base = of("").unwrap_or(default);
    let (least, most) = (of("min-").unwrap_or(base), of("max-").unwrap_or(base));
    if least > base || most < base {
        let text = format!(
            "min-{kind}-lifetime ({least}), {kind}-lifetime ({base}) and max-{kind}-lifetime ({most}) must not fall. Kea \
             refuses that. Limits are inherited too."
        );
        review.say("lifetimes", Severity::Refused, path, text);
    }
}
