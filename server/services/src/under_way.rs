//! How many changes are under way in this program, so that it can stop when there are none.

use std::sync::LazyLock;

use tokio::sync::watch;

static UNDER_WAY: LazyLock<watch::Sender<usize>> = LazyLock::new(watch::Sender::default);

/// A change under way, until it is dropped.
pub(crate) struct UnderWay(());

impl UnderWay {
    /// One more.
    pub(crate) fn begin() -> Self {
        UNDER_WAY.send_modify(|count| *count += 1);
        Self(())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.send_modify(|count| *count -= 1);
    }
}

/// Waits until no change is under way in this program. Its caller sees to it that none is begun meanwhile.
pub async fn changes_have_ended() {
    drop(UNDER_WAY.subscribe().wait_for(|count| *count == 0).await);
}
