//! Where a database is, and who we are there.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::OpenError;

/// The URL of a database. Its password is never shown.
#[derive(Clone)]
pub struct Url {
    options: Box<PgConnectOptions>,
    unchecked: bool,
}

impl Url {
    pub(crate) fn options(&self) -> PgConnectOptions {
        (*self.options).clone()
    }

    /// Whether the URL itself asks not to check the server, at another machine: then others on the way can read along.
    pub fn is_unchecked(&self) -> bool {
        self.unchecked
    }

    /// The command that copies all of the database into a file, without the password.
    pub fn dump_command(&self, file: &str) -> String {
        let options = &self.options;
        let host = options.get_socket().map_or_else(|| options.get_host().into(), |socket| socket.to_string_lossy());
        let words = [host.as_ref(), options.get_username(), file, self.database()].map(quoted);
        let [host, user, file, database] = words;
        let port = options.get_port();
        format!("pg_dump --format=custom --host={host} --port={port} --username={user} --file={file} {database}")
    }

    fn database(&self) -> &str {
        self.options.get_database().unwrap_or(self.options.get_username())
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_./:@%+,".contains(&octet);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

impl FromStr for Url {
    type Err = OpenError;

    /// Who answers is checked by certificate and name, unless it is this machine or the URL says otherwise.
    fn from_str(text: &str) -> Result<Self, OpenError> {
        let wrong = |why: &str| OpenError::Url { why: why.to_owned() };
        let text = text.trim();
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(wrong("it does not begin with postgres://"));
        }
        // What the parser says may repeat a part of the URL, and the password may be in it.
        let options: PgConnectOptions = text.parse().map_err(|_| wrong("a part of it cannot be read"))?;
        let says_mode = text.split_once('?').is_some_and(|(_, query)| {
            query.split('&').any(|part| part.starts_with("sslmode=") || part.starts_with("ssl-mode="))
        });
        let near = options.get_socket().is_some() || is_near(options.get_host());
        let options = match (says_mode, near) {
            (true, _) => options,
            (false, true) => options.ssl_mode(PgSslMode::Prefer),
            (false, false) => options.ssl_mode(PgSslMode::VerifyFull),
        };
        let unchecked = !near && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
        Ok(Self { options: Box::new(options), unchecked })
    }
}

fn is_near(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.starts_with('/') || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Url {
    /// Which database where, without user and password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the database {} at ", self.database())?;
        match self.options.get_socket() {
            Some(socket) => socket.display().fmt(out),
            None => write!(out, "{}:{}", self.options.get_host(), self.options.get_port()),
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(text: &str) -> PgSslMode {
        text.parse::<Url>().unwrap().options().get_ssl_mode()
    }

    #[test]
    fn who_answers_is_checked_unless_it_is_this_machine() {
        for near in ["localhost", "127.0.0.1", "127.0.0.9:5433", "[::1]"] {
            assert!(matches!(mode(&format!("postgres://a:b@{near}/c")), PgSslMode::Prefer), "{near}");
        }
        assert!(matches!(mode("postgres:///c?host=/run/postgresql&user=a"), PgSslMode::Prefer));
        for far in ["db.example.org", "192.0.2.1", "localhost.example.org"] {
            assert!(matches!(mode(&format!("postgres://a:b@{far}/c")), PgSslMode::VerifyFull), "{far}");
        }
        let said: Url = "postgresql://a@db.example.org/c?sslmode=require".parse().unwrap();
        assert!(matches!(said.options().get_ssl_mode(), PgSslMode::Require) && said.is_unchecked());
        assert!(!"postgres://a@db.example.org/c".parse::<Url>().unwrap().is_unchecked());
    }

    #[test]
    fn passwords_are_not_shown() {
        let url: Url = "postgres://nestor:hunter2@db.example.org:5433/dhcp".parse().unwrap();
        assert_eq!(format!("{url} {url:?}"), ["the database dhcp at db.example.org:5433"; 2].join(" "));
        for wrong in
            ["mysql://a:hunter2@b/c", "postgres://a:hunter2@b:port/c", "postgres://a:hunter2@b/c?sslmode=hunter2"]
        {
            let fault = wrong.parse::<Url>().unwrap_err();
            assert!(!format!("{fault} {fault:?}").contains("hunter2"), "{fault}");
        }
    }

    #[test]
    fn the_command_for_a_copy_can_be_pasted() {
        let url: Url = "postgres://o'hara:secret@db.example.org/dhcp".parse().unwrap();
        assert_eq!(
            url.dump_command("my copy"),
            r"pg_dump --format=custom --host=db.example.org --port=5432 --username='o'\''hara' --file='my copy' dhcp"
        );
    }
}
