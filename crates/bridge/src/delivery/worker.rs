//! The worker: takes what is due, sends it, waits for more. Any number of them may run.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use mtl_store::StoreError;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::Bridge;

/// Scores in flight in one process, to all platforms together.
const IN_FLIGHT: usize = 64;
/// How often a worker looks for links that want a column.
const LINKS: Duration = Duration::from_secs(2);
/// How often a worker looks without having been woken: retries and leases wake nobody.
const LOOK: Duration = Duration::from_millis(500);
/// The shortest look.
const LEAST: Duration = Duration::from_millis(10);
/// How long a worker rests after the database failed.
const REST: Duration = Duration::from_secs(2);
/// How often the depth of the outbox is measured and what has expired is thrown away.
const HOUSEKEEPING: Duration = Duration::from_secs(15);

/// How long what was delivered can be looked up; the marks themselves stay with their decisions.
const KEPT: TimeDelta = TimeDelta::days(180);

impl Bridge {
    /// Delivers until `stop` completes; what is in flight then is finished.
    pub async fn run_deliveries(&self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut signal = self.store().outbox_signal();
        let slots = Arc::new(Semaphore::new(IN_FLIGHT));
        let mut sending = JoinSet::new();
        let mut housekeeping = tokio::time::interval(HOUSEKEEPING);
        let mut links = tokio::time::interval(LINKS);
        links.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let pause = match Box::pin(self.start_due(&slots, &mut sending)).await {
                Ok(0) => self.pause(),
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(code = error.code(), %error, "deliveries wait for the database");
                    REST
                }
            };
            while sending.try_join_next().is_some() {}
            tokio::select! {
                () = &mut stop => break,
                _ = housekeeping.tick() => self.keep_house().await,
                _ = links.tick() => self.start_links(&mut sending),
                _ = signal.wait(pause) => {}
            }
        }
        while sending.join_next().await.is_some() {}
    }

    /// Delivers what is due now and what becomes due meanwhile; for commands and tests.
    pub async fn deliver_due(&self) -> Result<(), StoreError> {
        self.make_columns_of_links().await?;
        let slots = Arc::new(Semaphore::new(IN_FLIGHT));
        let mut sending = JoinSet::new();
        loop {
            let started = self.start_due(&slots, &mut sending).await?;
            while sending.join_next().await.is_some() {}
            if started == 0 {
                return Ok(());
            }
        }
    }

    /// Starts sending what is due, as far as there are free slots; answers how much it was.
    async fn start_due(
        &self,
        slots: &Arc<Semaphore>,
        sending: &mut JoinSet<()>,
    ) -> Result<usize, StoreError> {
        let free = u32::try_from(slots.available_permits()).unwrap_or(0);
        let mut started = 0;
        if free > 0 {
            for claimed in self.claim_scores(free).await? {
                started += 1;
                let Ok(slot) = Arc::clone(slots).try_acquire_owned() else {
                    // More than asked for never comes; were it to, the lease would run out.
                    break;
                };
                let in_flight = self.platform_pauses().begin(claimed.registration);
                let bridge = self.clone();
                sending.spawn(async move {
                    bridge.deliver_score(claimed).await;
                    drop((slot, in_flight));
                });
            }
        }
        started += self.deliver_statements().await?;
        Ok(started)
    }

    /// How long to wait without being woken: to the next look, or to the end of a platform's pause.
    fn pause(&self) -> Duration {
        let now = self.now();
        let end = self.platform_pauses().next_end(now);
        let wait = end.and_then(|end| (end - now).to_std().ok());
        wait.map_or(LOOK, |wait| wait.clamp(LEAST, LOOK))
    }

    /// Starts making the columns of links. Another look may be under way: the claims part them.
    fn start_links(&self, sending: &mut JoinSet<()>) {
        let bridge = self.clone();
        sending.spawn(async move {
            if let Err(error) = bridge.make_columns_of_links().await {
                tracing::warn!(
                    code = error.code(),
                    "columns of links wait for the database"
                );
            }
        });
    }

    async fn keep_house(&self) {
        if let Err(error) = self.subscribe_to_notices().await {
            tracing::warn!(code = error.code(), "notices wait for the database");
        }
        match self.store().outbox_depth().await {
            Ok(depths) => {
                for depth in depths {
                    let kind = depth.kind.as_str();
                    let age = depth
                        .oldest
                        .map_or(0, |at| (self.now() - at).num_seconds().max(0));
                    #[expect(clippy::cast_precision_loss, reason = "gauges are floating point")]
                    {
                        metrics::gauge!("mtl_outbox_pending", "kind" => kind)
                            .set(depth.pending as f64);
                        metrics::gauge!("mtl_outbox_dead", "kind" => kind).set(depth.dead as f64);
                        metrics::gauge!("mtl_outbox_oldest_seconds", "kind" => kind)
                            .set(age as f64);
                    }
                }
            }
            Err(error) => tracing::warn!(code = error.code(), "the outbox could not be measured"),
        }
        if let Err(error) = self.store().purge_deliveries(self.now() - KEPT).await {
            tracing::warn!(
                code = error.code(),
                "old deliveries could not be thrown away"
            );
        }
        if let Err(error) = self.store().purge_expired(self.now()).await {
            tracing::warn!(
                code = error.code(),
                "what has expired could not be thrown away"
            );
        }
    }
}
