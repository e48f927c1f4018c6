//! People at work: participants write and submit, the tutor judges, decides, releases and reopens.
//! A step that fails because the bridge is away is tried again until it is done, as people do.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use mtl_demo_lms::{LinkId, Role};
use tokio::sync::Notify;

use super::ledger::Ledger;
use crate::harness::agent::Page;
use crate::harness::journey;
use crate::harness::platform::{FIRST, MODULE, Platform, SECOND, Visitor};

/// Between two tries of a step.
const PAUSE: Duration = Duration::from_millis(30);
/// How long a step may fail; the bridge is away for a second or two at a time.
const MOST: Duration = Duration::from_secs(90);

/// The load and what was acknowledged to it.
pub(super) struct Load {
    platform: Arc<Platform>,
    people: AtomicUsize,
    answered: AtomicU64,
    progressed: Notify,
    finished: AtomicBool,
    ledger: Mutex<Ledger>,
}

impl Load {
    pub(super) fn new(platform: Arc<Platform>) -> Self {
        Self {
            platform,
            people: AtomicUsize::new(0),
            answered: AtomicU64::new(0),
            progressed: Notify::new(),
            finished: AtomicBool::new(false),
            ledger: Mutex::default(),
        }
    }

    /// How many steps were acknowledged.
    pub(super) fn answered(&self) -> u64 {
        self.answered.load(Ordering::SeqCst)
    }

    /// Waits until so many steps were acknowledged.
    pub(super) async fn wait_for(&self, steps: u64, patience: Duration) -> Result<()> {
        let reached = async {
            while self.answered() < steps {
                self.progressed.notified().await;
            }
        };
        tokio::time::timeout(patience, reached)
            .await
            .with_context(|| format!("only {} of {steps} steps were done", self.answered()))
    }

    /// Everybody stops after the step that they are at.
    pub(super) fn finish(&self) {
        self.finished.store(true, Ordering::SeqCst);
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// One person after the other comes through the module, until it is enough.
    pub(super) async fn work(&self) -> Result<()> {
        while !self.is_finished() {
            let number = self.people.fetch_add(1, Ordering::SeqCst);
            let person =
                self.platform
                    .add_member("Teacher", &format!("{number:04}"), Role::Participant)?;
            let participant = self.platform.visitor(person)?;
            self.come_through(&participant)
                .await
                .with_context(|| participant.name.clone())?;
        }
        Ok(())
    }

    async fn come_through(&self, participant: &Visitor) -> Result<()> {
        let links = self.platform.links;
        self.hand_in(participant, links.first, FIRST, 1).await?;
        self.hand_in(participant, links.second, SECOND, 1).await?;
        self.judge(participant, "Scenario 1", 62).await?;
        self.judge(participant, "Scenario 2", 45).await?;
        self.release(participant).await?;
        self.reopen(participant).await?;
        self.hand_in(participant, links.second, SECOND, 2).await?;
        self.judge(participant, "Scenario 2", 68).await?;
        self.release(participant).await
    }

    async fn hand_in(
        &self,
        participant: &Visitor,
        link: LinkId,
        activity: &str,
        number: i64,
    ) -> Result<()> {
        let words = format!("Words of attempt {number}");
        self.step("handing in", async || {
            let page = participant.launch(link).await?.ok()?;
            self.count();
            if page.form_to("/draft").is_err() {
                // An earlier try got through, though its answer did not.
                ensure!(page.says("As submitted"), "{}", page.words());
                return Ok(());
            }
            let checked = journey::write(&participant.agent, &page, activity, &words).await?;
            self.count();
            journey::submit(&participant.agent, &checked).await?;
            Ok(())
        })
        .await?;
        self.note(|ledger| ledger.submitted(participant.person, activity, number));
        Ok(())
    }

    async fn judge(&self, participant: &Visitor, title: &str, mark: u32) -> Result<()> {
        let tutor = self.platform.tutor()?;
        self.step("judging", async || {
            let cohort = self.cohort(&tutor, participant).await?;
            let work =
                journey::open_submission(&tutor.agent, &cohort, &participant.name, title).await?;
            journey::judge(&tutor.agent, &work, mark, "Read with care, and twice over.").await?;
            Ok(())
        })
        .await
    }

    async fn release(&self, participant: &Visitor) -> Result<()> {
        let tutor = self.platform.tutor()?;
        let decision = self
            .step("deciding", async || {
                let record = self.record(&tutor, participant).await?;
                let decided = journey::decide(&tutor.agent, &record).await?;
                let href = decided.link("the release", |href, _| href.ends_with("/release"))?;
                let id = href
                    .rsplit('/')
                    .nth(1)
                    .context("no decision in the address")?;
                Ok(id.to_owned())
            })
            .await?;
        self.step("releasing", async || {
            let record = self.record(&tutor, participant).await?;
            match record.find_link(|href, _| href.ends_with("/release")) {
                Some(href) => {
                    ensure!(href.contains(&decision), "{href} is not {decision}");
                    journey::release(&tutor.agent, &record).await?;
                }
                // An earlier try got through, though its answer did not.
                None => ensure!(record.says("Released"), "{}", record.words()),
            }
            Ok(())
        })
        .await?;
        let id = decision.parse().context("a decision's id")?;
        self.note(|ledger| ledger.decision_released(participant.person, id));
        Ok(())
    }

    async fn reopen(&self, participant: &Visitor) -> Result<()> {
        let tutor = self.platform.tutor()?;
        self.step("reopening", async || {
            let record = self.record(&tutor, participant).await?;
            if !record.says("Attempt 2") {
                journey::reopen(&tutor.agent, &record, "Referred").await?;
            }
            Ok(())
        })
        .await
    }

    async fn record(&self, tutor: &Visitor, participant: &Visitor) -> Result<Page> {
        let cohort = self.cohort(tutor, participant).await?;
        let path = format!("/modules/{MODULE}");
        let href = cohort.link("the record", |href, words| {
            href.ends_with(&path) && words.contains(&participant.name)
        })?;
        tutor.agent.follow(&cohort, &href).await?.ok()
    }

    /// The tutor's page of the cohort, looked through for one person: a long list has many pages.
    async fn cohort(&self, tutor: &Visitor, participant: &Visitor) -> Result<Page> {
        let first = tutor.launch(self.platform.links.first).await?.ok()?;
        self.count();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", &participant.name)
            .finish();
        let found = format!("{}/cohort?{query}", first.base()?);
        tutor.agent.follow(&first, &found).await?.ok()
    }

    /// Tries a step until it is done.
    async fn step<T, F>(&self, what: &str, step: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let begun = Instant::now();
        loop {
            match step().await {
                Ok(done) => {
                    self.count();
                    return Ok(done);
                }
                Err(error) if begun.elapsed() > MOST => {
                    return Err(error.context(format!("{what} never succeeds")));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    fn count(&self) {
        self.answered.fetch_add(1, Ordering::SeqCst);
        self.progressed.notify_one();
    }

    fn note(&self, note: impl FnOnce(&mut Ledger)) {
        note(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn is_finished(&self) -> bool {
        self.finished.load(Ordering::SeqCst)
    }
}
