//! What changes while one looks: the server's event stream as signals. Pages ask again when what they show has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use leptos::prelude::*;
use model::{ServerName, SubnetKey};

/// What changed since pages last asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Pending {
    #[default]
    Nothing,
    Subnets(BTreeSet<SubnetKey>),
    Everything,
}

impl Pending {
    fn with(self, change: Option<SubnetKey>) -> Self {
        match (self, change) {
            (Self::Nothing, Some(key)) => Self::Subnets(BTreeSet::from([key])),
            (Self::Subnets(mut keys), Some(key)) => {
                keys.insert(key);
                Self::Subnets(keys)
            }
            (_, None) | (Self::Everything, _) => Self::Everything,
        }
    }
}

/// How often what changed on the server has changed here. Use the numbers as sources of resources.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    changes: RwSignal<u64>,
    everything: RwSignal<u64>,
    subnets: RwSignal<BTreeMap<SubnetKey, u64>>,
    calls: RwSignal<u64>,
    connected: RwSignal<bool>,
    silent: RwSignal<BTreeSet<ServerName>>,
    pending: StoredValue<Pending>,
    pending_calls: StoredValue<bool>,
    resting: StoredValue<bool>,
    /// How many changes of this page's own are under way.
    paused: StoredValue<u32>,
}

impl Live {
    /// Pages ask again at most this often.
    const REST: Duration = Duration::from_secs(1);

    /// Provides the numbers to everything below.
    pub fn provide() -> Self {
        let live = Self::default();
        provide_context(live);
        live
    }

    /// The numbers that are provided.
    pub fn here() -> Self {
        use_context().unwrap_or_default()
    }

    /// Follows the event stream for as long as the current owner lives. Does nothing on the server.
    pub fn follow(self) {
        Effect::new(move || stream::follow(self));
    }

    /// Grows with every change of anything.
    pub fn version(self) -> u64 {
        self.changes.get()
    }

    /// Grows with every change of that subnet.
    pub fn subnet_version(self, key: &SubnetKey) -> u64 {
        self.version_under(std::slice::from_ref(key))
    }

    /// Grows with every change of a subnet that servers have under these names.
    pub fn version_under(self, names: &[SubnetKey]) -> u64 {
        let of = |subnets: &BTreeMap<SubnetKey, u64>| names.iter().filter_map(|name| subnets.get(name)).sum::<u64>();
        self.everything.get() + self.subnets.with(of)
    }

    /// Grows when there are new calls of Foreman.
    pub fn calls_version(self) -> u64 {
        self.calls.get()
    }

    /// Whether changes arrive by themselves.
    pub fn connected(self) -> bool {
        self.connected.get()
    }

    /// Servers that do not answer, of all or of those that something is shown of: what is shown of them is no longer so.
    pub fn silent(self, of: Option<&ServerName>) -> Vec<ServerName> {
        self.silent.with(|silent| silent.iter().filter(|name| of.is_none_or(|of| of == *name)).cloned().collect())
    }

    /// These servers do not answer.
    pub fn fell_silent(self, servers: BTreeSet<ServerName>) {
        if self.silent.with_untracked(|known| *known != servers) {
            self.silent.set(servers);
        }
    }

    /// Something changed: that subnet, or (none) everything. Waits a moment when the last change was just now.
    pub fn changed(self, what: Option<SubnetKey>) {
        self.pending.update_value(|pending| *pending = std::mem::take(pending).with(what));
        if !self.resting.get_value() {
            self.publish();
        }
    }

    /// Foreman called. Waits likewise.
    pub fn called(self) {
        self.pending_calls.set_value(true);
        if !self.resting.get_value() {
            self.publish();
        }
    }

    /// Has pages not ask again until [`Self::resume`]: a change of their own is under way, and may be known here before it is
    /// answered. What changes meanwhile is not lost.
    pub fn pause(self) {
        self.paused.update_value(|count| *count += 1);
    }

    /// The change is answered. Where it leads to another page, pages ask again a moment later: the one that is left would ask
    /// for what is gone.
    pub fn resume(self, leaving: bool) {
        if leaving {
            set_timeout(move || self.resume(false), Self::REST);
            return;
        }
        self.paused.try_update_value(|count| *count = count.saturating_sub(1));
        if self.resting.try_get_value() == Some(false) {
            self.publish();
        }
    }

    fn publish(self) {
        if self.paused.try_get_value().is_none_or(|count| count > 0) {
            self.resting.try_set_value(false);
            return;
        }
        let Some(pending) = self.pending.try_update_value(std::mem::take) else { return };
        // A page that may have missed anything may have missed calls, too.
        let calls = self.pending_calls.try_update_value(std::mem::take) == Some(true) || pending == Pending::Everything;
        self.resting.set_value(calls || pending != Pending::Nothing);
        if !self.resting.get_value() {
            return;
        }
        if calls {
            self.calls.update(|count| *count += 1);
        }
        self.publish_pending(pending);
        set_timeout(move || self.publish(), Self::REST);
    }

    fn publish_pending(self, pending: Pending) {
        match pending {
            Pending::Nothing => return,
            Pending::Subnets(keys) => self.subnets.update(|subnets| {
                for key in keys {
                    *subnets.entry(key).or_default() += 1;
                }
            }),
            Pending::Everything => self.everything.update(|count| *count += 1),
        }
        self.changes.update(|count| *count += 1);
    }
}

impl Default for Live {
    fn default() -> Self {
        Self {
            changes: RwSignal::new(0),
            everything: RwSignal::new(0),
            subnets: RwSignal::new(BTreeMap::new()),
            calls: RwSignal::new(0),
            connected: RwSignal::new(false),
            silent: RwSignal::new(BTreeSet::new()),
            pending: StoredValue::new(Pending::Nothing),
            pending_calls: StoredValue::new(false),
            resting: StoredValue::new(false),
            paused: StoredValue::new(0),
        }
    }
}

#[cfg(feature = "hydrate")]
mod stream {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use futures::StreamExt as _;
    use futures::channel::oneshot;
    use futures::future::{Either, abortable, select};
    use gloo_net::eventsource::State;
    use gloo_net::eventsource::futures::EventSource;
    use leptos::prelude::*;
    use leptos::serde_json;
    use leptos::task::spawn_local;
    use model::ServerName;
    use serde::Deserialize;

    use super::Live;
    use crate::{api, routes};

    /// The first pause after a stream that could not be opened; each further one is twice as long.
    const FIRST_PAUSE: Duration = Duration::from_secs(2);
    /// The longest pause.
    const LONGEST_PAUSE: Duration = Duration::from_mins(5);

    /// The data of an event of the type `change`.
    #[derive(Deserialize)]
    struct Change {
        subnet: Option<String>,
    }

    /// The data of an event of the type `servers`.
    #[derive(Deserialize)]
    struct Silent {
        silent: BTreeSet<ServerName>,
    }

    pub(super) fn follow(live: Live) {
        let (task, handle) = abortable(listen_on(live));
        on_cleanup(move || handle.abort());
        spawn_local(async move {
            let _ = task.await;
        });
    }

    async fn listen_on(live: Live) {
        let mut pause_for = FIRST_PAUSE;
        // What changed while the page was on its way here was sent to no one.
        let mut missed = true;
        loop {
            if listen(live, &mut missed).await {
                pause_for = FIRST_PAUSE;
                missed = true;
            }
            live.connected.set(false);
            // Where the session ended, this waits until there is one again: streams themselves do not say why they end.
            drop(api::session().await);
            pause(pause_for).await;
            pause_for = (pause_for * 2).min(LONGEST_PAUSE);
        }
    }

    /// Listens until the stream ends; answers whether it was ever open. The browser itself reconnects when a connection
    /// breaks; what ends the stream is an answer that is none (signed out, a proxy without us behind it).
    async fn listen(live: Live, missed: &mut bool) -> bool {
        let Ok(mut source) = EventSource::new(routes::EVENTS) else { return false };
        let Ok(changes) = source.subscribe("change") else { return false };
        let Ok(calls) = source.subscribe("calls") else { return false };
        let Ok(servers) = source.subscribe("servers") else { return false };
        let mut events = futures::stream::select(futures::stream::select(changes, calls), servers);
        let mut opened = false;
        loop {
            match select(events.next(), Box::pin(pause(Duration::from_secs(1)))).await {
                Either::Left((Some(Ok((kind, _))), _)) if kind == "calls" => live.called(),
                Either::Left((Some(Ok((kind, event))), _)) if kind == "servers" => {
                    let data = event.data().as_string();
                    if let Some(event) = data.and_then(|data| serde_json::from_str::<Silent>(&data).ok()) {
                        live.fell_silent(event.silent);
                    }
                }
                Either::Left((Some(Ok((_, event))), _)) => {
                    let change = event.data().as_string().and_then(|data| serde_json::from_str::<Change>(&data).ok());
                    // What we cannot read may be anything.
                    live.changed(change.and_then(|change| change.subnet?.parse().ok()));
                }
                Either::Left(_) => return opened,
                Either::Right(_) => {}
            }
            let open = source.state() == State::Open;
            opened |= open;
            if open && std::mem::take(missed) {
                live.changed(None);
            }
            *missed |= opened && !open;
            if live.connected.get_untracked() != open {
                live.connected.set(open);
            }
        }
    }

    async fn pause(length: Duration) {
        let (done, waiting) = oneshot::channel::<()>();
        set_timeout(move || drop(done), length);
        let _ = waiting.await;
    }
}

#[cfg(not(feature = "hydrate"))]
mod stream {
    pub(super) fn follow(_: super::Live) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_add_up() {
        let key = |text: &str| text.parse::<SubnetKey>().unwrap();
        let two = Pending::Nothing.with(Some(key("a/1"))).with(Some(key("a/2"))).with(Some(key("a/1")));
        assert_eq!(two, Pending::Subnets(BTreeSet::from([key("a/1"), key("a/2")])));
        assert_eq!(two.with(None), Pending::Everything);
        assert_eq!(Pending::Everything.with(Some(key("a/1"))), Pending::Everything);
    }
}
