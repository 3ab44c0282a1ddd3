//! The control sockets of a server: on which of them Nestor comes in, and whether a change would shut that one. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use keaconf::{Daemon, Document, Map, Plan, Value};

use crate::ports::Told;

/// The port of Kea's own HTTP sockets, and of its Control Agent, where none is set.
pub(crate) const PORT: u16 = 8000;

/// A socket on which a daemon listens for commands over HTTP.
#[derive(Clone, Copy)]
pub(crate) struct Socket<'a> {
    address: IpAddr,
    port: u16,
    is_tls: bool,
    map: &'a Map,
}

/// The HTTP sockets of a server.
pub(crate) fn sockets(document: &Document) -> Vec<Socket<'_>> {
    maps(document).into_iter().filter_map(|map| Socket::of(map, document.daemon)).collect()
}

fn maps(document: &Document) -> Vec<&Map> {
    let several = document.root.get("control-sockets").and_then(Value::as_list).unwrap_or_default();
    several.iter().chain(document.root.get("control-socket")).filter_map(Value::as_map).collect()
}

impl<'a> Socket<'a> {
    /// None: it is no HTTP socket.
    fn of(map: &'a Map, daemon: Daemon) -> Option<Self> {
        let kind = map.text("socket-type").filter(|kind| ["http", "https"].contains(kind))?;
        let alone = || if daemon == Daemon::Dhcp6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() };
        let address = map.text("socket-address").or_else(|| map.text("socket-name"));
        let port = map.get("socket-port").and_then(Value::as_i64).and_then(|port| u16::try_from(port).ok());
        let is_tls = kind == "https" || map.text("cert-file").is_some_and(|file| !file.is_empty());
        let address = address.and_then(|text| text.parse().ok()).unwrap_or_else(alone);
        Some(Self { address, port: port.unwrap_or(PORT), is_tls, map })
    }

    /// Whether what Nestor was told leads here. A name may be any address.
    pub(crate) fn fits(&self, told: &Told) -> bool {
        let address = told.address().is_none_or(|told| self.address.is_unspecified() || self.address == told);
        address && self.port == told.port && self.is_tls == told.is_tls
    }

    /// Whether it asks for a user name and a password.
    pub(crate) fn asks(&self) -> bool {
        authentication(self.map).is_some()
    }

    /// Where it is.
    pub(crate) fn shown(&self) -> String {
        let tls = if self.is_tls { " with TLS" } else { "" };
        format!("{}, port {}{tls}", self.address, self.port)
    }
}

/// Why a plan would lock out whoever makes it, as a sentence; none: it would not. `told`: the way to the server. What Nestor
/// comes in by stays as it is; beside it sockets and their clients may come and go.
pub(crate) fn locks_out(plan: &Plan, told: Option<&Told>) -> Option<String> {
    let [before, after] = plan.seen();
    let fitting = |told: &Told| {
        let fits = |map: &&Map| Socket::of(map, before.daemon).is_some_and(|socket| socket.fits(told));
        maps(before).into_iter().filter(fits).collect()
    };
    let ours: Vec<&Map> = told.map(fitting).unwrap_or_default();
    let text = match told.filter(|_| !ours.is_empty()) {
        Some(told) => format!(
            "Nestor comes in by the control socket on port {}, and would be locked out. Add another socket, or another of its \
             clients, first; have Nestor use that (kea.url, kea.user: “nestor check” tries them), and then change this one.",
            told.port
        ),
        None => {
            "It is not known by which of its control sockets Nestor reaches the server, as something between passes on \
                 what it sends: change them in Kea’s file and in Nestor’s settings together."
                .to_owned()
        }
    };
    let ours = if ours.is_empty() { maps(before) } else { ours };
    let user = told.and_then(|told| told.user.as_deref());
    let open = maps(after);
    let is_shut = |socket: &Map| !open.iter().any(|now| opens(socket, now, user));
    ours.into_iter().any(is_shut).then_some(text)
}

/// Whether who comes in by a socket, under this name, does so by what it is then.
fn opens(was: &Map, now: &Map, user: Option<&str>) -> bool {
    let [one, other] = [was, now].map(|socket| without(socket, "authentication"));
    one == other
        && match [was, now].map(authentication) {
            [None, None] => true,
            [Some(was), Some(now)] => {
                let [one, other] = [was, now].map(|lock| without(lock, "clients"));
                one == other && lets_in(clients(was), clients(now), user)
            }
            _ => false,
        }
}

/// Whether those who are let in under this name still are. Where it is not known which of them that is, all of them. No client
/// at all lets everybody in (seen on 3.0.3).
fn lets_in(was: &[Value], now: &[Value], user: Option<&str>) -> bool {
    let is_ours = |client: &&Value| user.is_some() && client.as_map().and_then(|map| map.text("user")) == user;
    let ours: Vec<&Value> = was.iter().filter(is_ours).collect();
    let ours = if ours.is_empty() { was.iter().collect() } else { ours };
    was.is_empty() == now.is_empty() && ours.into_iter().all(|client| now.contains(client))
}

fn authentication(socket: &Map) -> Option<&Map> {
    socket.get("authentication").and_then(Value::as_map)
}

fn clients(authentication: &Map) -> &[Value] {
    authentication.get("clients").and_then(Value::as_list).unwrap_or_default()
}

fn without(map: &Map, member: &str) -> Map {
    map.iter().filter(|(name, _)| *name != member).map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use keaconf::Edit;

    use super::*;

    const OURS: &str = r#"{"socket-type":"http","socket-address":"127.0.0.1","socket-port":8001,
        "authentication":{"type":"basic","clients":[{"user":"nestor","password":"a"},{"user":"stork","password":"b"}]}}"#;
    const OTHER: &str = r#"{"socket-type":"http","socket-address":"127.0.0.1","socket-port":8002}"#;
    const UNIX: &str = r#"{"socket-type":"unix","socket-name":"kea4.sock"}"#;

    fn told(port: u16) -> Told {
        Told { host: "127.0.0.1".to_owned(), port, is_tls: false, user: Some("nestor".to_owned()) }
    }

    /// Whether it locks out, from sockets to others.
    fn from_to(told: Option<&Told>, before: &str, after: &str) -> bool {
        let text = format!(r#"{{"Dhcp4":{{"control-sockets":[{before}]}}}}"#);
        let running = Document::read(text.as_bytes()).unwrap();
        let edits = format!(r#"[{{"op":"set","path":"control-sockets","value":[{after}]}}]"#);
        let plan = Plan::of(&running, &Edit::read_all(edits.as_bytes()).unwrap()).unwrap();
        locks_out(&plan, told).is_some()
    }

    #[test]
    fn what_nestor_comes_in_by_stays_and_the_rest_may_go() {
        let here = told(8001);
        let locked = |before: &[&str], after: &[&str]| from_to(Some(&here), &before.join(","), &after.join(","));
        // A secret that is left out is the one that is there.
        let ours = OURS.replace(r#""a""#, r#""[redacted]""#).replace(r#""b""#, r#""[redacted]""#);
        assert!(!locked(&[OURS], &[&ours, OTHER]), "one more");
        assert!(!locked(&[UNIX, OURS, OTHER], &[&ours]), "the others go");
        assert!(locked(&[UNIX, OURS, OTHER], &[UNIX, OTHER]), "ours goes");
        for (part, other) in [
            (r#""basic""#, r#""none""#),
            (r#"{"user":"nestor","password":"[redacted]"},"#, ""),
            (r#""nestor","password":"[redacted]""#, r#""nestor","password":"c""#),
        ] {
            let changed = ours.replacen(part, other, 1);
            assert_ne!(changed, ours, "{part}");
            assert!(locked(&[OURS], &[&changed]), "{part}");
        }
        for (part, other) in [("8002", "8003"), ("127.0.0.1", "192.0.2.1"), (r#""http""#, r#""https""#)] {
            assert!(from_to(Some(&told(8002)), OTHER, &OTHER.replacen(part, other, 1)), "{part}");
        }
        let without_stork = ours.replace(r#",{"user":"stork","password":"[redacted]"}"#, "");
        assert!(!locked(&[OURS], &[&without_stork]), "another client goes");
        assert!(locked(&[OTHER, OURS], &[OTHER, &OTHER.replace("8002", "8001")]), "nobody is asked any more");
    }

    #[test]
    fn once_it_comes_in_by_the_new_way_the_old_one_may_go() {
        let ours = OURS.replace(r#""a""#, r#""[redacted]""#).replace(r#""b""#, r#""[redacted]""#);
        assert!(!from_to(Some(&told(8002)), &format!("{OURS},{OTHER}"), OTHER));
        assert!(from_to(Some(&told(8002)), &format!("{OURS},{OTHER}"), &ours));
    }

    #[test]
    fn where_the_way_is_not_known_every_socket_stays() {
        for told in [None, Some(told(9000))] {
            assert!(from_to(told.as_ref(), &format!("{UNIX},{OTHER}"), OTHER), "the Control Agent may come by that");
            assert!(from_to(told.as_ref(), &format!("{UNIX},{OTHER}"), UNIX));
            assert!(!from_to(told.as_ref(), OTHER, &format!("{OTHER},{UNIX}")));
        }
    }

    #[test]
    fn whether_a_password_was_guessed_is_not_told() {
        let guess = |password: &str| {
            let after = OURS.replace(r#""a""#, &format!("\"{password}\"")).replace(r#""b""#, r#""[redacted]""#);
            from_to(Some(&told(8001)), OURS, &after)
        };
        assert!(guess("a") && guess("x"), "both are refused");
    }

    #[test]
    fn a_socket_that_lets_everybody_in_asks_for_nobody() {
        let open = r#"{"socket-type":"http","socket-port":8001,"authentication":{"type":"basic","clients":[]}}"#;
        let asks = open.replace("[]", r#"[{"user":"x","password":"y"}]"#);
        assert!(from_to(Some(&told(8001)), open, &asks));
    }
}
