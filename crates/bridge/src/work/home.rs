//! Where a participant stands, and what is next.

use chrono::{DateTime, Utc};
use mtl_programme::assessment::ModuleOutcome;
use mtl_programme::catalogue::Activity;
use mtl_programme::{ActivityKey, Mark};
use mtl_store::work::AttemptRow;

use super::WorkError;
use crate::Bridge;
use crate::marking::{Released, released_results};
use crate::visit::Visit;

/// The participant's own page.
#[derive(Clone, Debug)]
pub struct Home {
    /// The programme's title.
    pub programme: String,
    /// The module that the link belongs to first, then the others in the catalogue's order.
    pub modules: Vec<ModuleStanding>,
    /// The activity to go on with.
    pub next: Option<ActivityKey>,
}

/// Where a participant stands in one module.
#[derive(Clone, Debug)]
pub struct ModuleStanding {
    /// The module's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its credits.
    pub credits: u32,
    /// Its activities.
    pub activities: Vec<ActivityStanding>,
    /// The released outcome.
    pub outcome: Option<ModuleOutcome>,
    /// The released mark.
    pub mark: Option<Mark>,
    /// The phase's title.
    pub phase: String,
}

/// Where a participant stands in one activity.
#[derive(Clone, Debug)]
pub struct ActivityStanding {
    /// The activity.
    pub key: ActivityKey,
    /// Its title.
    pub title: String,
    /// Its kind's title.
    pub kind: &'static str,
    /// Whether it has a page yet.
    pub is_built: bool,
    /// The component that it feeds and its weight in hundredths of a percent's hundred.
    pub component: Option<(String, u32)>,
    /// How far it is.
    pub progress: Progress,
    /// When it is due, with any extension.
    pub due: Option<DateTime<Utc>>,
    /// The released mark of its component.
    pub mark: Option<Mark>,
    /// Titles of its strands.
    pub strands: Vec<&'static str>,
}

/// How far a piece of work is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Nothing was written.
    NotBegun,
    /// A draft.
    Draft {
        /// Which attempt.
        number: i64,
        /// Words so far.
        words: i64,
    },
    /// Handed in; waits for its result.
    Submitted {
        /// Which attempt.
        number: i64,
        /// When.
        at: DateTime<Utc>,
    },
    /// The result was released.
    Released {
        /// Which attempt.
        number: i64,
    },
}

impl Bridge {
    /// Where the participant of this visit stands in the programme that the link belongs to.
    pub async fn load_home(&self, visit: &Visit) -> Result<Home, WorkError> {
        let programme = visit
            .activity
            .as_ref()
            .and_then(|key| self.catalogue().find_programme(&key.programme))
            .or_else(|| self.catalogue().programmes().first())
            .ok_or(WorkError::NotFound)?;
        let attempts = self
            .store()
            .list_attempts(visit.institution, visit.person)
            .await?;
        let released = released_results(self, visit.institution, visit.person).await?;
        let placed = self.placed_in(visit).await?;
        let mut modules = Vec::new();
        for (phase, module) in programme
            .phases
            .iter()
            .flat_map(|phase| phase.modules.iter().map(move |module| (phase, module)))
        {
            let own = |activity: &Activity| {
                let rows: Vec<&AttemptRow> = attempts
                    .iter()
                    .filter(|row| row.programme == programme.id && row.activity == activity.id)
                    .collect();
                let course = placed.own_course(rows.iter().copied());
                rows.into_iter()
                    .filter(|row| row.context == course)
                    .collect::<Vec<_>>()
            };
            // The result is of the course whose work is shown.
            let contexts: Vec<_> = module
                .activities
                .iter()
                .filter_map(|activity| own(activity).last().map(|row| row.context))
                .collect();
            let result: Option<&Released> = released.iter().find(|result| {
                result.programme == programme.id
                    && result.module == module.id
                    && contexts.contains(&result.context)
            });
            let activities = module
                .activities
                .iter()
                .map(|activity| {
                    let attempt = own(activity).pop();
                    let component = module.component_fed_by(activity);
                    let part = result.zip(component).and_then(|(result, component)| {
                        let found = result.decision.components.iter();
                        found
                            .clone()
                            .find(|part| part.id == component.id)
                            .map(|c| &c.part)
                    });
                    let decided = attempt.zip(part).is_some_and(|(attempt, part)| {
                        part.mark.is_some() && part.attempt.map(i64::from) == Some(attempt.number)
                    });
                    ActivityStanding {
                        key: programme.key_of(activity),
                        title: activity.title.clone(),
                        kind: activity.kind.title(),
                        is_built: activity.kind.is_built(),
                        component: component.map(|c| (c.title.clone(), c.weight)),
                        progress: progress_of(attempt, decided),
                        due: attempt.map_or_else(
                            || visit.due_of(activity),
                            |attempt| attempt.due_at.max(attempt.extended_to),
                        ),
                        mark: part.and_then(|part| part.mark),
                        strands: activity.strands.iter().map(|s| s.short_title()).collect(),
                    }
                })
                .collect();
            modules.push(ModuleStanding {
                id: module.id.clone(),
                title: module.title.clone(),
                credits: module.credits,
                activities,
                outcome: result.map(|result| result.decision.outcome),
                mark: result.and_then(|result| result.decision.mark),
                phase: phase.title.clone(),
            });
        }
        if let Some(place) = visit
            .activity
            .as_ref()
            .and_then(|key| self.catalogue().find(key))
        {
            // A stable sort: the others keep the catalogue's order.
            modules.sort_by_key(|module| module.id != place.module.id);
        }
        let next = next_step(&modules);
        Ok(Home {
            programme: programme.title.clone(),
            modules,
            next,
        })
    }
}

fn progress_of(attempt: Option<&AttemptRow>, decided: bool) -> Progress {
    let Some(attempt) = attempt else {
        return Progress::NotBegun;
    };
    let number = attempt.number;
    match attempt.submitted_at {
        _ if decided => Progress::Released { number },
        Some(at) => Progress::Submitted { number, at },
        None => Progress::Draft {
            number,
            words: attempt.words,
        },
    }
}

/// A draft that was begun comes first, then the first activity that was not.
fn next_step(modules: &[ModuleStanding]) -> Option<ActivityKey> {
    let mut activities = modules
        .iter()
        .flat_map(|module| &module.activities)
        .filter(|activity| activity.is_built);
    activities
        .clone()
        .find(|activity| matches!(activity.progress, Progress::Draft { .. }))
        .or_else(|| activities.find(|activity| activity.progress == Progress::NotBegun))
        .map(|activity| activity.key.clone())
}
