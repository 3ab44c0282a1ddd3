//! `GET /dhcp/NET/unused_ip`: how it grows with the subnet.

use std::net::Ipv4Addr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::{Answer, Caller, Request};
use crate::process::Nestor;
use crate::site::{NETWORK, Site};
use crate::statistics::{Times, ms, ratio, thousands};
use crate::{Bench, Outcome, SIZES};

/// How long an address is held: the shortest time that can be set. With [`PACE`] equally many are held at every size,
/// and never so many that nothing is free.
const HOLD: &str = "1s";

/// From the start of one call to that of the next.
const PACE: Duration = Duration::from_millis(5);

/// The ways of asking: the whole subnet, and most of it.
const FIRST: Ipv4Addr = Ipv4Addr::new(10, 77, 16, 0);
const LAST: Ipv4Addr = Ipv4Addr::new(10, 77, 239, 255);

/// What was measured of one way at one size.
struct Measured {
    cpu: Duration,
    times: Times,
}

/// Measures both ways at every size.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let calls = bench.times(2_000, 200);
    let note = format!(
        "{} calls of each, one every {} ms where they are not slower; each holds an address for {HOLD}. Targets: CPU at \
         most 1 ms at 60,000 records, and at most 1.5 times that at 1,000.",
        thousands(calls),
        PACE.as_millis()
    );
    bench.report.table(
        "unused_ip",
        &note,
        &["records", "call", "CPU for a call", "CPU to that at 1,000", "wall, median", "wall, p99", "Ruby, given"],
    );
    let ways = [
        ("without a range", format!("/dhcp/{NETWORK}/unused_ip?")),
        ("with from and to", format!("/dhcp/{NETWORK}/unused_ip?from={FIRST}&to={LAST}")),
    ];
    let mut smallest = [None, None];
    for (records, given) in SIZES.into_iter().zip(["2.7 ms", "75 ms", "3,520 ms"]) {
        let site = Site::start(&bench.placement, records)?;
        let nestor = Nestor::start(&bench.placement, &site.kea, HOLD)?;
        for ((name, path), smallest) in ways.iter().zip(&mut smallest) {
            let request = Request::get(nestor.foreman, path);
            one_way(bench, &site, &nestor, &request, bench.times(100, 20))?;
            sleep(Duration::from_secs(2));
            let Measured { cpu, times } = one_way(bench, &site, &nestor, &request, calls)?;
            let smallest = *smallest.get_or_insert(cpu);
            bench.report.row(&[
                thousands(records),
                (*name).to_owned(),
                ms(cpu),
                ratio(cpu, smallest),
                ms(times.median()),
                ms(times.p99()),
                given.to_owned(),
            ]);
        }
    }
    Ok(())
}

fn one_way(bench: &mut Bench, site: &Site, nestor: &Nestor, request: &Request, calls: u32) -> Outcome<Measured> {
    let taken = site.taken();
    let mut caller = Caller::new();
    let mut times = Times::default();
    let mut wrong = 0_u32;
    let before = nestor.cpu()?;
    let mut next = Instant::now();
    for _ in 0..calls {
        sleep(next.saturating_duration_since(Instant::now()));
        next = Instant::now() + PACE;
        let answer = caller.call(request)?;
        times.add(answer.took);
        match suggested(&answer) {
            Ok(Some(address)) if !taken.contains(&address) => {}
            _ => wrong += 1,
        }
    }
    let cpu = nestor.cpu()?.since(before) / calls;
    if wrong > 0 {
        bench.report.wrong(format!("unused_ip: {wrong} of {calls} answers are errors, null, or name a taken address"));
    }
    Ok(Measured { cpu, times })
}

/// The address of an answer, if it names one.
pub(crate) fn suggested(answer: &Answer<'_>) -> Outcome<Option<Ipv4Addr>> {
    let body: Option<Value> = serde_json::from_slice(answer.body).ok();
    match body.as_ref().and_then(|body| body.get("ip")).filter(|_| answer.status == 200) {
        Some(Value::Null) => Ok(None),
        Some(Value::String(address)) => Ok(Some(address.parse()?)),
        _ => Err(format!("{} {}", answer.status, String::from_utf8_lossy(answer.body)).into()),
    }
}
