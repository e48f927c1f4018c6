//! SQLite's one writer: a task that owns the writing connection and puts concurrent changes into
//! one commit.
//!
//! Each change runs in its own savepoint, so one that fails or panics takes back only itself.
//! Nobody is answered before the commit.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::error::is_busy;
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
    /// Runs the change; answers whether its savepoint is to be kept, and whether it filled the outbox.
    fn run<'t>(&'t mut self, connection: &'t mut SqliteConnection) -> BoxFuture<'t, Ran>;
    /// Answers the caller, with `failure` when the group could not be committed.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

#[derive(Clone, Copy, Default)]
struct Ran {
    keep: bool,
    outbox_filled: bool,
}

struct Change<F, T> {
    code: Option<F>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Job for Change<F, T>
where
    T: Send,
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, StoreError>> + Send,
{
    fn run<'t>(&'t mut self, connection: &'t mut SqliteConnection) -> BoxFuture<'t, Ran> {
        Box::pin(async move {
            let Some(change) = self.code.take() else {
                return Ran::default();
            };
            let mut tx = Tx::new(Connection::Sqlite(connection));
            let result = AssertUnwindSafe(async { change(&mut tx).await })
                .catch_unwind()
                .await
                .unwrap_or(Err(StoreError::Panicked));
            let result = match result {
                Ok(_) if tx.is_poisoned() => Err(StoreError::Poisoned),
                other => other,
            };
            let ran = Ran {
                keep: result.is_ok(),
                outbox_filled: result.is_ok() && tx.is_outbox_filled(),
            };
            self.result = Some(result);
            ran
        })
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
            + Send
            + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Change {
            code: Some(change),
            result: None,
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

    async fn run_group(&mut self, first: Box<dyn Job>) -> Option<oneshot::Sender<()>> {
        let mut closing = None;
        let mut done = Vec::new();
        let mut outbox_filled = false;
        let mut next = Some(first);
        let mut failure = self.begin().await.err();
        while let Some(mut job) = next.take() {
            if failure.is_none() {
                let ran = job.run(&mut self.connection).await;
                outbox_filled |= ran.outbox_filled;
                if !ran.keep
                    // After some errors (a full disk) SQLite has already taken back everything.
                    && let Err(error) = self.execute("ROLLBACK TO change").await
                {
                    failure = Some(error);
                }
                done.push((job, ran.keep));
            } else {
                done.push((job, true));
            }
            if done.len() >= GROUP || failure.is_some() {
                break;
            }
            match self.waiting.try_recv() {
                Ok(Order::Run(job)) => next = Some(job),
                Ok(Order::Close(reply)) => closing = Some(reply),
                Err(_) => {}
            }
            // A savepoint that was rolled back is still open and clean: the next change takes it.
            if next.is_some()
                && done.last().is_some_and(|(_, kept)| *kept)
                && let Err(error) = self.execute("RELEASE change; SAVEPOINT change").await
            {
                failure = Some(error);
            }
        }
        if failure.is_none() {
            failure = self.execute("COMMIT").await.err();
        }
        match failure {
            None => {
                if outbox_filled {
                    self.signals.outbox_filled();
                }
                for (job, _) in done {
                    job.answer(None);
                }
            }
            Some(error) => {
                self.recover().await;
                let busy = is_busy(&error);
                let error = Arc::new(error);
                for (job, _) in done {
                    job.answer(Some(if busy {
                        StoreError::Busy
                    } else {
                        StoreError::Commit(Arc::clone(&error))
                    }));
                }
            }
        }
        closing
    }

    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        let mut attempt = 1;
        loop {
            match self.execute("BEGIN IMMEDIATE; SAVEPOINT change").await {
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

fn is_lost(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::WorkerCrashed | sqlx::Error::Io(_))
}
