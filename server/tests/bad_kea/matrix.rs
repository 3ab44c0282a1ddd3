//! What can go wrong, what it goes wrong with, and what Nestor must make of it.

use std::time::Duration;

use crate::fault_proxy::{Fault, Place};

/// What may appear nowhere outside of the machine room; it stands in everything that is not Kea's own.
pub const CANARY: &str = "canary-3f9c";

/// What Nestor can know of a request with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// An answer came, late or oddly wrapped.
    Answered,
    /// No answer came that can be read.
    Lost,
    /// The same, and that took all the time that it may take.
    Silent,
    /// The credentials were refused.
    Denied,
    /// Something answered that is not Kea and did not pass the request on.
    Elsewhere,
    /// A proxy in between failed, before or after it passed the request on.
    Failing,
    /// Kea said no.
    No,
    /// Kea does not know the command.
    Foreign,
    /// Kea says that there is no such thing.
    Nothing,
    /// Kea says that it did a part.
    Part,
}

/// One fault.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: &'static str,
    pub fault: Fault,
    pub sort: Sort,
    /// Whether Kea carried the command out.
    pub ran: bool,
}

/// Every fault. Those with an answer that cannot be read come twice: Kea may have carried the command out, or not.
pub fn rows() -> Vec<Row> {
    let answered = |name, fault| Row { name, fault, sort: Sort::Answered, ran: true };
    let mut rows = vec![
        answered("9.9 s pause", Fault::Delay(Duration::from_millis(9_900))),
        answered("two answers on one connection", Fault::Twice),
        answered("closed between two requests", Fault::CloseAfter),
    ];
    rows.extend(cut());
    for (name, sort, bytes) in answers() {
        let before = Fault::Answer(bytes.clone());
        rows.push(Row { name, fault: before, sort, ran: false });
        if matches!(sort, Sort::Lost | Sort::Silent | Sort::Failing) {
            rows.push(Row { name, fault: Fault::Instead(bytes), sort, ran: true });
        }
    }
    rows
}

/// The connection ends, or nothing more comes.
fn cut() -> Vec<Row> {
    let lost = |name, fault, ran| Row { name, fault, sort: Sort::Lost, ran };
    let silent = |name, fault, ran| Row { name, fault, sort: Sort::Silent, ran };
    vec![
        lost("closed", Fault::Swallow, false),
        lost("reset", Fault::Reset, false),
        lost("half closed", Fault::HalfClose, false),
        lost("dropped after the command was carried out", Fault::Cut(0), true),
        lost("cut after a byte", Fault::Cut(1), true),
        lost("cut after the head", Fault::CutAt(Place::HeadEnd), true),
        lost("cut in the middle", Fault::CutAt(Place::Middle), true),
        lost("cut before the last byte", Fault::CutAt(Place::LastByte), true),
        lost("64 MiB", Fault::Huge { bytes: 64 << 20, announced: true }, false),
        lost("64 MiB, unannounced", Fault::Huge { bytes: 64 << 20, announced: false }, false),
        silent("silence", Fault::Silence, false),
        silent("a byte each second", Fault::Drip(Duration::from_secs(1)), true),
    ]
}

/// Answers of something that is not Kea, or not well.
fn answers() -> Vec<(&'static str, Sort, Vec<u8>)> {
    let status = |status: &str, body: &str| match Fault::answer(status, body) {
        Fault::Answer(bytes) => bytes,
        other => unreachable!("{other:?}"),
    };
    let ok = |body: &str| status("200 OK", body);
    let html = format!("<html><body>{CANARY}</body></html>");
    let redirect = format!("HTTP/1.1 307 Moved\r\nLocation: http://{CANARY}/\r\nContent-Length: 0\r\n\r\n");
    let doubled = r#"[{"result": 99, "result": 1, "text": "a", "result": "0"}]"#;
    let result = |result: &str| ok(&format!(r#"[{{"result": {result}, "text": "Kea’s own words"}}]"#));
    vec![
        ("length too short", Sort::Lost, raw("Content-Length: 9", r#"[{"result": 0}]"#)),
        ("length too long", Sort::Silent, raw("Content-Length: 999", r#"[{"result": 0}]"#)),
        ("chunks without end", Sort::Silent, raw("Transfer-Encoding: chunked", "2\r\n[{\r\n")),
        ("not HTTP", Sort::Lost, format!("SSH-2.0-{CANARY}\r\n").into_bytes()),
        ("truncated JSON", Sort::Lost, ok(r#"[{"result": 0, "argum"#)),
        ("[]", Sort::Lost, ok("[]")),
        ("{}", Sort::Lost, ok("{}")),
        ("null", Sort::Lost, ok("null")),
        ("nothing", Sort::Lost, ok("")),
        ("HTML", Sort::Lost, ok(&html)),
        ("depth 100,000", Sort::Lost, ok(&"[".repeat(100_000))),
        ("duplicate keys", Sort::Lost, ok(doubled)),
        ("result missing", Sort::Lost, ok("[{}]")),
        ("result as text", Sort::Lost, ok(r#"[{"result": "0"}]"#)),
        ("result 99", Sort::Lost, result("99")),
        ("result 1", Sort::No, result("1")),
        ("result 2", Sort::Foreign, result("2")),
        ("result 3", Sort::Nothing, result("3")),
        ("result 4", Sort::No, result("4")),
        ("result 5", Sort::Part, result("5")),
        ("400", Sort::No, status("400 Bad Request", &html)),
        ("401", Sort::Denied, status("401 Unauthorized", &html)),
        ("403", Sort::Denied, status("403 Forbidden", &html)),
        ("404", Sort::Elsewhere, status("404 Not Found", &html)),
        ("408", Sort::Elsewhere, status("408 Request Timeout", &html)),
        ("redirect", Sort::Elsewhere, redirect.into_bytes()),
        ("500", Sort::Failing, status("500 Internal Server Error", &html)),
        ("503", Sort::Failing, status("503 Service Unavailable", &html)),
    ]
}

fn raw(header: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{header}\r\n\r\n{body}").into_bytes()
}

/// What a caller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A reservation is made.
    Create,
    /// Another name is given to a reservation.
    Update,
    /// A reservation is deleted.
    Delete,
    /// A reservation is made by a table.
    Table,
    /// A subnet is looked up that does not exist.
    Subnet,
    /// The subnets are listed.
    List,
    /// The state of the server is looked up.
    Status,
}

/// What a command is to what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The change itself.
    Change,
    /// It makes the change last.
    Save,
    /// It is asked before anything is changed.
    Question,
    /// It is asked when everything is done.
    Look,
    /// It is asked to show how the server is.
    Health,
    /// It is asked to show what the server can do.
    Skills,
    /// It is asked to show how its pair stands.
    Pair,
    /// It is asked to show how full subnets are.
    Counts,
}

/// A command, and the deed that it is a part of.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub command: &'static str,
    pub act: Act,
    pub part: Part,
}

/// Every command that the life of a reservation needs, and those that the pages around it show.
pub const STEPS: [Step; 17] = [
    Step { command: "reservation-add", act: Act::Create, part: Part::Change },
    Step { command: "reservation-update", act: Act::Update, part: Part::Change },
    Step { command: "reservation-del", act: Act::Delete, part: Part::Change },
    Step { command: "config-write", act: Act::Create, part: Part::Save },
    Step { command: "reservation-get", act: Act::Update, part: Part::Question },
    Step { command: "reservation-get", act: Act::Create, part: Part::Look },
    Step { command: "reservation-get-by-id", act: Act::Create, part: Part::Question },
    Step { command: "reservation-get-by-address", act: Act::Create, part: Part::Question },
    Step { command: "reservation-get-by-hostname", act: Act::Create, part: Part::Question },
    Step { command: "lease4-get", act: Act::Create, part: Part::Question },
    Step { command: "reservation-get-page", act: Act::Table, part: Part::Question },
    Step { command: "lease4-get-page", act: Act::Table, part: Part::Question },
    Step { command: "config-get", act: Act::Subnet, part: Part::Question },
    Step { command: "version-get", act: Act::Status, part: Part::Health },
    Step { command: "list-commands", act: Act::Status, part: Part::Skills },
    Step { command: "status-get", act: Act::Status, part: Part::Pair },
    Step { command: "stat-lease4-get", act: Act::List, part: Part::Counts },
];

/// What must come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The kind of the problem that is reported; none: it is done.
    pub problem: Option<&'static str>,
    /// How it is recorded at once; none: nothing was begun.
    pub recorded: Option<&'static str>,
    /// How it ends by itself.
    pub settled: Option<&'static str>,
    /// The hook library without which something was not seen, which is said beside it.
    pub unseen: Option<&'static str>,
}

impl Expected {
    const DONE: Self = Self { problem: None, recorded: Some("done"), settled: Some("done"), unseen: None };

    fn refused(problem: &'static str) -> Self {
        Self { problem: Some(problem), recorded: Some("refused"), settled: Some("refused"), unseen: None }
    }

    fn nothing_begun(problem: &'static str) -> Self {
        Self { problem: Some(problem), recorded: None, settled: None, unseen: None }
    }

    fn unknown(settled: &'static str) -> Self {
        Self { problem: Some("unknown"), recorded: Some("unknown"), settled: Some(settled), unseen: None }
    }

    fn without(self, hook: &'static str) -> Self {
        Self { unseen: Some(hook), ..self }
    }
}

/// The table.
pub fn expected(row: &Row, step: Step) -> Expected {
    match step.part {
        Part::Change => match row.sort {
            Sort::Answered => Expected::DONE,
            // No answer came: it is looked for, and there.
            Sort::Lost | Sort::Silent | Sort::Failing if row.ran => Expected::DONE,
            Sort::Lost | Sort::Silent | Sort::Failing | Sort::Part => Expected::unknown("refused"),
            Sort::Denied | Sort::Elsewhere => Expected::refused("unreachable"),
            Sort::No | Sort::Nothing => Expected::refused("refused"),
            Sort::Foreign => Expected::refused("unsupported"),
        },
        Part::Save if row.sort == Sort::Answered => Expected::DONE,
        Part::Save => {
            let not_saved = Some("not-saved");
            Expected { problem: not_saved, recorded: not_saved, settled: not_saved, unseen: None }
        }
        Part::Question => match (row.sort, step.act) {
            // A page does not wait for so long.
            (Sort::Answered, Act::Subnet) if row.name.starts_with("9.9") => Expected::nothing_begun("unreachable"),
            (Sort::Answered, Act::Subnet) => Expected::nothing_begun("not-found"),
            (Sort::Nothing, Act::Subnet) | (Sort::No, _) => Expected::nothing_begun("refused"),
            // It is gone, says the server, between two looks.
            (Sort::Nothing, Act::Update) => Expected::refused("not-found"),
            (Sort::Answered | Sort::Nothing, _) => Expected::DONE,
            // Reservations are made without the library that shows leases, and not without the one that shows reservations.
            (Sort::Foreign, _) if step.command.starts_with("lease4-") => Expected::DONE.without("lease_cmds"),
            (Sort::Foreign, Act::Table) => Expected::nothing_begun("blocked").without("host_cmds"),
            (Sort::Foreign, _) => Expected::nothing_begun("unsupported"),
            _ => Expected::nothing_begun("unreachable"),
        },
        // The server took the change and saved it; only that it denies it is worth a second look.
        Part::Look if row.sort == Sort::Nothing => Expected::unknown("done"),
        Part::Look => Expected::DONE,
        Part::Health | Part::Skills | Part::Pair | Part::Counts => {
            Expected { problem: None, recorded: None, settled: None, unseen: None }
        }
    }
}

/// How long the deed may take: the deadline of the command that stands still, and what is asked around it.
pub fn time_limit(row: &Row, step: Step) -> Duration {
    // Room for a machine with other things to do; what hangs takes fifteen seconds.
    let around = Duration::from_secs(13);
    let read = Duration::from_secs(15);
    match (row.sort, step.part) {
        (Sort::Silent, Part::Change | Part::Save) => Duration::from_secs(30) + around,
        (Sort::Silent, _) => read + around,
        // Some are asked three times, one after the other.
        (Sort::Answered, _) => 3 * read,
        _ => around,
    }
}
