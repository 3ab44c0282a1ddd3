//! One of two servers that have nothing to do with each other is dead, or takes questions and never answers: no request
//! waits for it, the other's subnets do not suffer, what it said last is shown with its age, and pages hear of it
//! within seconds.
//!
//! The figures are printed; what is asserted leaves room for a busy machine.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::fault_proxy::{Fault, FaultProxy};
use crate::support::{Kea, Nestor, kea, lay_accounts, load, path};
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use tempfile::TempDir;

/// No page takes longer while a server is silent, on a machine that does other things too.
const PAGE: Duration = Duration::from_millis(1_500);

/// A silent server is shown as such within this time, and one that is back too.
const NOTICED_WITHIN: Duration = Duration::from_secs(10);

/// How often each call is measured.
const ROUNDS: usize = 30;

/// What Foreman asks of the subnet of the healthy server: path and a name for people.
const CALLS: [&str; 4] =
    ["/dhcp/10.77.0.0/unused_ip", "/dhcp/10.77.0.0/mac/02:77:00:00:00:01", "/dhcp/10.77.0.0/ip/10.77.4.1", "/dhcp"];

/// Two servers, the second one behind something that can fall silent, and Nestor.
struct Site {
    _keas: [Kea; 2],
    proxy: FaultProxy,
    nestor: Nestor,
    cookie: String,
    folder: TempDir,
    config: PathBuf,
}

impl Site {
    async fn start() -> Self {
        let site = Self::start_where_the_other(Fault::None).await;
        // Both have been heard, and what they said is kept.
        site.page("/networks").await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        site
    }

    /// The same where the second server is so from the first moment on.
    async fn start_where_the_other(is: Fault) -> Self {
        let keas = [load::kea(), kea()];
        let proxy = FaultProxy::before(keas[1].port()).await;
        proxy.set(is);
        let folder = TempDir::new().unwrap();
        lay_accounts(folder.path());
        let config = config(&folder, [("kea", &keas[0], keas[0].url()), ("away", &keas[1], proxy.url())]);
        let nestor = Nestor::launch(folder.path(), &["--config", path(&config)]);
        let cookie = nestor.sign_in("operator").await;
        let site = Self { _keas: keas, proxy, nestor, cookie, folder, config };
        let made = json!({ "new": load::wanted("02:77:00:00:00:01", Some("10.77.4.1".parse().unwrap()), "one") });
        assert_eq!(site.nestor.call("/api/reservations/create", &made, &site.cookie).await.0, 200);
        site
    }

    async fn restart_nestor(&mut self) {
        self.nestor.kill9();
        self.nestor = Nestor::launch(self.folder.path(), &["--config", path(&self.config)]);
        self.cookie = self.nestor.sign_in("operator").await;
    }

    /// A page, and how long it took.
    async fn page(&self, at: &str) -> (String, Duration) {
        let begun = Instant::now();
        let response = self.nestor.get(at, &self.cookie).await;
        assert_eq!(response.status(), 200, "{at}");
        (response.text().await.unwrap(), begun.elapsed())
    }

    /// Every page is there within its time; what each took.
    async fn pages_are_quick(&self, when: &str) {
        let pages =
            ["/", "/networks", "/networks/kea/1", "/networks/away/1", "/search?q=192.0.2", "/servers", "/foreman"];
        self.pages_are_quick_of(&pages, when).await;
    }

    async fn pages_are_quick_of(&self, pages: &[&str], when: &str) {
        for at in pages {
            let (_, took) = self.page(at).await;
            println!("{when}: {at} {} ms", took.as_millis());
            assert!(took < PAGE, "{when}: {at} took {took:?}");
        }
    }

    async fn servers(&self) -> Vec<Value> {
        let (status, servers) = self.nestor.call("/api/servers/list", &json!({}), &self.cookie).await;
        assert_eq!(status, 200, "{servers}");
        servers.as_array().unwrap().clone()
    }

    async fn health(&self, of: &str) -> String {
        let servers = self.servers().await;
        let server = servers.iter().find(|server| server["name"] == of).unwrap();
        server["health"].as_str().unwrap().to_owned()
    }

    /// Waits until the health of a server is shown so; how long that took.
    async fn until_shown(&self, health: &str) -> Duration {
        let begun = Instant::now();
        while self.health("away").await != health {
            assert!(begun.elapsed() < NOTICED_WITHIN, "not shown as {health} in {:?}", begun.elapsed());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        begun.elapsed()
    }

    /// The median time of each call of Foreman for the healthy server; every one is answered.
    async fn foreman_times(&self) -> Vec<Duration> {
        let mut medians = Vec::new();
        for call in CALLS {
            let mut times = Vec::new();
            for _ in 0..ROUNDS {
                let begun = Instant::now();
                let (status, text) = self.nestor.foreman("GET", call, &[]).await;
                times.push(begun.elapsed());
                assert_eq!(status, 200, "{call}: {text}");
            }
            times.sort();
            medians.push(times[ROUNDS / 2]);
        }
        medians
    }

    /// The networks that Foreman sees.
    async fn networks(&self) -> Vec<String> {
        let (status, text) = self.nestor.foreman("GET", "/dhcp", &[]).await;
        assert_eq!(status, 200, "{text}");
        let subnets: Value = serde_json::from_str(&text).unwrap();
        subnets.as_array().unwrap().iter().map(|one| one["network"].as_str().unwrap().to_owned()).collect()
    }
}

fn config(folder: &TempDir, servers: [(&str, &Kea, String); 2]) -> PathBuf {
    let section = |(name, kea, url): (&str, &Kea, String)| {
        let password = folder.path().join(format!("{name}.password"));
        std::fs::write(&password, kea.password()).unwrap();
        let user = kea.user();
        format!("[[kea]]\nname = {name:?}\nurl = {url:?}\nuser = {user:?}\npassword_file = {:?}\n", path(&password))
    };
    let file = folder.path().join("nestor.toml");
    std::fs::write(&file, servers.into_iter().map(section).collect::<String>()).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_waits_for_a_server_that_never_answers() {
    let mut site = Site::start().await;
    let both_up = site.foreman_times().await;

    // From the first moment, long before it can be known that it is silent.
    let mut stream = site.nestor.client.get(format!("{}/events", site.nestor.console)).header(COOKIE, &site.cookie);
    stream = stream.header("accept", "text/event-stream");
    let mut events = stream.send().await.unwrap();
    assert!(next(&mut events, "servers").await.contains("[]"), "all answer");
    site.proxy.set(Fault::Silence);
    let fell = Instant::now();
    site.pages_are_quick("just fallen silent").await;
    let notified =
        tokio::time::timeout(NOTICED_WITHIN, async { while !next(&mut events, "servers").await.contains("away") {} })
            .await;
    assert!(notified.is_ok(), "an open page is not notified in time");
    println!("sent by the event stream after {:.1} s", fell.elapsed().as_secs_f64());
    site.until_shown("unreachable").await;
    assert!(fell.elapsed() < NOTICED_WITHIN, "shown after {:?}", fell.elapsed());
    site.pages_are_quick("known as silent").await;

    // What it said last is shown, with its date; so is that it does not answer.
    let (networks, _) = site.page("/networks").await;
    assert!(networks.contains("192.0.2.0/24") && networks.contains("is-old") && networks.contains("as of "));
    let (servers, _) = site.page("/servers").await;
    assert!(servers.contains("Last answer") && servers.contains("unreachable"));
    let (overview, _) = site.page("/").await;
    assert!(overview.contains("1 of 2"), "how many serve is true");

    let one_silent = site.foreman_times().await;
    for ((call, before), now) in CALLS.iter().zip(&both_up).zip(&one_silent) {
        let ratio = now.as_secs_f64() / before.as_secs_f64();
        println!("{call}: {:.2} ms, with the other silent {:.2} ms: × {ratio:.2}", ms(*before), ms(*now));
        // Who waits for the silent one waits for seconds; other tests beside this one cost some milliseconds.
        assert!(*now < *before * 3 + Duration::from_millis(100), "{call}: {before:?} became {now:?}");
    }
    assert_eq!(site.networks().await, ["10.77.0.0", "192.0.2.0"], "a missing subnet would look like a deleted one");
    let begun = Instant::now();
    assert_eq!(site.nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip", &[]).await.0, 503);
    assert!(
        begun.elapsed() < PAGE,
        "the silent server’s own subnet is refused at once, not after {:?}",
        begun.elapsed()
    );

    // A program that has never met it knows it from what is kept.
    site.restart_nestor().await;
    site.pages_are_quick("after a restart of Nestor").await;
    assert_eq!(site.networks().await, ["10.77.0.0", "192.0.2.0"]);
    site.foreman_times().await;
    site.until_shown("unreachable").await;
    assert!(site.page("/networks").await.0.contains("192.0.2.0/24"));

    site.proxy.set(Fault::None);
    println!("back after {:.1} s", site.until_shown("serving").await.as_secs_f64());
    assert_eq!(site.nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip", &[]).await.0, 200);
    assert!(!site.page("/networks").await.0.contains("is-old"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dead_server_holds_no_request_up() {
    let mut site = Site::start().await;
    site.proxy.refuse().await;
    site.pages_are_quick("dead").await;
    site.foreman_times().await;
    site.until_shown("unreachable").await;
    site.restart_nestor().await;
    site.foreman_times().await;
    assert_eq!(site.networks().await, ["10.77.0.0", "192.0.2.0"]);
    assert_eq!(site.nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip", &[]).await.0, 503);
    site.pages_are_quick("dead, after a restart of Nestor").await;
    site.proxy.listen().await;
    println!("back after {:.1} s", site.until_shown("serving").await.as_secs_f64());
    assert_eq!(site.nestor.foreman("GET", "/dhcp/192.0.2.0/unused_ip", &[]).await.0, 200);
}

/// What it has is not known: that is said where its subnets are asked for, and nowhere else.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_was_never_heard_of_holds_no_request_up() {
    let site = Site::start_where_the_other(Fault::Silence).await;
    let begun = Instant::now();
    assert_eq!(site.networks().await, ["10.77.0.0"], "what is known");
    assert!(begun.elapsed() < PAGE, "the list took {:?}", begun.elapsed());
    site.foreman_times().await;
    site.pages_are_quick_of(&["/", "/networks", "/networks/kea/1", "/servers", "/foreman"], "never heard of").await;
    let call = json!({ "query": { "filter": "all", "text": "", "before": null } });
    let (_, calls) = site.nestor.call("/api/foreman/calls", &call, &site.cookie).await;
    assert!(calls.to_string().contains("The subnets of “away” are missing"), "{calls}");
    for unknown in ["192.0.2.0", "198.51.100.0"] {
        let (status, text) = site.nestor.foreman("GET", &format!("/dhcp/{unknown}/unused_ip"), &[]).await;
        assert_eq!(status, 503, "whether there is {unknown} is not known: {text}");
    }

    site.proxy.set(Fault::None);
    site.until_shown("serving").await;
    assert_eq!(site.networks().await, ["10.77.0.0", "192.0.2.0"]);
    for (asked, status) in [("192.0.2.0", 200), ("198.51.100.0", 404)] {
        assert_eq!(site.nestor.foreman("GET", &format!("/dhcp/{asked}/unused_ip"), &[]).await.0, status, "{asked}");
    }
}

/// The data of the next event of that type.
async fn next(events: &mut reqwest::Response, kind: &str) -> String {
    let mut seen = String::new();
    loop {
        let chunk = events.chunk().await.unwrap().expect("the stream goes on");
        seen.push_str(&String::from_utf8_lossy(&chunk));
        let blocks = seen.split("\n\n");
        for block in blocks {
            if block.contains(&format!("event: {kind}")) && block.contains("data:") {
                return block.to_owned();
            }
        }
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
