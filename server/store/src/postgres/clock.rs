//! The clock of the database: what all replicas agree on.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use model::Timestamp;
use services::ports::Clock;
use sqlx::postgres::PgPool;
use tokio::task::JoinHandle;

/// How often the server is asked again.
const REFRESH: Duration = Duration::from_secs(30);

/// An answer that took longer says too little about when it was true.
const PROMPT: Duration = Duration::from_secs(1);

/// What the server's clock said at a moment of this machine's steady clock. Between two questions the steady clock goes
/// on, so that nothing happens when the clock of this machine is set.
#[derive(Debug)]
pub struct DatabaseClock {
    pool: PgPool,
    known: Mutex<(Instant, Duration)>,
    asking: Mutex<Option<JoinHandle<()>>>,
}

impl DatabaseClock {
    /// Asks once, and again from time to time as long as the clock is used.
    pub(crate) async fn start(pool: PgPool) -> sqlx::Result<Arc<Self>> {
        let (known, _) = ask(&pool).await?;
        let clock = Arc::new(Self { pool, known: Mutex::new(known), asking: Mutex::default() });
        let asking = tokio::spawn(keep_right(Arc::downgrade(&clock)));
        *clock.asking.lock().unwrap_or_else(PoisonError::into_inner) = Some(asking);
        Ok(clock)
    }

    /// Asks the server what time it is. A late answer does not count; the clock goes on as it went.
    pub async fn refresh(&self) -> sqlx::Result<()> {
        let (known, took) = ask(&self.pool).await?;
        if took <= PROMPT {
            *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
        }
        Ok(())
    }
}

/// When the server said what, taken for the middle between question and answer, and how long that took.
async fn ask(pool: &PgPool) -> sqlx::Result<((Instant, Duration), Duration)> {
    let mut connection = pool.acquire().await?;
    let asked = Instant::now();
    let micros: i64 = sqlx::query_scalar("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        .fetch_one(&mut *connection)
        .await?;
    let took = asked.elapsed();
    Ok(((asked + took / 2, Duration::from_micros(micros.try_into().unwrap_or_default())), took))
}

async fn keep_right(clock: Weak<DatabaseClock>) {
    loop {
        tokio::time::sleep(REFRESH).await;
        let Some(clock) = clock.upgrade() else { return };
        // While the server is away nothing else works either, and says so.
        drop(clock.refresh().await);
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> Timestamp {
        let (at, said) = *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Timestamp(i64::try_from((said + at.elapsed()).as_secs()).unwrap_or(i64::MAX))
    }
}

impl Drop for DatabaseClock {
    fn drop(&mut self) {
        let asking = self.asking.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(asking) = asking {
            asking.abort();
        }
    }
}
