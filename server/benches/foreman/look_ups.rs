//! `GET /dhcp/NET/mac/MAC` and `GET /dhcp/NET/ip/IP`, in turn with the bare commands that answer the same question.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use crate::http::{Caller, Request};
use crate::process::Nestor;
use crate::report::Report;
use crate::site::{NETWORK, Record, Site, unknown_mac};
use crate::statistics::{Times, ms, ratio, thousands};
use crate::{Bench, Outcome, SIZES};

/// Calls in a row of one kind, between two looks at the CPU.
const BLOCK: u32 = 50;

/// What is asked, and what must come.
struct Question {
    of_nestor: Request,
    /// In the order in which they must be asked: the second only matters where the first finds nothing.
    of_kea: Vec<Request>,
    status: u16,
    contains: String,
}

/// One kind of question, with what was measured.
struct Kind {
    name: &'static str,
    commands: &'static str,
    ask: fn(&Site, &Nestor, usize) -> Question,
    nestor: Times,
    kea: Times,
    cpu: Duration,
    wrong: u32,
}

impl Kind {
    fn new(name: &'static str, commands: &'static str, ask: fn(&Site, &Nestor, usize) -> Question) -> Self {
        let (nestor, kea) = (Times::default(), Times::default());
        Self { name, commands, ask, nestor, kea, cpu: Duration::ZERO, wrong: 0 }
    }

    /// A block of pairs, in which each side goes first every other time.
    fn block(&mut self, site: &Site, nestor: &Nestor, caller: &mut Caller, first: u32) -> Outcome<()> {
        // Far apart, so that neither side finds the next record beside the last.
        let number = |call: u32| (first + call) as usize * 7_919;
        let questions: Vec<Question> = (0..BLOCK).map(|call| (self.ask)(site, nestor, number(call))).collect();
        let before = nestor.cpu()?;
        for (turn, question) in questions.iter().enumerate() {
            if turn % 2 == 0 {
                self.ask_kea(caller, question)?;
            }
            let answer = caller.call(&question.of_nestor)?;
            let body = String::from_utf8_lossy(answer.body);
            if answer.status != question.status || !body.contains(&question.contains) {
                self.wrong += 1;
            }
            self.nestor.add(answer.took);
            if turn % 2 == 1 {
                self.ask_kea(caller, question)?;
            }
        }
        self.cpu += nestor.cpu()?.since(before);
        Ok(())
    }

    fn ask_kea(&mut self, caller: &mut Caller, question: &Question) -> Outcome<()> {
        let mut took = Duration::ZERO;
        for command in &question.of_kea {
            let answer = caller.call(command)?;
            if answer.status != 200 {
                return Err(format!("Kea answers {}", answer.status).into());
            }
            took += answer.took;
        }
        self.kea.add(took);
        Ok(())
    }

    fn write(&self, report: &mut Report, records: u32) {
        let count = u32::try_from(self.nestor.count()).unwrap_or(u32::MAX);
        let given = if self.name.starts_with("mac") { "0.75 ms" } else { "" };
        report.row(&[
            thousands(records),
            self.name.to_owned(),
            ms(self.cpu / count),
            ms(self.nestor.median()),
            ms(self.nestor.p99()),
            self.commands.to_owned(),
            ms(self.kea.median()),
            ms(self.kea.p99()),
            ratio(self.nestor.median(), self.kea.median()),
            given.to_owned(),
        ]);
        if self.wrong > 0 {
            report.wrong(format!("{records} records, {}: {} of {count} answers are wrong", self.name, self.wrong));
        }
    }
}

/// Measures every kind at every size.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let blocks = bench.times(2_000, 200) / BLOCK;
    let note = format!(
        "{} pairs of each, Nestor's call and Kea's command(s) in turn; a new connection for each command too. \
         Targets: CPU at most 0.15 ms, ratio of the medians at most 1.3.",
        thousands(blocks * BLOCK)
    );
    bench.report.table(
        "Look-ups",
        &note,
        &[
            "records",
            "call",
            "CPU for a call",
            "wall, median",
            "wall, p99",
            "bare Kea",
            "its median",
            "its p99",
            "ratio",
            "Ruby, given",
        ],
    );
    let mut idle = Vec::new();
    for records in SIZES {
        let site = Site::start(&bench.placement, records)?;
        let nestor = Nestor::start(&bench.placement, &site.kea, "5m")?;
        let mut caller = Caller::new();
        let mut warm = kinds();
        turns(&mut warm, &site, &nestor, &mut caller, bench.times(4, 1))?;
        idle.push((records, at_rest(&nestor, bench.times(20, 5))?));
        let mut kinds = kinds();
        turns(&mut kinds, &site, &nestor, &mut caller, blocks)?;
        for kind in &kinds {
            kind.write(&mut bench.report, records);
        }
    }
    let note = "What Nestor does by itself while there are no calls: it counts leases every five seconds.";
    bench.report.table("At rest", note, &["records", "CPU for a second"]);
    for (records, cpu) in idle {
        bench.report.row(&[thousands(records), ms(cpu)]);
    }
    Ok(())
}

/// So many blocks of every kind, in turn.
fn turns(kinds: &mut [Kind], site: &Site, nestor: &Nestor, caller: &mut Caller, blocks: u32) -> Outcome<()> {
    for turn in 0..blocks {
        for kind in &mut *kinds {
            kind.block(site, nestor, caller, turn * BLOCK)?;
        }
    }
    Ok(())
}

/// CPU for each second in which nothing is asked.
fn at_rest(nestor: &Nestor, seconds: u32) -> Outcome<Duration> {
    let before = nestor.cpu()?;
    sleep(Duration::from_secs(u64::from(seconds)));
    Ok(nestor.cpu()?.since(before) / seconds)
}

fn kinds() -> Vec<Kind> {
    let mac = "reservation-get-by-id, lease4-get-by-hw-address";
    let ip = "reservation-get-by-address, lease4-get";
    vec![
        Kind::new("mac of a reservation", "reservation-get-by-id", mac_of_reservation),
        Kind::new("mac of a lease", mac, mac_of_lease),
        Kind::new("mac of no record", mac, mac_of_no_record),
        Kind::new("ip of a reservation", "reservation-get-by-address", ip_of_reservation),
        Kind::new("ip of a lease", ip, ip_of_lease),
        Kind::new("ip of no record", ip, ip_of_no_record),
    ]
}

fn at(records: &[Record], number: usize) -> &Record {
    &records[number % records.len()]
}

fn get(nestor: &Nestor, what: &str) -> Request {
    Request::get(nestor.foreman, &format!("/dhcp/{NETWORK}/{what}"))
}

fn by_id(site: &Site, mac: &str) -> Request {
    site.command("reservation-get-by-id", &json!({ "identifier-type": "hw-address", "identifier": mac }))
}

fn by_hw_address(site: &Site, mac: &str) -> Request {
    site.command("lease4-get-by-hw-address", &json!({ "hw-address": mac }))
}

fn by_address(site: &Site, ip: &impl ToString) -> Request {
    site.command("reservation-get-by-address", &json!({ "subnet-id": 1, "ip-address": ip.to_string() }))
}

fn lease(site: &Site, ip: &impl ToString) -> Request {
    site.command("lease4-get", &json!({ "ip-address": ip.to_string() }))
}

fn hit(of_nestor: Request, of_kea: Vec<Request>, record: &Record) -> Question {
    Question { of_nestor, of_kea, status: 200, contains: format!("\"ip\":\"{}\"", record.ip) }
}

fn miss(of_nestor: Request, of_kea: Vec<Request>) -> Question {
    Question { of_nestor, of_kea, status: 404, contains: "No DHCP record".to_owned() }
}

fn mac_of_reservation(site: &Site, nestor: &Nestor, number: usize) -> Question {
    let record = at(&site.reserved, number);
    hit(get(nestor, &format!("mac/{}", record.mac)), vec![by_id(site, &record.mac)], record)
}

fn mac_of_lease(site: &Site, nestor: &Nestor, number: usize) -> Question {
    let record = at(&site.leased, number);
    let of_kea = vec![by_id(site, &record.mac), by_hw_address(site, &record.mac)];
    hit(get(nestor, &format!("mac/{}", record.mac)), of_kea, record)
}

fn mac_of_no_record(site: &Site, nestor: &Nestor, number: usize) -> Question {
    let mac = unknown_mac(number);
    miss(get(nestor, &format!("mac/{mac}")), vec![by_id(site, &mac), by_hw_address(site, &mac)])
}

fn ip_of_reservation(site: &Site, nestor: &Nestor, number: usize) -> Question {
    let record = at(&site.reserved, number);
    hit(get(nestor, &format!("ip/{}", record.ip)), vec![by_address(site, &record.ip)], record)
}

fn ip_of_lease(site: &Site, nestor: &Nestor, number: usize) -> Question {
    let record = at(&site.leased, number);
    let of_kea = vec![by_address(site, &record.ip), lease(site, &record.ip)];
    hit(get(nestor, &format!("ip/{}", record.ip)), of_kea, record)
}

fn ip_of_no_record(site: &Site, nestor: &Nestor, number: usize) -> Question {
    let ip = site.free[number % site.free.len()];
    miss(get(nestor, &format!("ip/{ip}")), vec![by_address(site, &ip), lease(site, &ip)])
}
