//! Many people's marks in several columns, one after the other, and what the gradebook made of them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use mtl_demo_lms::{PersonId, Role, ScoreEffect};
use mtl_lti::ags::Score;
use mtl_store::natural_ids::person_id;
use mtl_store::outbox::{DeliveryFilter, DeliveryState, Effects, NewScore, ScoreTarget};
use mtl_store::work::Recipient;
use uuid::Uuid;

use crate::harness::installation::Installation;

/// Marks of each person in each column.
pub(super) const WAVES: usize = 5;
const PEOPLE: usize = 250;

/// Columns and people.
pub(super) struct Cells {
    people: Vec<PersonId>,
    columns: Vec<Recipient>,
}

impl Cells {
    /// Adds people, and finds the columns of the course's links by opening them.
    pub(super) async fn prepare(town: &Installation) -> Result<Self> {
        let platform = &town.platform;
        let people = (0..PEOPLE)
            .map(|number| {
                platform.add_member("Teacher", &format!("{number:03}"), Role::Participant)
            })
            .collect::<Result<Vec<_>>>()?;
        let visitor = platform.visitor(people[0])?;
        for link in platform.lms.links(platform.course()) {
            visitor.launch(link.id).await?;
        }
        let store = town.bridge.store();
        let registration = store
            .list_registrations()
            .await?
            .first()
            .context("no registration")?
            .id;
        let person = person_id(registration, town.institution, &people[0].to_string());
        let mut columns = store.list_recipients(town.institution, person).await?;
        columns.retain(|column| column.line_item_url.is_some());
        ensure!(columns.len() == 4, "{columns:?}");
        Ok(Self { people, columns })
    }

    /// How many pairs of a person and a column there are.
    pub(super) fn count(&self) -> usize {
        self.people.len() * self.columns.len()
    }

    /// How many marks were released before a wave.
    pub(super) fn sent(&self, wave: usize) -> usize {
        wave * self.count()
    }

    /// How many marks the gradebook has taken so far.
    pub(super) fn arrived(town: &Installation) -> usize {
        let log = town.platform.lms.score_log();
        let written = log
            .iter()
            .filter(|r| r.effect == Some(ScoreEffect::Written));
        written.count()
    }

    /// Releases one mark for everybody in every column.
    pub(super) async fn release(&self, town: &Installation, wave: usize) -> Result<()> {
        let now = town.clock.now();
        let mut scores = Vec::new();
        for column in &self.columns {
            for person in &self.people {
                let subject = person.to_string();
                let given = mark(wave);
                scores.push(NewScore {
                    registration: column.registration,
                    deployment: column.deployment,
                    context: column.context,
                    target: ScoreTarget::LineItem {
                        url: column.line_item_url.clone().unwrap_or_default(),
                        link: Some(column.lms_resource_link.clone()),
                    },
                    person: person_id(column.registration, town.institution, &subject),
                    score: Score {
                        comment: Some(format!("Mark {wave}")),
                        ..Score::graded(subject, given, 100.0, now)
                    },
                    repeats_comment: true,
                    causes: vec![Uuid::new_v4()],
                });
            }
        }
        let effects = Effects {
            scores,
            ..Effects::default()
        };
        let institution = town.institution;
        let store = town.bridge.store();
        store
            .write(move |tx| Box::pin(async move { effects.record(tx, institution, now).await }))
            .await?;
        Ok(())
    }

    /// Every mark was written once, each person's in order, and the last one stands.
    pub(super) async fn compare(&self, town: &Installation) -> Result<()> {
        let mut written: BTreeMap<(u32, String), Vec<(String, f64)>> = BTreeMap::new();
        for record in town.platform.lms.score_log() {
            match record.effect {
                Some(ScoreEffect::Written) => {}
                None => continue,
                other => anyhow::bail!("a mark was erased: {other:?}"),
            }
            let body: serde_json::Value = serde_json::from_str(&record.body)?;
            let person = body["userId"].as_str().context("no person")?.to_owned();
            let second = body["timestamp"].as_str().context("no time")?.to_owned();
            let given = body["scoreGiven"].as_f64().context("no mark")?;
            let cell = written.entry((record.item.0, person)).or_default();
            cell.push((second, given));
        }
        ensure!(written.len() == self.count(), "{} cells", written.len());
        let expected: Vec<f64> = (0..WAVES).map(mark).collect();
        for (cell, marks) in &written {
            let given: Vec<f64> = marks.iter().map(|(_, given)| *given).collect();
            ensure!(given == expected, "{cell:?}: {marks:?}");
            ensure!(
                marks.is_sorted_by(|one, next| one.0 < next.0),
                "{cell:?}: {marks:?}"
            );
        }
        let last = format!("Mark {}", WAVES - 1);
        let rows = town.platform.lms.gradebook(town.platform.course());
        let cells = rows.iter().filter(|row| self.people.contains(&row.person));
        for row in cells.filter(|row| row.link.is_some()) {
            let grade = row.grade.as_ref().context("a mark is missing")?;
            ensure!(
                grade.mark == Some(mark(WAVES - 1)) && grade.comment.as_ref() == Some(&last),
                "{row:?}"
            );
        }
        let filter = DeliveryFilter {
            limit: 10_000,
            ..DeliveryFilter::default()
        };
        let store = town.bridge.store();
        let rows = store.list_deliveries(town.institution, filter).await?;
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &rows {
            *states.entry(row.state.as_str()).or_default() += 1;
        }
        let all = BTreeMap::from([(DeliveryState::Delivered.as_str(), WAVES * self.count())]);
        ensure!(states == all, "{states:?}");
        let again = rows.iter().filter(|row| row.attempts > 1).count();
        ensure!(again > 500, "the platform failed too rarely: {again}");
        Ok(())
    }
}

/// The mark of a wave.
fn mark(wave: usize) -> f64 {
    [40.0, 55.0, 48.0, 71.5, 64.0][wave]
}
