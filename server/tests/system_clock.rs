//! The clock of the machine is set while the program runs: nothing ends early, and nothing is kept for ever.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{Nestor, kea, lay_accounts, nestor, path};
use serde_json::json;
use tempfile::TempDir;

/// Says to the program that the clock was set, by as many seconds as stand in a file. Its steady clock goes on.
const SHIFT: &str = r#"
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *now) {
    int failed = (int)syscall(SYS_clock_gettime, id, now);
    if (failed == 0 && id == CLOCK_REALTIME) {
        FILE *file = fopen(getenv("CLOCK_IS_SET_BY"), "r");
        long seconds = 0;
        if (file != NULL) {
            if (fscanf(file, "%ld", &seconds) == 1) now->tv_sec += seconds;
            fclose(file);
        }
    }
    return failed;
}
"#;

/// The library that says so.
fn library(folder: &Path) -> PathBuf {
    let (source, library) = (folder.join("shift.c"), folder.join("shift.so"));
    fs::write(&source, SHIFT).unwrap();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status().unwrap();
    assert!(built.success());
    library
}

const DAY: i64 = 86_400;

#[tokio::test]
async fn a_clock_that_is_set_frees_nothing_early_and_keeps_nothing_for_ever() {
    let (kea, folder) = (kea(), TempDir::new().unwrap());
    let (data, shift) = (folder.path().join("data"), folder.path().join("shift"));
    lay_accounts(&data);
    let set = |seconds: i64| fs::write(&shift, seconds.to_string()).unwrap();
    set(0);
    let password = folder.path().join("kea.password");
    fs::write(&password, kea.password()).unwrap();
    let mut command = nestor();
    command.env("LD_PRELOAD", library(folder.path())).env("CLOCK_IS_SET_BY", &shift);
    let words = ["--kea", &kea.url(), "--kea-user", kea.user(), "--kea-password-file", path(&password)];
    let nestor = Nestor::launch_as(command, None, &data, &[&words[..], &["--blacklist-duration", "30s"]].concat());
    let cookie = nestor.sign_in("viewer").await;
    let unused = async || {
        let (status, answer) = nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip?", &[]).await;
        assert_eq!(status, 200, "{answer}");
    };
    let holds = async || {
        let (status, holds) = nestor.call("/api/holds/list", &json!({}), &cookie).await;
        assert_eq!(status, 200, "{holds}");
        holds.as_array().unwrap().len()
    };
    let begun = Instant::now();
    unused().await;
    for (held, seconds) in [DAY, 11 * 365 * DAY, -DAY, 0].into_iter().enumerate() {
        set(seconds);
        assert_eq!(holds().await, held + 1, "the clock was set by {seconds} s");
        unused().await;
        let session = nestor.call("/api/session", &json!({}), &cookie).await;
        assert_eq!(session.0, 200, "the clock was set by {seconds} s: {session:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(25), "too slow to judge");
    assert!(nestor.log().contains("the clock of this machine was set by"), "{}", nestor.log());
    set(-DAY);
    tokio::time::sleep(Duration::from_secs(31).saturating_sub(begun.elapsed())).await;
    let left = holds().await;
    assert!(left < 5, "the time of the first is over, whatever the clock says: {left} are held");
}
