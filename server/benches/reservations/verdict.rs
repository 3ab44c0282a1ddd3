//! What stands against one candidate, in a server with very many records.

use std::net::Ipv4Addr;
use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use crate::console::{Console, wanted};
use crate::site::{Record, record, started, subnet};
use crate::statistics::{Times, ms, thousands};
use crate::{Bench, Outcome};

/// How far apart addresses are: the records are scattered over a /8.
const APART: u32 = 11;

/// The list of subnets is asked for anew every ten seconds, which costs more than a verdict: this long it is none of the
/// figure, and then all of it.
const UNDISTURBED: Duration = Duration::from_secs(8);

/// Measures it with 100,000 reservations and 1,000,000 leases.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let (reservations, leases) = (bench.times(100_000, 10_000), bench.times(1_000_000, 100_000));
    let note = "`POST /api/reservations/verdict` for one candidate after the other: free ones, and ones whose address, \
                client or name is taken. Target: at most 5 ms of CPU of Nestor for a verdict. The last column is what the \
                list of subnets costs, which is asked for every ten seconds as long as a user works.";
    let columns =
        ["reservations", "leases", "verdicts", "CPU for a verdict", "wall, median", "wall, p99", "CPU for the subnets"];
    bench.report.table("A verdict", note, &columns);
    let addresses: Vec<Ipv4Addr> =
        (1..=reservations + leases + 10_000).map(|n| Ipv4Addr::from(0x0a00_0000 + n * APART)).collect();
    let (reserved, rest) = addresses.split_at(reservations as usize);
    let (lent, free) = rest.split_at(leases as usize);
    let (reserved, lent, free) = (record(reserved, 0), record(lent, 1), record(free, 4));
    let subnets = json!([subnet(1, "10.0.0.0/8", "10.0.0.1-10.255.255.254", &reserved)]);
    let kea = started(&bench.placement, json!({ "subnet4": subnets }), &[(1, &lent)])?;
    let mut console = Console::start(&bench.placement, &kea)?;
    let mut number = 0;
    judge(bench, &mut console, &free, &lent, &mut number)?;
    sleep(Duration::from_secs(11));
    let before = console.nestor.cpu()?;
    judge(bench, &mut console, &free, &lent, &mut number)?;
    let first = console.nestor.cpu()?.since(before);
    let (before, start, mut times) = (console.nestor.cpu()?, std::time::Instant::now(), Times::default());
    let most = bench.times(2_000, 200) as usize;
    while start.elapsed() < UNDISTURBED && times.count() < most {
        times.add(judge(bench, &mut console, &free, &lent, &mut number)?);
    }
    let count = u32::try_from(times.count())?;
    let cpu = console.nestor.cpu()?.since(before) / count;
    bench.report.row(&[
        thousands(reservations),
        millions(leases),
        thousands(count),
        ms(cpu),
        ms(times.median()),
        ms(times.p99()),
        ms(first.saturating_sub(cpu)),
    ]);
    Ok(())
}

/// One verdict; gives how long it took.
fn judge(
    bench: &mut Bench,
    console: &mut Console,
    free: &[Record],
    leased: &[Record],
    number: &mut usize,
) -> Outcome<Duration> {
    *number += 1;
    let place = *number * 7_919;
    let new = &free[place % free.len()];
    // Every other one wants an address that is in use.
    let taken = number.is_multiple_of(2);
    let mut candidate = wanted(new);
    if taken {
        candidate["address"] = json!(leased[place % leased.len()].ip);
    }
    let asked = json!({ "new": candidate, "replacing": null });
    let (found, took) = console.ask("/api/reservations/verdict", &asked)?;
    if found.as_array().is_none_or(|found| found.is_empty() == taken) {
        bench.report.wrong(format!("the verdict on {candidate} is {found}"));
    }
    Ok(took)
}

fn millions(number: u32) -> String {
    if number < 1_000_000 {
        thousands(number)
    } else {
        format!("{},{:03},{:03}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000)
    }
}
