//! Wakes the delivery workers when the outbox has got new rows: inside the process at once after
//! the commit, in other replicas through PostgreSQL's `NOTIFY`.

use std::sync::Mutex;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;

const CHANNEL: &str = "mtl_outbox";
/// At most one notification in this time: workers elsewhere are woken once for many changes, and
/// no transaction waits for the lock that a `NOTIFY` takes at its commit.
const QUIET: Duration = Duration::from_millis(50);
const RECONNECT: Duration = Duration::from_secs(1);

/// The counters behind all waiting workers of one store.
#[derive(Debug)]
pub(crate) struct Signals {
    /// Counts commits of this process and notifications of others.
    arrivals: watch::Sender<u64>,
    /// Counts commits of this process only, to be told to others.
    commits: watch::Sender<u64>,
    tasks: Mutex<Vec<AbortHandle>>,
    listening: Mutex<bool>,
}

impl Signals {
    pub(crate) fn new() -> Self {
        Self {
            arrivals: watch::channel(0).0,
            commits: watch::channel(0).0,
            tasks: Mutex::new(Vec::new()),
            listening: Mutex::new(false),
        }
    }

    /// Called after a commit that filled the outbox.
    pub(crate) fn outbox_filled(&self) {
        self.arrivals.send_modify(|count| *count += 1);
        self.commits.send_modify(|count| *count += 1);
    }

    /// Starts telling other replicas about commits of this process.
    pub(crate) fn start_telling(&self, pool: PgPool) {
        let mut commits = self.commits.subscribe();
        self.keep(&tokio::spawn(async move {
            while commits.changed().await.is_ok() {
                let told = sqlx::query("SELECT pg_notify($1, '')")
                    .bind(CHANNEL)
                    .execute(&pool)
                    .await;
                if let Err(error) = told {
                    tracing::debug!(%error, "other replicas were not woken; they look again by themselves");
                }
                tokio::time::sleep(QUIET).await;
            }
        }));
    }

    /// A waiting point; on PostgreSQL the first one starts listening to other replicas.
    pub(crate) fn subscribe(&self, pool: Option<&PgPool>) -> OutboxSignal {
        if let Some(pool) = pool
            && let Ok(mut listening) = self.listening.lock()
            && !*listening
        {
            *listening = true;
            let (pool, arrivals) = (pool.clone(), self.arrivals.clone());
            self.keep(&tokio::spawn(listen(pool, arrivals)));
        }
        OutboxSignal {
            arrivals: self.arrivals.subscribe(),
        }
    }

    /// Ends the tasks; the store is being closed.
    pub(crate) fn stop(&self) {
        if let Ok(mut tasks) = self.tasks.lock() {
            tasks.drain(..).for_each(|task| task.abort());
        }
    }

    fn keep(&self, task: &tokio::task::JoinHandle<()>) {
        if let Ok(mut tasks) = self.tasks.lock() {
            tasks.push(task.abort_handle());
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn listen(pool: PgPool, arrivals: watch::Sender<u64>) {
    loop {
        match listen_until_lost(&pool, &arrivals).await {
            Err(sqlx::Error::PoolClosed) => return,
            Err(error) => tracing::debug!(%error, "listening to other replicas was interrupted"),
            Ok(()) => {}
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn listen_until_lost(pool: &PgPool, arrivals: &watch::Sender<u64>) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // Something may have been told while nobody listened.
    arrivals.send_modify(|count| *count += 1);
    while listener.try_recv().await?.is_some() {
        arrivals.send_modify(|count| *count += 1);
    }
    Ok(())
}

/// A worker's waiting point. What arrives between two waits is not lost.
#[derive(Debug)]
pub struct OutboxSignal {
    arrivals: watch::Receiver<u64>,
}

impl OutboxSignal {
    /// Waits until the outbox may have new rows, at most for `timeout`; answers whether it was
    /// woken. Rows whose time has only come (a retry, a lease that ran out) wake nobody, so a worker
    /// looks again after the time-out.
    pub async fn wait(&mut self, timeout: Duration) -> bool {
        matches!(
            tokio::time::timeout(timeout, self.arrivals.changed()).await,
            Ok(Ok(()))
        )
    }
}
