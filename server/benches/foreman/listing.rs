//! `GET /dhcp/NET`, and what becomes of look-ups meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use crate::http::{Caller, Request};
use crate::process::Nestor;
use crate::site::{NETWORK, Site};
use crate::statistics::{Times, ms, ratio, thousands};
use crate::{Bench, Outcome, SIZES};

/// Looking up beside listings goes on for at least so long: a listing may be slow.
const LONG_ENOUGH: Duration = Duration::from_secs(10);

/// Measures listings at every size, alone and beside look-ups.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let (at_least, look_ups) = (bench.times(50, 5), bench.times(2_000, 300));
    // Long enough for Nestor to look at the subnet anew, as often as it sees fit.
    let lasting = Duration::from_secs(u64::from(bench.times(30, 2)));
    let note = format!(
        "At least {at_least} listings back to back, for at least {} s, with whatever Nestor asks Kea in between; then `mac` look-ups of reservations, at least {} in a row, alone and while \
         another connection after the other lists. Targets at 60,000 records: CPU at most 60 ms, the look-ups' p99 at \
         most 3 times the idle one. Ruby's listing at 60,000 stalls a look-up for 6 s (given).",
        lasting.as_secs(),
        thousands(look_ups)
    );
    bench.report.table(
        "GET /dhcp/NET",
        &note,
        &[
            "records",
            "CPU for a listing",
            "wall, median",
            "wall, p99",
            "size",
            "mac p99, idle",
            "mac p99, listing",
            "ratio",
            "mac longest, listing",
            "Ruby, given",
        ],
    );
    for (records, given) in SIZES.into_iter().zip(["7.6 ms", "110 ms", "3,540 ms"]) {
        let site = Site::start(&bench.placement, records)?;
        let nestor = Nestor::start(&bench.placement, &site.kea, "5m")?;
        let mut caller = Caller::new();
        let octets = check(bench, &nestor, &mut caller, records)?;
        sleep(Duration::from_secs(2));
        let request = listing(&nestor);
        let (before, start) = (nestor.cpu()?, Instant::now());
        let mut times = Times::default();
        while times.count() < at_least as usize || start.elapsed() < lasting {
            times.add(list(&request, &mut caller, octets)?);
        }
        let cpu = nestor.cpu()?.since(before) / u32::try_from(times.count())?;
        look_up(&site, &nestor, look_ups / 4, || true)?;
        let idle = look_up(&site, &nestor, look_ups, || true)?;
        let beside = beside(&site, &nestor, octets, look_ups)?;
        bench.report.row(&[
            thousands(records),
            ms(cpu),
            ms(times.median()),
            ms(times.p99()),
            format!("{} kB", thousands(u32::try_from(octets / 1_000)?)),
            ms(idle.p99()),
            ms(beside.p99()),
            ratio(beside.p99(), idle.p99()),
            ms(beside.longest()),
            given.to_owned(),
        ]);
    }
    Ok(())
}

pub(crate) fn listing(nestor: &Nestor) -> Request {
    Request::get(nestor.foreman, &format!("/dhcp/{NETWORK}"))
}

/// One listing; gives how long it took.
pub(crate) fn list(request: &Request, caller: &mut Caller, octets: usize) -> Outcome<Duration> {
    let answer = caller.call(request)?;
    // Nothing changes meanwhile, so every listing is as long as the first.
    if answer.status != 200 || answer.body.len() != octets {
        return Err(format!("a listing of {} octets has status {}", answer.body.len(), answer.status).into());
    }
    Ok(answer.took)
}

/// Lists once, and looks whether everything is there; gives the size of the answer.
pub(crate) fn check(bench: &mut Bench, nestor: &Nestor, caller: &mut Caller, records: u32) -> Outcome<usize> {
    let answer = caller.call(&listing(nestor))?;
    let all: serde_json::Value = serde_json::from_slice(answer.body)?;
    let count = |what: &str| all[what].as_array().map_or(0, Vec::len);
    let (reservations, leases) = (count("reservations"), count("leases"));
    if [reservations, leases] != [records as usize / 2; 2] {
        let wrong = format!("a listing of {records} records has {reservations} reservations and {leases} leases");
        bench.report.wrong(wrong);
    }
    Ok(answer.body.len())
}

/// Look-ups, one after the other, so many and as long as wanted.
fn look_up(site: &Site, nestor: &Nestor, at_least: u32, enough: impl Fn() -> bool) -> Outcome<Times> {
    let mut caller = Caller::new();
    let mut times = Times::default();
    while times.count() < at_least as usize || !enough() {
        let record = &site.reserved[times.count() * 7_919 % site.reserved.len()];
        let answer = caller.call(&Request::get(nestor.foreman, &format!("/dhcp/{NETWORK}/mac/{}", record.mac)))?;
        if answer.status != 200 {
            return Err(format!("a look-up has status {}", answer.status).into());
        }
        times.add(answer.took);
    }
    Ok(times)
}

/// The same while listings follow each other.
fn beside(site: &Site, nestor: &Nestor, octets: usize, look_ups: u32) -> Outcome<Times> {
    let stop = AtomicBool::new(false);
    scope(|scope| {
        let lists = scope.spawn(|| {
            let (request, mut caller) = (listing(nestor), Caller::new());
            while !stop.load(Ordering::Relaxed) {
                // An error of a thread must be text: it goes to another one.
                list(&request, &mut caller, octets).map_err(|error| error.to_string())?;
            }
            Ok::<(), String>(())
        });
        // It reads the first listing by now.
        sleep(Duration::from_millis(300));
        let start = Instant::now();
        let times = look_up(site, nestor, look_ups, || start.elapsed() >= LONG_ENOUGH);
        stop.store(true, Ordering::Relaxed);
        lists.join().map_err(|_| "the listing thread stopped")??;
        times
    })
}
