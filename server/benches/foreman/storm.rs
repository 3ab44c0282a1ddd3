//! Many callers want an address at the same moment: none gets another's, and what is free is given out to the last.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{Builder, scope};
use std::time::Instant;

use crate::http::{Caller, Request};
use crate::process::Nestor;
use crate::site::{NETWORK, SMALL, Site};
use crate::statistics::{Times, ms, seconds, thousands};
use crate::unused::suggested;
use crate::{Bench, Outcome};

/// How many of the callers ask at once.
const AT_ONCE: u32 = 256;

/// A thread that only waits needs little.
const STACK: usize = 128 << 10;

/// How a storm ended.
#[derive(Default)]
struct Storm {
    addresses: Vec<Ipv4Addr>,
    nothing: u32,
    errors: Vec<String>,
    times: Times,
}

impl Storm {
    fn add(&mut self, other: Self) {
        self.addresses.extend(other.addresses);
        self.nothing += other.nothing;
        self.errors.extend(other.errors);
        self.times.extend(other.times);
    }
}

/// Both storms: more free than wanted, and fewer.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let callers = bench.times(10_000, 2_500);
    let note = format!(
        "{} calls of unused_ip, {AT_ONCE} at a time, each address held for 24 h; a Nestor of its own for each line.",
        thousands(callers)
    );
    bench.report.table(
        "Storm",
        &note,
        &[
            "free addresses",
            "distinct",
            "null",
            "errors",
            "wall",
            "CPU for a call",
            "one call, median",
            "one call, p99",
        ],
    );
    let site = Site::start(&bench.placement, 1_000)?;
    let large = u32::try_from(site.free.len())?;
    for (network, free) in [(NETWORK, large), (SMALL, 1_000)] {
        one(bench, &site, network, free, callers)?;
    }
    Ok(())
}

fn one(bench: &mut Bench, site: &Site, network: Ipv4Addr, free: u32, callers: u32) -> Outcome<()> {
    let nestor = Nestor::start(&bench.placement, &site.kea, "24h")?;
    // The first look at a subnet is not what is measured.
    Caller::new().call(&Request::get(nestor.foreman, &format!("/dhcp/{network}")))?;
    let before = nestor.cpu()?;
    let start = Instant::now();
    let storm = blow(&Request::get(nestor.foreman, &format!("/dhcp/{network}/unused_ip?")), callers)?;
    let wall = start.elapsed();
    let cpu = nestor.cpu()?.since(before) / callers;
    let distinct = storm.addresses.iter().collect::<HashSet<_>>().len();
    bench.report.row(&[
        thousands(free),
        distinct.to_string(),
        storm.nothing.to_string(),
        storm.errors.len().to_string(),
        seconds(wall),
        ms(cpu),
        ms(storm.times.median()),
        ms(storm.times.p99()),
    ]);
    judge(bench, site, &storm, distinct, free.min(callers));
    Ok(())
}

fn judge(bench: &mut Bench, site: &Site, storm: &Storm, distinct: usize, wanted: u32) {
    let twice = storm.addresses.len() - distinct;
    if twice > 0 {
        bench.report.wrong(format!("storm: {twice} addresses were given out twice"));
    }
    if let Some(first) = storm.errors.first() {
        bench.report.wrong(format!("storm: {} errors, the first one: {first}", storm.errors.len()));
    }
    if distinct != wanted as usize {
        bench.report.wrong(format!("storm: {distinct} addresses were given out instead of {wanted}"));
    }
    let taken = site.taken();
    let count = storm.addresses.iter().filter(|address| taken.contains(address)).count();
    if count > 0 {
        bench.report.wrong(format!("storm: {count} addresses were given out that are leased or reserved"));
    }
}

fn blow(request: &Request, callers: u32) -> Outcome<Storm> {
    let next = AtomicU32::new(0);
    let mut all = Storm::default();
    scope(|scope| {
        let mut threads = Vec::new();
        for _ in 0..AT_ONCE {
            threads.push(Builder::new().stack_size(STACK).spawn_scoped(scope, || call_on(request, &next, callers))?);
        }
        for thread in threads {
            all.add(thread.join().map_err(|_| "a caller stopped")?);
        }
        Ok::<(), Box<dyn std::error::Error>>(())
    })?;
    Ok(all)
}

/// Calls until every caller has called.
fn call_on(request: &Request, next: &AtomicU32, callers: u32) -> Storm {
    let mut storm = Storm::default();
    let mut caller = Caller::new();
    while next.fetch_add(1, Ordering::Relaxed) < callers {
        let start = Instant::now();
        match caller.call(request).and_then(|answer| suggested(&answer)) {
            Ok(Some(address)) => storm.addresses.push(address),
            Ok(None) => storm.nothing += 1,
            Err(error) => storm.errors.push(error.to_string()),
        }
        storm.times.add(start.elapsed());
    }
    storm
}
