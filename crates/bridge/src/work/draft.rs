//! Saving a draft: two windows may type at once, and neither loses a word.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_programme::AttemptId;
use mtl_programme::scenario::{Field, Outcome, ScenarioDraft, Stage, StageEdit, TakeAside};
use mtl_store::work::{AttemptRow, DraftSave};

use super::{WorkError, read_draft};
use crate::Bridge;
use crate::visit::Visit;

/// Autosaves within this time of each other are kept as one version.
const VERSION_GRAIN: TimeDelta = TimeDelta::minutes(5);
/// How often a save is tried again when another window saved in between.
const TRIES: usize = 8;

/// What became of a save.
#[derive(Clone, Debug)]
pub struct SaveOutcome {
    /// The draft's revision now.
    pub revision: i64,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
    /// Words now.
    pub words: i64,
    /// Fields that another window had changed; both texts are kept, and the person chooses.
    pub conflicts: Vec<Field>,
}

/// A kept version.
#[derive(Clone, Debug)]
pub struct VersionSummary {
    /// Its revision.
    pub revision: i64,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
    /// Its words.
    pub words: i64,
}

impl Bridge {
    /// Saves what was typed into one stage.
    pub async fn save_draft(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        edit: &StageEdit,
    ) -> Result<SaveOutcome, WorkError> {
        for _ in 0..TRIES {
            let row = self.load_own_draft(visit, attempt).await?;
            let draft = read_draft(&row)?;
            let base = if edit.based_on == draft.revision() {
                Some(draft.clone())
            } else {
                self.find_version(visit, attempt, i64::from(edit.based_on))
                    .await?
            };
            let applied = draft.apply(edit, base.as_ref())?;
            let conflicts = match applied.outcome {
                Outcome::Conflict(fields) => fields,
                Outcome::Saved | Outcome::Unchanged => Vec::new(),
            };
            if let Some(saved) = self.keep(visit, &row, &applied.draft).await? {
                return Ok(SaveOutcome { conflicts, ..saved });
            }
        }
        Err(WorkError::Changed)
    }

    /// Settles a text that two windows wrote differently.
    pub async fn settle_aside(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        number: u32,
        take: TakeAside,
    ) -> Result<SaveOutcome, WorkError> {
        for _ in 0..TRIES {
            let row = self.load_own_draft(visit, attempt).await?;
            let draft = read_draft(&row)?.settle_aside(number, take)?;
            if let Some(saved) = self.keep(visit, &row, &draft).await? {
                return Ok(saved);
            }
        }
        Err(WorkError::Changed)
    }

    /// The kept versions, newest first.
    pub async fn list_versions(
        &self,
        visit: &Visit,
        attempt: AttemptId,
    ) -> Result<Vec<VersionSummary>, WorkError> {
        self.load_own_attempt(visit, attempt).await?;
        let versions = self
            .store()
            .list_draft_versions(visit.institution, attempt)
            .await?;
        Ok(versions
            .into_iter()
            .map(|version| VersionSummary {
                revision: version.revision,
                saved_at: version.saved_at,
                words: version.words,
            })
            .collect())
    }

    /// One kept version.
    pub async fn load_version(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        revision: i64,
    ) -> Result<ScenarioDraft, WorkError> {
        self.load_own_attempt(visit, attempt).await?;
        self.find_version(visit, attempt, revision)
            .await?
            .ok_or(WorkError::NotFound)
    }

    /// Makes an earlier version the newest one; what stood there stays among the versions.
    pub async fn restore_version(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        revision: i64,
    ) -> Result<SaveOutcome, WorkError> {
        for _ in 0..TRIES {
            let row = self.load_own_draft(visit, attempt).await?;
            let earlier = self
                .find_version(visit, attempt, revision)
                .await?
                .ok_or(WorkError::NotFound)?;
            let draft = read_draft(&row)?.restore(&earlier);
            if let Some(saved) = self.keep(visit, &row, &draft).await? {
                return Ok(saved);
            }
        }
        Err(WorkError::Changed)
    }

    async fn load_own_draft(
        &self,
        visit: &Visit,
        attempt: AttemptId,
    ) -> Result<AttemptRow, WorkError> {
        let row = self.load_own_attempt(visit, attempt).await?;
        if row.submitted_at.is_some() {
            return Err(WorkError::AlreadySubmitted);
        }
        Ok(row)
    }

    async fn find_version(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        revision: i64,
    ) -> Result<Option<ScenarioDraft>, WorkError> {
        let versions = self
            .store()
            .list_draft_versions(visit.institution, attempt)
            .await?;
        versions
            .iter()
            .find(|version| version.revision == revision)
            .map(|version| serde_json::from_str(&version.content).map_err(WorkError::from))
            .transpose()
    }

    /// Writes a draft over the row that it was made from; `None` when that row has changed.
    async fn keep(
        &self,
        visit: &Visit,
        row: &AttemptRow,
        draft: &ScenarioDraft,
    ) -> Result<Option<SaveOutcome>, WorkError> {
        let now = self.now();
        let revision = i64::from(draft.revision());
        let words = i64::from(draft.words());
        let saved = SaveOutcome {
            revision,
            saved_at: now,
            words,
            conflicts: Vec::new(),
        };
        if revision == row.revision {
            return Ok(Some(SaveOutcome {
                saved_at: row.saved_at,
                ..saved
            }));
        }
        let place = self.place(&super::AttemptView::of(row).activity)?;
        // One statement for a stretch of work, not one for each autosave.
        let effects = if now - row.saved_at >= VERSION_GRAIN || row.words == 0 {
            self.effects(visit)
                .progressed(
                    &place,
                    row.id,
                    row.number,
                    revision,
                    percent_done(draft),
                    now,
                )
                .done()
        } else {
            mtl_store::outbox::Effects::default()
        };
        let kept = self
            .store()
            .save_draft(
                visit.institution,
                DraftSave {
                    attempt: row.id,
                    expected_revision: row.revision,
                    revision,
                    draft: serde_json::to_string(draft)?,
                    words,
                    saved_at: now,
                    version_since: now - VERSION_GRAIN,
                },
                effects,
            )
            .await?;
        Ok(kept.then_some(saved))
    }
}

/// How many of the six stages have all that they must have, in percent.
fn percent_done(draft: &ScenarioDraft) -> u8 {
    let done = Stage::ALL
        .iter()
        .filter(|stage| draft.has_stage(**stage))
        .count();
    u8::try_from(done * 100 / Stage::ALL.len()).unwrap_or(100)
}
