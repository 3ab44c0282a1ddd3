//! One reservation, until it is on the disk: through Nestor, in turn with the bare commands.

use serde_json::json;

use crate::console::{Console, wanted};
use crate::site::{record, scattered, started, subnet};
use crate::statistics::{Times, ms, ratio, thousands};
use crate::{Bench, Outcome, SIZES};

/// Measures it in configurations of every size.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let times = bench.times(500, 40);
    let note = format!(
        "`POST /api/reservations/create` until its answer, in turn with `reservation-add` and `config-write`, {} of each. \
         Target: at most 1.5 times the bare commands.",
        thousands(times)
    );
    let columns =
        ["reservations", "bare, median", "bare, p99", "Nestor, median", "Nestor, p99", "ratio", "CPU of Nestor"];
    bench.report.table("One reservation in Kea’s configuration", &note, &columns);
    for size in SIZES {
        let addresses = scattered();
        let (taken, free) = addresses.split_at(size as usize);
        let subnets = json!([subnet(1, "10.77.0.0/16", "10.77.0.1-10.77.255.254", &record(taken, 0))]);
        let kea = started(&bench.placement, json!({ "subnet4": subnets }), &[])?;
        let mut console = Console::start(&bench.placement, &kea)?;
        let warm_up = bench.times(50, 10);
        let records = record(&free[..(2 * (times + warm_up)) as usize], 4);
        let (mut bare, mut nestor) = (Times::default(), Times::default());
        let mut cpu = console.nestor.cpu()?;
        for (turn, pair) in records.chunks_exact(2).enumerate() {
            if turn == warm_up as usize {
                (bare, nestor, cpu) = (Times::default(), Times::default(), console.nestor.cpu()?);
            }
            // Each goes first every other time.
            if turn % 2 == 0 {
                bare.add(console.add(&pair[0], "memory")? + console.save()?);
            }
            let (made, took) = console.ask("/api/reservations/create", &json!({ "new": wanted(&pair[1]) }))?;
            if made["reservation"]["storage"] != "configuration" || made["change"].is_null() {
                bench.report.wrong(format!("a reservation was answered with {made}"));
            }
            nestor.add(took);
            if turn % 2 == 1 {
                bare.add(console.add(&pair[0], "memory")? + console.save()?);
            }
        }
        let cpu = console.nestor.cpu()?.since(cpu) / times;
        bench.report.row(&[
            thousands(size),
            ms(bare.median()),
            ms(bare.p99()),
            ms(nestor.median()),
            ms(nestor.p99()),
            ratio(nestor.median(), bare.median()),
            ms(cpu),
        ]);
    }
    Ok(())
}
