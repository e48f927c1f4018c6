//! SQLite's one writer: a task that owns the writing connection and puts concurrent changes into
//! one commit.
//!
//! A change that fails or panics takes back the whole transaction; those of its group that ran before
//! it are made again without it. That is cheaper than a savepoint for each, because most changes
//! succeed. A change that succeeds is answered after the commit.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::error::{is_busy, is_lost};
use crate::signals::Signals;
use crate::{Connection, StoreError, Tx};

/// A group commits when nobody waits any more, or at this size: the first of it must not wait long.
const GROUP: usize = 64;
/// How many changes may wait before those who bring more have to wait themselves.
const QUEUE: usize = 1024;
/// How often a group starts anew when another process holds the database for longer than the
/// connection's own time-out.
const BUSY_ATTEMPTS: u32 = 6;

/// A change whose type of answer is hidden from the writer.
trait Job: Send {
    /// Runs the change; whether it may be committed. It is made again when another one of its group
    /// has failed.
    fn run<'t>(&'t mut self, connection: &'t mut SqliteConnection) -> BoxFuture<'t, bool>;
    /// Whether its last run filled the outbox.
    fn has_filled_outbox(&self) -> bool;
    /// Answers the caller, with `failure` when the group could not be committed.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

struct Change<F, T> {
    code: F,
    result: Option<Result<T, StoreError>>,
    outbox_filled: bool,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Job for Change<F, T>
where
    T: Send,
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>> + Clone + Send,
{
    fn run<'t>(&'t mut self, connection: &'t mut SqliteConnection) -> BoxFuture<'t, bool> {
        let change = self.code.clone();
        Box::pin(async move {
            let mut tx = Tx::new(Connection::Sqlite(connection));
            let result = AssertUnwindSafe(async { change(&mut tx).await })
                .catch_unwind()
                .await
                .unwrap_or(Err(StoreError::Panicked));
            let result = match result {
                Ok(_) if tx.is_poisoned() => Err(StoreError::Poisoned),
                other => other,
            };
            let succeeded = result.is_ok();
            self.outbox_filled = tx.is_outbox_filled();
            self.result = Some(result);
            succeeded
        })
    }

    fn has_filled_outbox(&self) -> bool {
        self.outbox_filled
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let result = match (failure, self.result) {
            // One that failed by itself hears its own reason.
            (_, Some(Err(error))) => Err(error),
            (Some(failure), _) => Err(failure),
            (None, Some(done)) => done,
            (None, None) => Err(StoreError::Closed),
        };
        // Who does not wait any more does not need the answer.
        let _ = self.reply.send(result);
    }
}

enum Order {
    Run(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

/// The way to the writer task; ends with its last copy.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    orders: mpsc::Sender<Order>,
}

impl Writer {
    /// Opens the writing connection and starts the task.
    pub(crate) async fn start(
        options: SqliteConnectOptions,
        signals: Arc<Signals>,
    ) -> Result<Self, StoreError> {
        let connection = options.connect().await?;
        let (orders, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(
            Task {
                options,
                connection,
                waiting,
                signals,
            }
            .run(),
        );
        Ok(Self { orders })
    }

    pub(crate) async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>>
            + Clone
            + Send
            + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Change {
            code: change,
            result: None,
            outbox_filled: false,
            reply,
        };
        self.orders
            .send(Order::Run(Box::new(job)))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Lets what waits be committed, then closes the connection.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.orders.send(Order::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

struct Task {
    options: SqliteConnectOptions,
    connection: SqliteConnection,
    waiting: mpsc::Receiver<Order>,
    signals: Arc<Signals>,
}

impl Task {
    async fn run(mut self) {
        let mut closing = None;
        while closing.is_none() {
            match self.waiting.recv().await {
                Some(Order::Run(job)) => closing = self.run_group(job).await,
                Some(Order::Close(done)) => closing = Some(done),
                None => break,
            }
        }
        let _ = self.connection.close().await;
        if let Some(done) = closing {
            let _ = done.send(());
        }
    }

    /// Runs a change, and those that come meanwhile, in one transaction.
    async fn run_group(&mut self, first: Box<dyn Job>) -> Option<oneshot::Sender<()>> {
        let mut closing = None;
        let mut jobs = vec![first];
        let mut size = GROUP;
        let failure = loop {
            if let Err(error) = self.begin().await {
                break Some(error);
            }
            let Some(failed) = self.run_jobs(&mut jobs, size, &mut closing).await else {
                break self.execute("COMMIT").await.err();
            };
            self.recover().await;
            jobs.remove(failed).answer(None);
            if jobs.is_empty() {
                return closing;
            }
            // The others have waited long enough: they are committed before more is taken.
            size = 0;
        };
        let Some(error) = failure else {
            if jobs.iter().any(|job| job.has_filled_outbox()) {
                self.signals.outbox_filled();
            }
            for job in jobs {
                job.answer(None);
            }
            return closing;
        };
        self.recover().await;
        let busy = is_busy(&error);
        let error = Arc::new(error);
        for job in jobs {
            job.answer(Some(if busy {
                StoreError::Busy
            } else {
                StoreError::Commit(Arc::clone(&error))
            }));
        }
        closing
    }

    /// Runs changes and takes in those that wait, up to that many; the place of one that failed.
    async fn run_jobs(
        &mut self,
        jobs: &mut Vec<Box<dyn Job>>,
        size: usize,
        closing: &mut Option<oneshot::Sender<()>>,
    ) -> Option<usize> {
        let mut at = 0;
        while let Some(job) = jobs.get_mut(at) {
            if !job.run(&mut self.connection).await {
                return Some(at);
            }
            at += 1;
            if at == jobs.len() && at < size && closing.is_none() {
                match self.waiting.try_recv() {
                    Ok(Order::Run(job)) => jobs.push(job),
                    Ok(Order::Close(done)) => *closing = Some(done),
                    Err(_) => {}
                }
            }
        }
        None
    }

    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        let mut attempt = 1;
        loop {
            match self.execute("BEGIN IMMEDIATE").await {
                Err(error) if is_busy(&error) && attempt < BUSY_ATTEMPTS => {
                    tracing::warn!(
                        attempt,
                        "another process holds the database; waiting for it"
                    );
                    attempt += 1;
                }
                Err(error) if is_lost(&error) && attempt < BUSY_ATTEMPTS => {
                    self.recover().await;
                    attempt += 1;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                other => return other,
            }
        }
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(sql)
            .execute(&mut self.connection)
            .await
            .map(|_| ())
    }

    /// Brings the connection back to no transaction, by a new one where the old is lost.
    async fn recover(&mut self) {
        match self.execute("ROLLBACK").await {
            Err(error) if is_lost(&error) => match self.options.connect().await {
                Ok(connection) => self.connection = connection,
                Err(error) => tracing::error!(%error, "the database cannot be opened again"),
            },
            // Anything else says that no transaction was open.
            _ => {}
        }
    }
}
