//! Resident memory after many large listings.

use std::thread::sleep;
use std::time::Duration;

use crate::http::Caller;
use crate::listing::{check, list, listing};
use crate::process::Nestor;
use crate::site::Site;
use crate::statistics::thousands;
use crate::{Bench, Outcome};

const RECORDS: u32 = 60_000;

/// Measures it before, after, and the peak between.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let listings = bench.times(1_000, 50);
    let note = "Resident memory of Nestor. Target: at most 150 MiB after the listings.";
    bench.report.table("Memory", note, &["records", "listings", "at the start", "after them", "peak"]);
    let site = Site::start(&bench.placement, RECORDS)?;
    let nestor = Nestor::start(&bench.placement, &site.kea, "5m")?;
    sleep(Duration::from_secs(2));
    let before = nestor.memory("VmRSS")?;
    let mut caller = Caller::new();
    let octets = check(bench, &nestor, &mut caller, RECORDS)?;
    let request = listing(&nestor);
    for _ in 1..listings {
        list(&request, &mut caller, octets)?;
    }
    let (after, peak) = (nestor.memory("VmRSS")?, nestor.memory("VmHWM")?);
    let mib = |kib: u64| format!("{} MiB", kib.div_ceil(1_024));
    bench.report.row(&[thousands(RECORDS), thousands(listings), mib(before), mib(after), mib(peak)]);
    Ok(())
}
