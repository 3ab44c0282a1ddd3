//! Clients that ask while subnets are added: what of theirs is lost, with the bare commands and through Nestor.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::console::Console;
use crate::lab::{Family, Kea, program};
use crate::statistics::thousands;
use crate::subnet::{add, apply};
use crate::{Bench, Outcome, large};

const SUBNETS: u32 = 10_000;

/// New clients in each second, and how many there are before the first comes again.
const RATE: u32 = 100;
const CLIENTS: u32 = 100_000;

/// The first id of those that are added.
const NEW: u32 = 30_001;

const COLUMNS: [&str; 5] = ["while", "subnets added", "exchanges begun", "without an answer within 1 s", "per subnet"];

/// Adds the subnet with that id; how long it took.
type Adding = fn(&mut Bench, &mut Console, u32) -> Outcome<Duration>;

/// Measures it on the largest server.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let span = Duration::from_secs(bench.times(60, 10).into());
    let note = format!(
        "`perfdhcp` begins {RATE} exchanges a second for {} s on a server with {} subnets and {} leases, while one subnet is \
         added after the other, with a pause of a second. Target: nothing is lost that the bare commands do not lose.",
        span.as_secs(),
        thousands(SUBNETS),
        thousands(SUBNETS * large::LEASES)
    );
    bench.report.table("Clients while subnets are added", &note, &COLUMNS);
    // Its clients come by a relay.
    let theirs = json!({
        "id": 19_999, "subnet": "172.16.0.0/12", "pools": [{ "pool": "172.16.0.10-172.31.255.250" }],
        "relay": { "ip-addresses": ["127.0.0.1"] },
    });
    let interfaces = json!({ "interfaces": ["lo/127.0.0.1"], "dhcp-socket-type": "udp" });
    let dhcp4 = json!({ "subnet4": [theirs], "interfaces-config": interfaces });
    let kea = large::kea(&bench.placement, SUBNETS, dhcp4)?;
    let mut console = Console::start(&bench.placement, &kea)?;
    apply(bench, &mut console, NEW)?;
    let rows: [(&str, Option<Adding>); 3] = [
        ("nothing is added", None),
        ("the bare commands", Some(|_, console, id| add(console, id))),
        ("Nestor", Some(apply)),
    ];
    let mut next = NEW;
    for (name, adding) in rows {
        let asking = Asking::begin(&kea, span)?;
        let (begun, first) = (Instant::now(), next);
        while let Some(adding) = adding
            && begun.elapsed() + Duration::from_secs(3) < span
        {
            next += 1;
            adding(bench, &mut console, next)?;
            sleep(Duration::from_secs(1));
        }
        let added = next - first;
        let [sent, lost] = asking.end()?;
        let each = if added == 0 { "—".to_owned() } else { format!("{:.1}", f64::from(lost) / f64::from(added)) };
        bench.report.row(&[name.to_owned(), added.to_string(), thousands(sent), lost.to_string(), each]);
    }
    Ok(())
}

/// A running `perfdhcp`.
struct Asking(Child);

impl Asking {
    fn begin(kea: &Kea, span: Duration) -> Outcome<Self> {
        let [rate, clients, span] = [RATE, CLIENTS, u32::try_from(span.as_secs())?].map(|number| number.to_string());
        let [server, client] = [kea.dhcp_port(), kea.client_port()].map(|port| port.to_string());
        let mut command = Command::new(program(Family::V4).with_file_name("perfdhcp"));
        command.args(["-4", "-g", "single", "-l", "127.0.0.1", "-N", &server, "-L", &client]);
        command.args(["-r", &rate, "-R", &clients, "-p", &span, "-W", "1000000", "127.0.0.1"]);
        Ok(Self(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?))
    }

    /// How many packets it sent, and to how many of them no answer came.
    fn end(self) -> Outcome<[u32; 2]> {
        let output = self.0.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let sum = |word: &str| -> u32 {
            let numbers = said.lines().filter_map(|line| line.trim().strip_prefix(word)?.trim().parse::<u32>().ok());
            numbers.sum()
        };
        let [sent, lost] = [sum("sent packets:"), sum("drops:")];
        if sent == 0 {
            return Err(format!("perfdhcp: {said}{}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok([sent, lost])
    }
}
