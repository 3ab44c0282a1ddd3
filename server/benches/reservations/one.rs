//! One reservation, until it is on the disk: through Nestor, in turn with the bare commands.

use std::time::Duration;

use serde_json::{Value, json};

use crate::console::{Console, wanted};
use crate::lab;
use crate::postgres::{self, Cluster};
use crate::site::{Record, record, scattered, started, subnet};
use crate::statistics::{Times, ms, ratio, thousands};
use crate::{Bench, Outcome, SIZES};

const COLUMNS: [&str; 7] =
    ["reservations", "bare, median", "bare, p99", "Nestor, median", "Nestor, p99", "ratio", "CPU of Nestor"];

/// The place that reservations are kept in, in Kea's word and in ours.
#[derive(Clone, Copy)]
struct Place {
    target: &'static str,
    storage: &'static str,
}

const CONFIGURATION: Place = Place { target: "memory", storage: "configuration" };
const DATABASE: Place = Place { target: "database", storage: "database" };

/// Measures it in configurations of every size, and in a host database.
pub(crate) fn measure(bench: &mut Bench) -> Outcome<()> {
    let times = bench.times(500, 40);
    let note = |bare: &str| {
        format!(
            "`POST /api/reservations/create` until its answer, in turn with {bare}, {} of each. Target: at most 1.5 times \
             the bare commands.",
            thousands(times)
        )
    };
    let title = "One reservation in Kea’s configuration";
    bench.report.table(title, &note("`reservation-add` and `config-write`"), &COLUMNS);
    for size in SIZES {
        row(bench, size, times, CONFIGURATION, json!({}))?;
    }
    bench.report.table("One reservation in a host database (PostgreSQL)", &note("`reservation-add`"), &COLUMNS);
    let cluster = Cluster::start();
    cluster.create("kea", &[]);
    cluster.script("kea", &lab::postgres_schema());
    let access = json!({
        "type": "postgresql", "name": "kea", "host": "127.0.0.1", "port": cluster.port(),
        "user": postgres::USER, "password": postgres::PASSWORD,
    });
    let hooks: Vec<Value> = lab::hooks().into_iter().chain([json!({ "library": "libdhcp_pgsql.so" })]).collect();
    row(bench, 0, times, DATABASE, json!({ "hosts-database": access, "hooks-libraries": hooks }))
}

/// Beside so many reservations in the configuration, with more settings for Kea.
fn row(bench: &mut Bench, size: u32, times: u32, place: Place, mut dhcp4: Value) -> Outcome<()> {
    let addresses = scattered();
    let (taken, free) = addresses.split_at(size as usize);
    dhcp4["subnet4"] = json!([subnet(1, "10.77.0.0/16", "10.77.0.1-10.77.255.254", &record(taken, 0))]);
    let kea = started(&bench.placement, dhcp4, &[])?;
    let mut console = Console::start(&bench.placement, &kea)?;
    let warm_up = bench.times(50, 10);
    let records = record(&free[..2 * (times + warm_up) as usize], 4);
    let (first, rest) = records.split_at(2 * warm_up as usize);
    alternate(bench, &mut console, place, first)?;
    let cpu = console.nestor.cpu()?;
    let (bare, nestor) = alternate(bench, &mut console, place, rest)?;
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
    Ok(())
}

/// Makes one reservation bare and the next through Nestor; each goes first every other time.
fn alternate(bench: &mut Bench, console: &mut Console, place: Place, records: &[Record]) -> Outcome<(Times, Times)> {
    let (mut bare, mut nestor) = (Times::default(), Times::default());
    for (turn, pair) in records.chunks_exact(2).enumerate() {
        if turn % 2 == 0 {
            bare.add(make(console, place, &pair[0])?);
        }
        let (made, took) = console.ask("/api/reservations/create", &json!({ "new": wanted(&pair[1]) }))?;
        if made["reservation"]["storage"] != place.storage || made["change"].is_null() {
            bench.report.wrong(format!("a reservation was answered with {made}"));
        }
        nestor.add(took);
        if turn % 2 == 1 {
            bare.add(make(console, place, &pair[0])?);
        }
    }
    Ok((bare, nestor))
}

/// The bare commands, until it is on the disk.
fn make(console: &mut Console, place: Place, record: &Record) -> Outcome<Duration> {
    let added = console.add(record, place.target)?;
    Ok(if place.target == CONFIGURATION.target { added + console.save()? } else { added })
}
