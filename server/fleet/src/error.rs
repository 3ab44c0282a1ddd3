//! Kea's errors in our words.

use kea::ErrorKind;
use model::{Hook, ServerName};
use services::Error;

/// What a failed command means to the caller.
pub(crate) fn translate(server: &ServerName, error: kea::Error) -> Error {
    tracing::debug!(%error, "a command failed");
    let server = server.clone();
    let silent = |server, why: &str| Error::Unreachable { server, why: why.to_owned() };
    match error.kind {
        // Where the server is stays with its operator: this text goes to browsers.
        ErrorKind::Unreachable { why } => silent(server, &why.to_string()),
        ErrorKind::Denied => {
            silent(server, "it refuses our user name and password: correct them in Nestor’s configuration")
        }
        ErrorKind::Timeout => silent(server, "it took the request and did not answer in time"),
        ErrorKind::TooLarge => silent(server, "its answer is too large"),
        ErrorKind::Malformed { path } => {
            Error::Unreachable { server, why: format!("its answer is not understood (at {path})") }
        }
        ErrorKind::Rejected { text } if is_of_lost_leases(error.command, &text) => silent(server, LEASES_AWAY),
        ErrorKind::Rejected { text } if is_of_lost_database(&text) => {
            silent(server, "its host database does not answer: see that it runs, and that Kea reaches it")
        }
        ErrorKind::Rejected { text } | ErrorKind::Conflict { text } => {
            Error::Refused { server, text: with_way_on(text) }
        }
        ErrorKind::Unsupported => unsupported(server, error.command),
        ErrorKind::PartlyApplied { text } => {
            Error::Unknown { server, what: format!("it made only a part of the change: {text}") }
        }
        ErrorKind::Ambiguous => {
            Error::Unknown { server, what: format!("{} was sent, and no answer came", error.command) }
        }
    }
}

/// Why leases are not known of a server that has lost its lease database, or has none since it was configured anew.
pub(crate) const LEASES_AWAY: &str =
    "it has no leases to look at: see that its lease database runs, and that Kea reaches it";

/// Whether Kea refused because it has no lease database. Its own texts, of 3.0.
fn is_of_lost_leases(command: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    let of_leases = command.starts_with("lease") || command.starts_with("stat-lease");
    text.contains("no current lease manager") || (of_leases && text.contains("fatal database error"))
}

/// Kea's words, with the command that ends it where the schema of a database is not that of its version. Its own texts, of
/// 3.0: `PostgreSQL schema version mismatch: need version: 30.0, found version: 22.0`.
fn with_way_on(text: String) -> String {
    if !text.contains("schema version mismatch") {
        return text;
    }
    let kind = if text.contains("MySQL") { "mysql" } else { "pgsql" };
    format!(
        "{} On the server: kea-admin db-upgrade {kind} -h HOST -n DATABASE -u USER -p PASSWORD, after a backup of it.",
        model::as_sentence(&text)
    )
}

/// Whether Kea refused because its host database is away, which is no fault of the request. Its own texts, of 3.0; the last
/// one is what it says of a database that it has lost. We ask for a database only where one is configured.
fn is_of_lost_database(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "host database not available",
        "fatal database error or connectivity lost",
        "unable to start transaction",
        "there is no hosts-database configured",
    ]
    .iter()
    .any(|said| text.contains(said))
}

/// A command that the server does not know.
fn unsupported(server: ServerName, command: &str) -> Error {
    let Some(hook) = hook_of(command) else {
        let fix = format!("its version of Kea does not know “{command}”: use Kea 3.0 or newer");
        return Error::Unsupported { server, fix };
    };
    Error::MissingHook { server, hook }
}

/// Which hook library the command comes with.
fn hook_of(command: &str) -> Option<Hook> {
    const FIRST_WORDS: [(&str, Hook); 6] = [
        ("reservation-", Hook::HostCmds),
        ("lease4-", Hook::LeaseCmds),
        ("lease6-", Hook::LeaseCmds),
        ("stat-", Hook::StatCmds),
        ("subnet4-", Hook::SubnetCmds),
        ("subnet6-", Hook::SubnetCmds),
    ];
    FIRST_WORDS.into_iter().find(|(first, _)| command.starts_with(first)).map(|(_, hook)| hook)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_schema_comes_with_the_command_that_brings_it_up() {
        let said = "PostgreSQL schema version mismatch: need version: 30.0, found version: 22.0";
        let text = with_way_on(format!("unable to open database: {said}"));
        assert!(text.contains(said) && text.contains("kea-admin db-upgrade pgsql"), "{text}");
        assert!(with_way_on(said.replace("PostgreSQL", "MySQL")).contains("db-upgrade mysql"));
        assert_eq!(with_way_on("no".to_owned()), "no");
    }

    #[test]
    fn a_lost_database_is_no_refusal() {
        for text in [
            "Host database not available, cannot add host.",
            "host database not available, cannot update host",
            "unable to start transactionserver closed the connection unexpectedly",
            "fatal database error or connectivity lost",
            "Unable to delete a host because there is no hosts-database configured.",
        ] {
            assert!(is_of_lost_database(text), "{text}");
        }
        assert!(!is_of_lost_database("Database duplicate entry error"));
        assert!(is_of_lost_leases("lease4-del", "no current lease manager is available"));
        assert!(is_of_lost_leases("lease4-get", "fatal database error or connectivity lost"));
        assert!(!is_of_lost_leases("reservation-get", "fatal database error or connectivity lost"));
    }
}
