//! What is said about pairs.

use model::{Pair, Reservation, ServerName};

/// The server that is asked where the reservations of a pair differ: the first one that we know, if we know another one
/// too.
pub(super) fn asked(pair: &Pair) -> Option<&ServerName> {
    let mut known = pair.peers.iter().filter_map(|peer| peer.server.as_ref());
    let first = known.next()?;
    known.next().map(|_| first)
}

/// How the servers of a pair share the work.
pub(super) fn mode(mode: &str) -> String {
    match mode {
        "hot-standby" => "Hot standby: one serves, the other is ready to take over.".to_owned(),
        "load-balancing" => "Load balancing: both serve, each half of the clients.".to_owned(),
        "passive-backup" => "Passive backup: one serves, the other only receives copies of the leases.".to_owned(),
        other => format!("Mode: {other}."),
    }
}

/// A reservation in a line.
pub(super) fn in_a_line(reservation: Option<&Reservation>) -> String {
    let Some(reservation) = reservation else { return "no reservation".to_owned() };
    let address = Some(reservation.what()).filter(|what| !what.is_empty()).unwrap_or_else(|| "no address".to_owned());
    reservation.host_name.as_ref().map_or(address.clone(), |name| format!("{address} · {name}"))
}

/// What making the one like the other does there.
pub(super) fn effect(from: Option<&Reservation>, to: Option<&Reservation>) -> &'static str {
    match (from, to) {
        (Some(_), Some(_)) => "is changed",
        (Some(_), None) => "is created",
        (None, _) => "is deleted",
    }
}

#[cfg(test)]
mod tests {
    use model::Peer;

    use super::*;

    fn peer(server: Option<&str>) -> Peer {
        let server = server.map(|name| name.parse().unwrap());
        Peer { name: "a".to_owned(), role: "primary".to_owned(), server, state: None, silent: false }
    }

    #[test]
    fn a_pair_with_a_stranger_is_not_compared() {
        let of = |peers: [Option<&str>; 2]| Pair { mode: "hot-standby".to_owned(), peers: peers.map(peer).to_vec() };
        assert_eq!(asked(&of([Some("kea1"), None])), None);
        assert_eq!(asked(&of([Some("kea1"), Some("kea2")])), "kea1".parse().ok().as_ref());
    }

    #[test]
    fn what_is_done_is_named() {
        assert_eq!(effect(None, None), "is deleted");
        assert_eq!(in_a_line(None), "no reservation");
    }
}
