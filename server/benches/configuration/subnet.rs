//! A new subnet, until it is on the disk: through Nestor, in turn with the bare commands; and its page.

use std::time::Duration;

use serde_json::json;

use crate::console::Console;
use crate::large;
use crate::statistics::{Times, ms, ratio, thousands};
use crate::{Bench, Outcome};

/// How many subnets there are before anything is measured.
const SIZES: [u32; 3] = [100, 1_000, 10_000];

/// The first id of those that are added.
const NEW: u32 = 20_001;

const COLUMNS: [&str; 8] =
    ["subnets", "leases", "bare, median", "Nestor, median", "Nestor, longest", "ratio", "CPU of Nestor", "its page"];

/// Measures it on servers of every size.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let times = bench.times(20, 4);
    let note = format!(
        "`POST /api/config/apply` of one new subnet until its answer, in turn with `subnet4-add` and `config-write`, {} of \
         each; then the page of the subnet. Targets: at most 1.5 times the bare commands, and 300 ms.",
        thousands(times)
    );
    bench.report.table("A new subnet", &note, &COLUMNS);
    for size in SIZES {
        row(bench, size, times)?;
    }
    Ok(())
}

fn row(bench: &mut Bench, size: u32, times: u32) -> Outcome<()> {
    let kea = large::kea(&bench.placement, size, json!({}))?;
    let mut console = Console::start(&bench.placement, &kea)?;
    let (mut bare, mut nestor, mut page) = (Times::default(), Times::default(), Times::default());
    let mut cpu = console.nestor.cpu()?;
    for turn in 0..=times {
        if turn == 1 {
            // The first is to warm up.
            (bare, nestor, page, cpu) = (Times::default(), Times::default(), Times::default(), console.nestor.cpu()?);
        }
        let [ours, theirs] = [0, 1].map(|second| NEW + 2 * turn + second);
        if turn % 2 == 0 {
            bare.add(add(&mut console, theirs)?);
        }
        nestor.add(apply(bench, &mut console, ours)?);
        let (html, took) = console.page(&format!("/networks/kea/{ours}"))?;
        page.add(took);
        if !html.contains(&format!("{}/24", large::address(ours, 0))) {
            bench.report.wrong(format!("the page of subnet {ours} does not show it"));
        }
        if turn % 2 == 1 {
            bare.add(add(&mut console, theirs)?);
        }
    }
    let cpu = console.nestor.cpu()?.since(cpu) / times;
    bench.report.row(&[
        thousands(size),
        thousands(size * large::LEASES),
        ms(bare.median()),
        ms(nestor.median()),
        ms(nestor.longest()),
        ratio(nestor.median(), bare.median()),
        ms(cpu),
        ms(page.median()),
    ]);
    Ok(())
}

/// Through Nestor, until it is on the disk.
pub(crate) fn apply(bench: &mut Bench, console: &mut Console, id: u32) -> Outcome<Duration> {
    let edits = json!([{ "op": "add", "path": "subnet4", "value": large::subnet(id) }]).to_string();
    let request = json!({ "server": "kea", "request": { "edits": edits } });
    let (answer, took) = console.ask("/api/config/apply", &request)?;
    if answer["words"].as_array().is_none_or(Vec::is_empty) || answer["change"].is_null() {
        bench.report.wrong(format!("a new subnet was answered with {answer}"));
    }
    Ok(took)
}

/// The bare commands, until it is on the disk.
pub(crate) fn add(console: &mut Console, id: u32) -> Outcome<Duration> {
    let added = console.command("subnet4-add", &json!({ "subnet4": [large::subnet(id)] }))?;
    Ok(added + console.save()?)
}
