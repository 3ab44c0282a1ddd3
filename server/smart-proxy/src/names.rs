//! The addresses of trusted hosts, as the system's resolver knows them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

/// The maximum age of an answer.
const KEEP: Duration = Duration::from_mins(1);

/// The maximum age of a failure: until the next look-up no caller is let in by that name.
const KEEP_FAILURE: Duration = Duration::from_secs(5);

/// How long one look-up may take.
const WITHIN: Duration = Duration::from_secs(5);

/// What was found, and until when it counts.
#[derive(Default)]
pub(crate) struct Names(Mutex<HashMap<String, Known>>);

struct Known {
    addresses: Vec<IpAddr>,
    until: Instant,
}

impl Names {
    /// The addresses of these hosts. Callers that ask meanwhile wait, so that a slow resolver is asked only once.
    pub(crate) async fn addresses(&self, hosts: &[String]) -> Vec<IpAddr> {
        if hosts.is_empty() {
            return Vec::new();
        }
        let mut known = self.0.lock().await;
        let now = Instant::now();
        known.retain(|_, known| known.until > now);
        let mut asked = JoinSet::new();
        for host in hosts.iter().filter(|host| !known.contains_key(*host)).cloned() {
            asked.spawn(async move { (look_up(&host).await, host) });
        }
        while let Some(answer) = asked.join_next().await {
            // A look-up that panicked found nothing.
            let Ok((found, host)) = answer else { continue };
            let keep = if found.is_some() { KEEP } else { KEEP_FAILURE };
            known.insert(host, Known { addresses: found.unwrap_or_default(), until: Instant::now() + keep });
        }
        hosts.iter().filter_map(|host| known.get(host)).flat_map(|known| known.addresses.iter().copied()).collect()
    }
}

async fn look_up(host: &str) -> Option<Vec<IpAddr>> {
    let why = match timeout(WITHIN, tokio::net::lookup_host((host, 0))).await {
        Ok(Ok(found)) => return Some(found.map(|socket| socket.ip().to_canonical()).collect()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in 5 seconds".to_owned(),
    };
    tracing::warn!(host, why, "a trusted host cannot be looked up");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hosts_are_looked_up_once_a_minute() {
        let names = Names::default();
        let hosts = ["localhost".to_owned(), "no-such-host.invalid".to_owned()];
        let found = names.addresses(&hosts).await;
        assert!(found.iter().all(IpAddr::is_loopback) && !found.is_empty(), "{found:?}");
        let until = |known: &HashMap<String, Known>, host: &str| known[host].until;
        let first = until(&*names.0.lock().await, "localhost");
        assert_eq!(names.addresses(&hosts).await, found);
        assert_eq!(until(&*names.0.lock().await, "localhost"), first, "the second time no resolver is asked");
        let failure = until(&*names.0.lock().await, "no-such-host.invalid");
        assert!(first.duration_since(failure) > KEEP / 2, "a failure is asked again soon");
    }

    #[tokio::test]
    async fn what_was_not_asked_for_does_not_count() {
        let names = Names::default();
        assert!(!names.addresses(&["localhost".to_owned()]).await.is_empty());
        assert!(names.addresses(&[]).await.is_empty());
        assert!(names.addresses(&["no-such-host.invalid".to_owned()]).await.is_empty());
    }
}
