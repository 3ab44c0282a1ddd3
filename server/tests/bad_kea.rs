//! Everything that can go wrong between Nestor and a real Kea, in every command that the life of a reservation needs: the
//! deadline is kept, the right problem is reported, nothing untrue is reported, no change is sent twice, what is not
//! known is found out, and the next good request is done at once.
//!
//! What is expected stands in `bad_kea/matrix.rs`. TLS has tests of its own, in `server/kea/tests/tls.rs`.
//! `NESTOR_TEST_CELLS=TEXT` plays only the cells whose names contain the text.
#![allow(unreachable_pub, missing_docs, reason = "test support")]

mod cell;
mod checks;
mod client;
mod matrix;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{PASSWORD, path, run};
use cell::Site;
use matrix::{Act, Part, Row, STEPS, Sort, Step, rows};
use tempfile::TempDir;
use tokio::time::timeout;

/// Sites side by side. Most of the time each of them waits, for the end of some deadline.
const SITES: usize = 34;

/// Sites that begin with the shortest cells, so that neither the short nor the long ones are left for the end.
const QUICK: usize = 8;

/// No cell takes longer; a server that hangs must not hang the test.
const LONGEST: Duration = Duration::from_secs(75);

/// Something that is played, on any site.
#[derive(Clone, Debug)]
enum Cell {
    /// A fault in one command.
    Fault(Row, Step),
    /// Nothing listens at Kea's port, or (true) packets to it are dropped.
    Closed(Act, bool),
}

impl Cell {
    fn name(&self) -> String {
        match self {
            Self::Fault(row, step) => {
                let ran = if row.ran { "" } else { ", not carried out" };
                format!("{} in {:?}: {}{ran}", step.command, step.act, row.name)
            }
            Self::Closed(act, true) => format!("{act:?}: packets are dropped"),
            Self::Closed(act, false) => format!("{act:?}: connection refused"),
        }
    }

    /// Roughly how long it takes, in seconds: the longest are begun first.
    fn cost(&self) -> u32 {
        match self {
            Self::Fault(row, step) => match (row.sort, step.part) {
                (Sort::Silent, Part::Change | Part::Save) => 30,
                (Sort::Silent, _) => 15,
                (Sort::Answered, _) if row.name.starts_with("9.9") => 20,
                _ => 1,
            },
            Self::Closed(_, dropped) => u32::from(*dropped) * 7,
        }
    }
}

/// The whole matrix. What a look-up is answered is the same whether Kea looked or not.
fn cells() -> Vec<Cell> {
    let rows = rows();
    let mut cells = Vec::new();
    for step in STEPS {
        let change = matches!(step.part, Part::Change | Part::Save);
        let one_of_two = |row: &Row| row.ran && rows.iter().any(|other| other.name == row.name && !other.ran);
        let mine = rows.iter().filter(|row| change || !one_of_two(row));
        cells.extend(mine.map(|row| Cell::Fault(row.clone(), step)));
    }
    for act in [Act::Create, Act::Update, Act::Delete, Act::Table, Act::Subnet, Act::Status] {
        cells.extend([Cell::Closed(act, false), Cell::Closed(act, true)]);
    }
    if let Ok(wanted) = std::env::var("NESTOR_TEST_CELLS") {
        cells.retain(|cell| cell.name().contains(&wanted));
    }
    cells.sort_by_key(Cell::cost);
    cells
}

#[test]
fn every_fault_in_every_command() {
    let start = Instant::now();
    let (left, failed) = (Mutex::new(cells()), Mutex::new(Vec::new()));
    let (all, accounts) = (lock(&left).len(), accounts());
    assert!(all > 0, "no cell has such a name");
    thread::scope(|scope| {
        for site in 0..SITES.min(all) {
            let next = move |cells: &mut Vec<Cell>| match cells.len() {
                0 => None,
                _ if site < QUICK => Some(cells.remove(0)),
                _ => cells.pop(),
            };
            let (left, failed, accounts) = (&left, &failed, &accounts);
            scope.spawn(move || {
                let folder = TempDir::new().unwrap();
                copy(accounts.path(), folder.path());
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let mine = runtime.block_on(work(folder.path(), || next(&mut lock(left))));
                lock(failed).extend(mine);
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    println!("{all} cells in {:.0} s", start.elapsed().as_secs_f64());
    assert!(failed.is_empty(), "{} of {all} cells failed:\n{}", failed.len(), failed.join("\n"));
}

/// Plays cells until none is left; gives what failed.
async fn work(data: &Path, next: impl Fn() -> Option<Cell>) -> Vec<String> {
    let mut site = Site::start(data).await;
    let mut failed = Vec::new();
    while let Some(cell) = next() {
        let since = Instant::now();
        let playing = async {
            match &cell {
                Cell::Fault(row, step) => site.play(row, *step).await,
                Cell::Closed(act, dropped) => site.play_closed(*act, *dropped).await,
            }
        };
        let outcome = timeout(LONGEST, playing).await.unwrap_or_else(|_| Err("it does not end".to_owned()));
        println!("{:5.1} s  {}", since.elapsed().as_secs_f64(), cell.name());
        if let Err(why) = outcome {
            failed.push(format!("{} ({:.1} s): {why}", cell.name(), since.elapsed().as_secs_f64()));
        }
    }
    let log = site.nestor.log();
    for never in ["panicked", site.kea.password(), matrix::CANARY] {
        if log.contains(never) {
            failed.push(format!("the log has “{never}”"));
        }
    }
    failed
}

/// A data folder with an account in it.
fn accounts() -> TempDir {
    let folder = TempDir::new().unwrap();
    let words =
        ["user", "add", "operator", "--role", "operator", "--password-stdin", "--data-dir", path(folder.path())];
    let added = run(&words, &format!("{PASSWORD}\n"));
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    folder
}

fn copy(from: &Path, to: &Path) {
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
