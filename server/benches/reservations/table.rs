//! 500 rows of CSV: through Nestor, in turn with 500 bare additions and one save.

use std::fmt::Write as _;

use serde_json::json;

use crate::console::{Console, name};
use crate::site::{Record, record, scattered, started, subnet};
use crate::statistics::{Times, ms, ratio, thousands};
use crate::{Bench, Outcome, SIZES};

const ROWS: usize = 500;

/// Measures it in configurations of every size.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let times = bench.times(10, 2);
    let note = format!(
        "`POST /api/table/apply` of {ROWS} rows until its answer, in turn with {ROWS} times `reservation-add` and one \
         `config-write`, {times} of each. Target: at most 2 times the bare commands."
    );
    let columns = ["reservations", "bare, median", "Nestor, median", "Nestor, longest", "ratio", "CPU of Nestor"];
    bench.report.table("500 rows of CSV", &note, &columns);
    for size in SIZES {
        let addresses = scattered();
        let (taken, free) = addresses.split_at(size as usize);
        let subnets = json!([subnet(1, "10.77.0.0/16", "10.77.0.1-10.77.255.254", &record(taken, 0))]);
        let kea = started(&bench.placement, json!({ "subnet4": subnets }), &[])?;
        let mut console = Console::start(&bench.placement, &kea)?;
        let records = record(&free[..2 * ROWS * (times as usize + 1)], 4);
        let (mut bare, mut nestor) = (Times::default(), Times::default());
        let mut cpu = console.nestor.cpu()?;
        for (turn, pair) in records.chunks_exact(2 * ROWS).enumerate() {
            // The first is to warm up.
            if turn == 1 {
                (bare, nestor, cpu) = (Times::default(), Times::default(), console.nestor.cpu()?);
            }
            let (ours, theirs) = pair.split_at(ROWS);
            let text = json!({ "text": text(ours), "subnet": { "server": "kea", "id": 1 } });
            let (answer, took) = console.ask("/api/table/apply", &text)?;
            let made = answer["rows"]
                .as_array()
                .map_or(0, |rows| rows.iter().filter(|row| row["outcome"]["Ok"]["reservation"].is_object()).count());
            if made != ROWS {
                bench.report.wrong(format!("of {ROWS} rows {made} were made"));
            }
            nestor.add(took);
            let mut all = std::time::Duration::ZERO;
            for record in theirs {
                all += console.add(record, "memory")?;
            }
            bare.add(all + console.save()?);
        }
        let cpu = console.nestor.cpu()?.since(cpu) / times;
        bench.report.row(&[
            thousands(size),
            ms(bare.median()),
            ms(nestor.median()),
            ms(nestor.longest()),
            ratio(nestor.median(), bare.median()),
            ms(cpu),
        ]);
    }
    Ok(())
}

/// The table that makes these reservations.
fn text(records: &[Record]) -> String {
    let mut text = "mac,ip,hostname,next_server,boot_file\n".to_owned();
    for record in records {
        // Writing to text cannot fail.
        let _ = writeln!(text, "{},{},{},10.77.0.5,grub2/grubx64.efi", record.mac, record.ip, name(record));
    }
    text
}
