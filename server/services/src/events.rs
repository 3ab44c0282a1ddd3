//! What changed, as it changes: pages that show it ask again.

use model::SubnetKey;
use tokio::sync::broadcast;

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Leases, reservations or holds of one subnet.
    Subnet(SubnetKey),
    /// Servers came, went, or were configured anew.
    Servers,
    /// Foreman called.
    Calls,
}

/// Notifies every listener. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        // A listener that falls this far behind learns that it missed something, and repaints everything.
        Self(broadcast::Sender::new(256))
    }
}

impl Events {
    /// Whether anything listens.
    pub fn are_heard(&self) -> bool {
        self.0.receiver_count() > 0
    }

    /// Tells it.
    pub fn publish(&self, event: Event) {
        // That no page listens is no fault.
        drop(self.0.send(event));
    }

    /// Listens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
