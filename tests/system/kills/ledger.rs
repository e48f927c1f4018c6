//! What was acknowledged, what the store says, and what gradebook and record store hold: all three
//! have to agree.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use mtl_bridge_core::Bridge;
use mtl_demo_lms::PersonId;
use mtl_programme::DecisionId;
use mtl_store::natural_ids::{person_id, registration_id};
use mtl_store::outbox::{Delivery, DeliveryFilter, DeliveryKind, DeliveryState};
use serde_json::Value;

use crate::harness::platform::{CLIENT, CountedScore, Platform};
use crate::harness::program::Program;
use crate::harness::records::{count_verbs, verb};

/// What was acknowledged to people.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    submitted: Vec<(PersonId, String, i64)>,
    released: Vec<(PersonId, DecisionId)>,
}

impl Ledger {
    pub(super) fn submitted(&mut self, person: PersonId, activity: &str, number: i64) {
        self.submitted.push((person, activity.to_owned(), number));
    }

    pub(super) fn decision_released(&mut self, person: PersonId, decision: DecisionId) {
        self.released.push((person, decision));
    }

    /// How many decisions were released.
    pub(super) fn released(&self) -> usize {
        self.released.len()
    }

    pub(super) fn summary(&self, expected: &Expected) -> String {
        format!(
            "{} launches, {} submissions, {} releases, {} scores delivered, {} of them after more than \
             one try",
            expected.launches,
            self.submitted.len(),
            self.released.len(),
            expected.delivered.len(),
            expected.tried_again,
        )
    }
}

/// What the store says, so what everybody else has to hold.
pub(super) struct Expected {
    launches: usize,
    submissions: usize,
    /// How many decisions of each person were released.
    releases: BTreeMap<PersonId, usize>,
    delivered: Vec<Value>,
    superseded: Vec<Value>,
    /// Scores whose first try a kill cut off, or that a failure delayed.
    tried_again: usize,
}

impl Expected {
    /// Reads the store, and holds what was acknowledged against it.
    pub(super) async fn read(bridge: &Bridge, program: &Program, ledger: &Ledger) -> Result<Self> {
        let store = bridge.store();
        let institution = bridge.load_institution("north").await?.id;
        let registration = registration_id(&program.platform.lms.endpoints().issuer, CLIENT);
        let mut submissions = 0;
        let mut releases = BTreeMap::new();
        for person in program.platform.lms.people() {
            let known = person_id(registration, institution, &person.id.to_string());
            let attempts = store.list_attempts(institution, known).await?;
            submissions += attempts
                .iter()
                .filter(|row| row.submitted_at.is_some())
                .count();
            for (_, activity, number) in ledger.submitted.iter().filter(|s| s.0 == person.id) {
                let kept = attempts.iter().any(|row| {
                    format!("{}/{}", row.programme, row.activity) == *activity
                        && row.number == *number
                        && row.submitted_at.is_some()
                });
                ensure!(
                    kept,
                    "{}: attempt {number} at {activity} is lost",
                    person.name()
                );
            }
            let decisions = store.list_decisions(institution, known).await?;
            for (_, decision) in ledger.released.iter().filter(|r| r.0 == person.id) {
                let row = decisions.iter().find(|row| row.id == *decision);
                let row = row.with_context(|| format!("the decision {decision} is lost"))?;
                ensure!(
                    row.released_at.is_some(),
                    "the release of {decision} is lost"
                );
            }
            let count = decisions
                .iter()
                .filter(|row| row.released_at.is_some())
                .count();
            if count > 0 {
                releases.insert(person.id, count);
            }
        }
        let rows = all_scores(bridge, institution).await?;
        let of = |state: DeliveryState| -> Result<Vec<Value>> {
            let rows = rows.iter().filter(|row| row.state == state);
            rows.map(|row| Ok(serde_json::from_str(&row.payload)?))
                .collect()
        };
        for row in &rows {
            ensure!(
                matches!(
                    row.state,
                    DeliveryState::Delivered | DeliveryState::Superseded
                ),
                "a score is {} after {} tries: {:?}",
                row.state,
                row.attempts,
                row.last_error
            );
        }
        let launches = program.database.count_rows().await?["launch"];
        Ok(Self {
            launches: usize::try_from(launches)?,
            submissions,
            releases,
            delivered: of(DeliveryState::Delivered)?,
            superseded: of(DeliveryState::Superseded)?,
            tried_again: rows.iter().filter(|row| row.attempts > 1).count(),
        })
    }

    /// Every score that was delivered counts once, in order, and nothing else does.
    pub(super) fn compare_gradebook(&self, platform: &Platform) -> Result<()> {
        let counted = platform.counted_scores();
        for score in &self.delivered {
            let times = counted.iter().filter(|c| is_same(&c.body, score)).count();
            // Two columns of one person may get the same body: each delivery is one of them.
            let twins = self
                .delivered
                .iter()
                .filter(|other| is_same(other, score))
                .count();
            ensure!(times == twins, "{times} of {twins} counted: {score}");
        }
        ensure!(
            counted.len() == self.delivered.len(),
            "{} scores count, {} were delivered",
            counted.len(),
            self.delivered.len()
        );
        for score in &self.superseded {
            let twin = self.delivered.iter().any(|other| is_same(other, score));
            ensure!(
                twin || !counted.iter().any(|c| is_same(&c.body, score)),
                "sent: {score}"
            );
        }
        let mut last: BTreeMap<(u32, &str), &CountedScore> = BTreeMap::new();
        for score in &counted {
            if let Some(before) = last.insert((score.item, &score.person), score) {
                ensure!(
                    before.timestamp < score.timestamp,
                    "{before:?} then {score:?}"
                );
            }
        }
        for (person, released) in &self.releases {
            let marks = [
                platform.mark_of(*person, platform.links.first),
                platform.mark_of(*person, platform.links.second),
                platform.module_mark_of(*person),
            ];
            let expected = match released {
                1 => [Some(62.0), Some(45.0), None],
                _ => [Some(62.0), Some(50.0), Some(55.0)],
            };
            ensure!(marks == expected, "{person}: the gradebook shows {marks:?}");
        }
        Ok(())
    }

    /// Every event has its statement, once. A store that knows voiding hides what was voided.
    pub(super) fn compare_statements(
        &self,
        statements: &[Value],
        shows_voided: bool,
    ) -> Result<()> {
        let ids: BTreeSet<&str> = statements.iter().filter_map(|s| s["id"].as_str()).collect();
        ensure!(ids.len() == statements.len(), "a statement is there twice");
        let counts = count_verbs(statements);
        let (once, twice) = self.releases.values().fold((0, 0), |(once, twice), count| {
            if *count == 1 {
                (once + 1, twice)
            } else {
                (once, twice + 1)
            }
        });
        for (of, wanted) in [
            ("launched", self.launches),
            ("submitted", self.submissions),
            ("scored", 2 * once + 3 * twice),
            ("passed", twice),
            ("failed", if shows_voided { once + twice } else { once }),
            ("voided", twice),
        ] {
            let found = counts.get(of).copied().unwrap_or_default();
            ensure!(
                found == wanted,
                "{found} statements {of}, not {wanted}: {counts:?}"
            );
        }
        let attempts = statements
            .iter()
            .filter(|s| verb(s) == "initialized")
            .count();
        ensure!(attempts >= self.submissions, "{counts:?}");
        Ok(())
    }
}

fn is_same(one: &Value, other: &Value) -> bool {
    one == other
}

async fn all_scores(
    bridge: &Bridge,
    institution: mtl_programme::InstitutionId,
) -> Result<Vec<Delivery>> {
    const PAGE: u32 = 1_000;
    let mut rows: Vec<Delivery> = Vec::new();
    loop {
        let filter = DeliveryFilter {
            kind: Some(DeliveryKind::Score),
            before: rows.last().map(|row| row.id),
            limit: PAGE,
            ..DeliveryFilter::default()
        };
        let page = bridge.store().list_deliveries(institution, filter).await?;
        let is_last = page.len() < usize::try_from(PAGE)?;
        rows.extend(page);
        if is_last {
            return Ok(rows);
        }
    }
}
