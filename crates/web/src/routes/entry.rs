//! The first page of a launch, by who the person is and what the link opens; and the participant's
//! programme.

use axum::extract::{Query, State};
use axum::response::Response;
use mtl_bridge_core::launch::LaunchDetails;
use mtl_bridge_core::work::{ActivityStanding, Home as Standing, ModuleStanding, Progress};
use mtl_programme::Strand;

use super::reading::word_count;
use super::work::StageQuery;
use super::{cohort, link, pick, review, work};
use crate::forms::PostedForm;
use crate::pages::home::{ActivityEntry, Home, ModuleView, NextStep, PhaseView, StrandView};
use crate::pages::link::NotSetUp;
use crate::pages::parts::counted;
use crate::problem::Problem;
use crate::render::{go, page};
use crate::state::WebState;
use crate::visitor::{Done, Visitor};
use crate::words::{module_badge, progress_badge};

/// `GET /l/{launch}/`.
pub(super) async fn open(
    State(state): State<WebState>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    match &visitor.details {
        Some(LaunchDetails::DeepLinking(_)) => {
            return pick::show(&state, &visitor, &PostedForm::default(), Vec::new()).await;
        }
        Some(LaunchDetails::SubmissionReview { user_id }) => {
            return review::open(&state, &visitor, user_id).await;
        }
        None => {}
    }
    let standing = visitor.standing;
    if visitor.activity.is_none() && state.bridge.find_activity(&visitor).await?.is_some() {
        return Ok(go(&format!("{}/", visitor.base())));
    }
    match &visitor.activity {
        Some(key) if standing.participant => {
            work::show(&state, &visitor, key, StageQuery::default()).await
        }
        None if standing.participant => page(&NotSetUp {
            shell: visitor.shell("Not set up yet", ""),
        }),
        None if standing.tutor || standing.lead => link::show(&state, &visitor, Vec::new()),
        _ if standing.is_staff() => cohort::page_of(&state, &visitor, &done).await,
        _ => Err(Problem::NoStanding),
    }
}

/// `GET /l/{launch}/home`.
pub(super) async fn home(
    State(state): State<WebState>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    if !visitor.standing.participant {
        return cohort::page_of(&state, &visitor, &Done::default()).await;
    }
    let standing = state.bridge.load_home(&visitor.visit).await?;
    page(&home_page(&visitor, &standing))
}

fn home_page(visitor: &Visitor, standing: &Standing) -> Home {
    let activities = || {
        standing
            .modules
            .iter()
            .flat_map(|module| &module.activities)
    };
    let next = standing.next.as_ref().and_then(|key| {
        standing.modules.iter().find_map(|module| {
            let activity = module
                .activities
                .iter()
                .find(|activity| activity.key == *key)?;
            Some(next_step(visitor, module, activity))
        })
    });
    let mut phases: Vec<PhaseView> = Vec::new();
    for module in &standing.modules {
        let view = module_view(visitor, module);
        match phases.iter_mut().find(|phase| phase.title == module.phase) {
            Some(phase) => phase.modules.push(view),
            None => phases.push(PhaseView {
                title: module.phase.clone(),
                modules: vec![view],
            }),
        }
    }
    Home {
        shell: visitor.shell("Your programme", "home"),
        programme: standing.programme.clone(),
        standing: standing_sentence(standing),
        next,
        phases,
        strands: Strand::ALL
            .into_iter()
            .map(|strand| {
                let own = || activities().filter(|a| a.strands.contains(&strand.short_title()));
                let count = |is: fn(&Progress) -> bool| own().filter(|a| is(&a.progress)).count();
                StrandView {
                    number: strand.number(),
                    title: strand.title(),
                    submitted: count(|progress| {
                        matches!(
                            progress,
                            Progress::Submitted { .. } | Progress::Released { .. }
                        )
                    }),
                    begun: count(|progress| matches!(progress, Progress::Draft { .. })),
                    total: own().count(),
                }
            })
            .collect(),
    }
}

fn next_step(visitor: &Visitor, module: &ModuleStanding, activity: &ActivityStanding) -> NextStep {
    let (action, why) = match activity.progress {
        Progress::Draft {
            number: 1,
            words: 0,
        } => ("Begin writing", None),
        Progress::Draft { number: 1, words } => (
            "Go on writing",
            Some(format!("You have written {} so far.", word_count(words))),
        ),
        Progress::Draft { number, .. } => (
            "Go on with it",
            Some(format!("Your tutor has opened attempt {number} for you.")),
        ),
        _ => ("Begin", None),
    };
    NextStep {
        title: activity.title.clone(),
        module: module.title.clone(),
        state: progress_badge(activity),
        due: activity.due.map(|due| visitor.moment(due)),
        why,
        href: work::activity_path(visitor, &activity.key),
        action,
    }
}

fn module_view(visitor: &Visitor, module: &ModuleStanding) -> ModuleView {
    ModuleView {
        id: module.id.clone(),
        title: module.title.clone(),
        credits: module.credits,
        state: module_badge(module),
        result: module.mark.map(|mark| format!("Mark {}", mark.short())),
        entries: module
            .activities
            .iter()
            .map(|activity| ActivityEntry {
                title: activity.title.clone(),
                href: work::activity_path(visitor, &activity.key),
                kind: activity.kind,
                counts: activity.component.as_ref().map(|(_, weight)| match weight {
                    0 => "passed or failed".to_owned(),
                    weight => format!("{weight} % of the module"),
                }),
                state: progress_badge(activity),
                due: matches!(
                    activity.progress,
                    Progress::NotBegun | Progress::Draft { .. }
                )
                .then_some(activity.due)
                .flatten()
                .filter(|_| activity.is_built)
                .map(|due| visitor.moment(due)),
                mark: activity.mark.map(|mark| mark.short().to_string()),
            })
            .collect(),
    }
}

fn standing_sentence(standing: &Standing) -> String {
    use mtl_programme::assessment::ModuleOutcome;
    let all: u32 = standing.modules.iter().map(|module| module.credits).sum();
    let passed: u32 = standing
        .modules
        .iter()
        .filter(|module| {
            matches!(
                module.outcome,
                Some(ModuleOutcome::Pass | ModuleOutcome::Compensated | ModuleOutcome::Condoned)
            )
        })
        .map(|module| module.credits)
        .sum();
    let under_way = standing
        .modules
        .iter()
        .filter(|module| {
            module.outcome.is_none()
                && module
                    .activities
                    .iter()
                    .any(|a| a.progress != Progress::NotBegun)
        })
        .count() as u64;
    let modules = match under_way {
        0 => String::new(),
        count => format!(" {} under way.", counted(count, "module is", "modules are")),
    };
    format!("{passed} of {all} credits passed.{modules}")
}
