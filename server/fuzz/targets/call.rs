//! Any call of the whole router, on a real store and before no DHCP server.
#![no_main]

#[path = "../../smart-proxy/tests/support/any_call.rs"]
mod any_call;

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use any_call::Routers;
use fleet::Fleet;
use model::{ForemanSettings, Seconds, Timestamp};
use rand::Rng;
use services::ports::{Clock, Random};
use services::{Ports, Services, Settings};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// How many calls are remembered. Foreman's log tab lists them: with many, that alone would take all the time.
const REMEMBERED: u32 = 16;

/// After how many calls the others are forgotten.
const FORGET_AFTER: u32 = 512;

struct System;

impl Clock for System {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp(since.as_secs() as i64)
    }
}

impl Random for System {
    fn fill(&self, octets: &mut [u8]) {
        rand::rng().fill_bytes(octets);
    }
}

/// All that lives as long as the process.
struct Lab {
    runtime: Runtime,
    services: Services,
    routers: Routers,
    calls: u32,
    _store: TempDir,
}

impl Lab {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = TempDir::new().expect("a folder");
        let clock: Arc<dyn Clock> = Arc::new(System);
        let ports = Ports {
            dhcp: Arc::new(Fleet::new(Vec::new(), &clock)),
            store: Arc::new(runtime.block_on(store::open(folder.path())).expect("a store")),
            clock,
            random: Arc::new(System),
            pinger: None,
        };
        let settings = Settings {
            blacklist_duration: Seconds(1800),
            foreman: ForemanSettings { url: None, hold_seconds: 1800 },
            remember_calls_for: Seconds(86_400),
            remember_calls: REMEMBERED,
        };
        let services = Services::new(&ports, settings);
        let routers = Routers::new(&services);
        Self { runtime, services, routers, calls: 0, _store: folder }
    }

    fn take(&mut self, data: &[u8]) {
        self.calls = self.calls.wrapping_add(1);
        let full = self.calls.is_multiple_of(FORGET_AFTER);
        self.runtime.block_on(async {
            self.routers.take(data).await;
            if full {
                self.services.ledger.flush().await;
                self.services.ledger.trim().await.expect("the store works");
            }
        });
    }
}

thread_local! {
    static LAB: RefCell<Lab> = RefCell::new(Lab::new());
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| LAB.with_borrow_mut(|lab| lab.take(data)));
