//! What a policy is asked: everything that is known of one person's work in one module.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use mtl_programme::PersonId;
use mtl_programme::assessment::{
    Assessor, Attempt, Calendar, Component, CriterionJudgement, Element, Judgement, Mitigation,
    ModuleWork, Moment,
};
use mtl_programme::catalogue::Module;
use mtl_programme::{Mark, ProgrammeRole};
use mtl_store::work::{AttemptRow, JudgementRow};

use super::MarkingError;
use crate::work::WorkError;

/// What the institution says about time.
pub(super) struct Clockwork {
    pub(super) now: DateTime<Utc>,
    pub(super) zone: Tz,
    pub(super) cohort_start: NaiveDate,
}

/// Gathers a module's work. People appear as opaque references only, and nothing that a person
/// wrote goes along.
pub(super) fn gather(
    module: &Module,
    person: PersonId,
    attempts: &[AttemptRow],
    judgements: &[JudgementRow],
    time: &Clockwork,
) -> Result<ModuleWork, MarkingError> {
    let components = module
        .components
        .iter()
        .map(|component| {
            let activity = module.activity_feeding(&component.id);
            let rows = attempts.iter().filter(|row| {
                row.person == person
                    && row.module == module.id
                    && activity.is_some_and(|activity| activity.id == row.activity)
            });
            let mut deferred = 0;
            let attempts = rows
                .map(|row| {
                    let number = u32::try_from(row.number).unwrap_or(u32::MAX);
                    let attempt = Attempt {
                        number,
                        counts_as: number.saturating_sub(deferred).max(1),
                        due: row.due_at.map(|at| Moment::in_zone(at, &time.zone)),
                        extended_to: row.extended_to.map(|at| Moment::in_zone(at, &time.zone)),
                        submitted: row.submitted_at.map(|at| Moment::in_zone(at, &time.zone)),
                        mitigation: if row.mitigation {
                            Mitigation::Accepted
                        } else {
                            Mitigation::None
                        },
                        words: u32::try_from(row.words).ok(),
                        judgements: judgements
                            .iter()
                            .filter(|judgement| judgement.attempt == row.id)
                            .map(|judgement| read_judgement(judgement, time))
                            .collect::<Result<_, _>>()?,
                    };
                    // An attempt after accepted mitigation counts as the one that it replaces.
                    deferred += u32::from(row.mitigation);
                    Ok(attempt)
                })
                .collect::<Result<Vec<_>, MarkingError>>()?;
            Ok(Component {
                id: component.id.clone(),
                kind: activity
                    .map_or("none", |activity| activity.kind.as_str())
                    .to_owned(),
                weight: component.weight,
                must_pass: component.must_pass,
                minimum: component.minimum,
                grading: component.grading,
                word_limit: component.word_limit,
                elements: component
                    .elements
                    .iter()
                    .map(|element| Element {
                        id: element.id.clone(),
                        weight: element.weight,
                        must_pass: element.must_pass,
                        minimum: element.minimum,
                        grading: component.grading,
                        word_limit: None,
                        attempts: Vec::new(),
                    })
                    .collect(),
                attempts,
            })
        })
        .collect::<Result<_, MarkingError>>()?;
    Ok(ModuleWork {
        module: module.id.clone(),
        credits: module.credits,
        level: module.level,
        flags: module.flags.clone(),
        cohort_start: time.cohort_start,
        sitting: 1,
        now: Moment::in_zone(time.now, &time.zone),
        calendar: Calendar::default(),
        components,
    })
}

fn read_judgement(row: &JudgementRow, time: &Clockwork) -> Result<Judgement, MarkingError> {
    let role: ProgrammeRole = row
        .role
        .parse()
        .map_err(|_| WorkError::Unreadable(format!("a judgement's role {:?}", row.role)))?;
    let assessor = match role {
        ProgrammeRole::Coach => Assessor::Coach,
        ProgrammeRole::SecondMarker => Assessor::SecondMarker,
        ProgrammeRole::Moderator => Assessor::Moderator,
        ProgrammeRole::External => Assessor::External,
        ProgrammeRole::Tutor | ProgrammeRole::ProgrammeLead | ProgrammeRole::Participant => {
            Assessor::Tutor
        }
    };
    let criteria: Vec<mtl_programme::judgement::CriterionJudgement> =
        serde_json::from_str(&row.criteria)?;
    Ok(Judgement {
        id: row.id.to_string(),
        assessor,
        reference: row.assessor.to_string(),
        mark: row.mark.map(read_mark).transpose()?,
        satisfied: row.satisfied,
        grade: None,
        criteria: criteria
            .into_iter()
            .map(|judged| CriterionJudgement {
                criterion: judged.criterion,
                mark: judged.mark,
                satisfied: None,
                grade: judged.band,
            })
            .collect(),
        at: Moment::in_zone(row.judged_at, &time.zone),
    })
}

pub(super) fn read_mark(hundredths: i64) -> Result<Mark, MarkingError> {
    u32::try_from(hundredths)
        .ok()
        .and_then(|hundredths| Mark::from_hundredths(hundredths).ok())
        .ok_or_else(|| WorkError::Unreadable(format!("a mark of {hundredths} hundredths")).into())
}
