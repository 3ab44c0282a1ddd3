//! The way to a server: what Nestor was told of it, against what the server listens on; and what to look at where it does not
//! lead there. Where the server is stays with its operator: its address is not said.

use keaconf::Document;
use model::{CheckArea, CheckLevel, CheckLine, Family};

use super::daemon;
use crate::ports::{Obstacle, Told};
use crate::sockets::{PORT, Socket, sockets};

/// What to look at where a server cannot be asked, and the lines that help; nothing where the error says it all.
pub(super) fn explained(told: &Told, obstacle: Obstacle, family: Family) -> (Vec<String>, Vec<String>) {
    match obstacle {
        Obstacle::Refused => refused(told, family),
        Obstacle::NoConnection => no_connection(told.port),
        Obstacle::Credentials => (vec![credentials(told).to_owned()], Vec::new()),
    }
}

fn refused(told: &Told, family: Family) -> (Vec<String>, Vec<String>) {
    let (port, daemon) = (told.port, daemon(family));
    let alone = if family == Family::V6 { "[::1]" } else { "127.0.0.1" };
    let mut items = vec![
        format!(
            "Nothing listens on port {port} at the address that Nestor was given: {daemon} does not run, or elsewhere."
        ),
        format!(
            "Kea’s own HTTP socket (since 2.7.2) and its Control Agent listen on port {PORT} unless told otherwise."
        ),
    ];
    let mut lines = vec!["ss -ltnp | grep -i kea".to_owned(), socket(port)];
    if !told.is_local() {
        items.push(format!(
            "They listen on {alone} alone unless told otherwise, and that is reached from its own machine only: set \
             “socket-address” (of the Control Agent: “http-host”) to an address of that machine and restart Kea, or go through a \
             tunnel and set kea.url to its end, http://127.0.0.1:{port}/."
        ));
        lines.push(format!("ssh -N -L {port}:{alone}:{PORT} USER@SERVER"));
    }
    if told.address().is_some_and(|address| address.is_ipv6()) {
        items.push(
            "An IPv6 address is answered by a socket that listens on it, or on ::; 0.0.0.0 is for IPv4 alone."
                .to_owned(),
        );
    }
    (items, lines)
}

fn no_connection(port: u16) -> (Vec<String>, Vec<String>) {
    let items = vec![
        format!(
            "Nothing came back from port {port}: a firewall drops what is sent there, or no machine has that address."
        ),
        format!("Let the machine of Nestor through to TCP port {port} of the server."),
    ];
    (items, vec![format!("nc -vz SERVER {port}")])
}

fn credentials(told: &Told) -> &'static str {
    if told.user.is_some() {
        "What it takes stands in its control socket, in “clients” of “authentication”, or in the files that are named there: \
         kea.user and kea.password_file must say the same."
    } else {
        "It asks for a user name and password, and Nestor was given none: set kea.user and kea.password_file."
    }
}

/// A control socket for Nestor, to be written into Kea's file.
fn socket(port: u16) -> String {
    format!(
        "\"control-sockets\": [{{ \"socket-type\": \"http\", \"socket-address\": \"ADDRESS\", \"socket-port\": {port}, \
         \"authentication\": {{ \"type\": \"basic\", \"directory\": \"/etc/kea\", \"clients\": [{{ \"user\": \"nestor\", \
         \"password-file\": \"nestor-password\" }}] }} }}]"
    )
}

/// What Nestor was told, against the sockets of a server that answers.
pub(super) fn compared(told: &Told, running: &Document) -> Vec<CheckLine> {
    let sockets = sockets(running);
    let line = |level, text: String, advice: &str| CheckLine::new(CheckArea::Contact, level, text, advice);
    let mut lines = Vec::new();
    let own = sockets.iter().find(|socket| socket.fits(told));
    if sockets.is_empty() {
        let text = "It has no HTTP socket of its own: Nestor reaches it through the Control Agent, or through a proxy.";
        let advice =
            "Kea 3.2 has no Control Agent any more: give it a socket of its own, and Nestor its address (kea.url).";
        let add = CheckLine { lines: vec![socket(told.port)], ..line(CheckLevel::Hint, text.to_owned(), advice) };
        lines.push(add);
    } else if own.is_none() {
        let listens: Vec<String> = sockets.iter().map(Socket::shown).collect();
        let text = format!(
            "Something between passes on what Nestor sends: it listens on {}, and Nestor was given another address, port {}{}.",
            listens.join(", "),
            told.port,
            if told.is_tls { " with TLS" } else { "" }
        );
        lines.push(line(CheckLevel::Hint, text, "Correct kea.url unless that is a tunnel or a proxy of yours."));
        if told.user.is_some() && !told.is_tls && !told.is_local() {
            let text = "Nestor’s password goes to it over plain HTTP: whoever listens on the way has it.";
            lines.push(line(
                CheckLevel::Warning,
                text.to_owned(),
                "Have what is between take HTTPS, or go through a tunnel.",
            ));
        }
    }
    if own.is_some_and(|socket| !socket.asks()) && told.user.is_some() {
        let text = "It does not look at the user name and password that Nestor was given: its socket asks for none.";
        lines.push(line(CheckLevel::Hint, text.to_owned(), "Give the socket “authentication” with the same user."));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(host: &str, port: u16) -> Told {
        Told { host: host.to_owned(), port, is_tls: false, user: Some("nestor".to_owned()) }
    }

    fn running(sockets: &str) -> Document {
        Document::read(format!(r#"{{"Dhcp4":{{"control-sockets":[{sockets}]}}}}"#).as_bytes()).unwrap()
    }

    #[test]
    fn what_is_refused_names_the_port_and_the_ways_on() {
        let (items, lines) = explained(&told("192.0.2.1", 8004), Obstacle::Refused, Family::V4);
        let (all, lines) = (items.join("\n"), lines.join("\n"));
        assert!(all.contains("port 8004") && all.contains("port 8000") && all.contains("127.0.0.1 alone"), "{all}");
        assert!(lines.contains("ssh -N -L 8004:127.0.0.1:8000") && lines.contains("\"socket-port\": 8004"), "{lines}");
        assert!(!all.contains("192.0.2.1") && !lines.contains("192.0.2.1"), "where it is stays with its operator");
        let (items, lines) = explained(&told("127.0.0.1", 8004), Obstacle::Refused, Family::V4);
        assert!(
            items.len() == 2 && lines.iter().all(|line| !line.starts_with("ssh")),
            "it is on this machine: {items:?}"
        );
        let (items, lines) = explained(&told("[2001:db8::1]", 8006), Obstacle::Refused, Family::V6);
        assert!(items.iter().any(|item| item.contains("::1")) && items.iter().any(|item| item.contains("or on ::")));
        assert!(lines.iter().any(|line| line.contains("8006:[::1]:8000")), "{lines:?}");
    }

    #[test]
    fn who_gave_no_user_name_is_told_so() {
        let nobody = Told { user: None, ..told("192.0.2.1", 8004) };
        assert!(explained(&nobody, Obstacle::Credentials, Family::V4).0[0].contains("given none"));
        assert!(
            explained(&told("192.0.2.1", 8004), Obstacle::Credentials, Family::V4).0[0].contains("must say the same")
        );
    }

    #[test]
    fn what_was_told_is_compared_with_what_it_listens_on() {
        let found = |told: &Told, sockets: &str| {
            let lines = compared(told, &running(sockets));
            lines.into_iter().map(|line| (line.level, line.text)).collect::<Vec<_>>()
        };
        let http = |address: &str, port: u16, more: &str| {
            format!(r#"{{"socket-type":"http","socket-address":"{address}","socket-port":{port}{more}}}"#)
        };
        let asks = r#","authentication":{"type":"basic","clients":[{"user":"a"}]}"#;
        for address in ["192.0.2.1", "0.0.0.0"] {
            assert_eq!(found(&told("192.0.2.1", 8004), &http(address, 8004, asks)), [], "{address}");
        }
        assert_eq!(
            found(&told("kea.example.org", 8004), &http("192.0.2.1", 8004, asks)),
            [],
            "a name may be any address"
        );
        let loopback = found(&told("192.0.2.1", 8004), &http("127.0.0.1", 8004, asks));
        assert_eq!(loopback.iter().map(|line| line.0).collect::<Vec<_>>(), [CheckLevel::Hint, CheckLevel::Warning]);
        assert!(loopback[0].1.contains("127.0.0.1, port 8004"), "{loopback:?}");
        let tunnel = found(&told("127.0.0.1", 9000), &http("127.0.0.1", 8000, asks));
        assert_eq!(tunnel.len(), 1, "a tunnel keeps the password: {tunnel:?}");
        assert!(
            found(&told("192.0.2.1", 8004), &http("192.0.2.1", 8004, ""))[0].1.contains("does not look at the user")
        );
        assert!(
            found(&told("192.0.2.1", 8000), r#"{"socket-type":"unix","socket-name":"a"}"#)[0].1.contains("no HTTP")
        );
        assert_eq!(
            found(&told("127.0.0.1", 8000), r#"{"socket-type":"http","authentication":{}}"#),
            [],
            "Kea’s defaults"
        );
    }
}
