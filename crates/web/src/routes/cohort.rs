//! The people of the course, for a tutor or lead; a coach's own participants.

use axum::extract::{Query, State};
use axum::response::Response;
use mtl_bridge_core::marking::{CohortActivity, CohortPerson};
use mtl_bridge_core::roster::{RosterGroup, RosterView};
use mtl_programme::attempt::AttemptDates;

use super::module_record::record_path;
use super::people::{PeopleQuery, roster_line};
use super::unsent;
use crate::pages::cohort::{CohortPage, PersonCard, PersonEntry, RecordLink, WaitingLine};
use crate::pages::parts::{Badge, Tone, counted, grouped};
use crate::problem::Problem;
use crate::render::page;
use crate::state::WebState;
use crate::visitor::{Done, Visitor};

/// People on one page, and pieces of work that wait in the list above them.
const AT_ONCE: usize = 50;
const MOST_WAITING: usize = 30;

/// Which people to show.
const SHOWS: &[(&str, &str)] = &[
    ("", "Everybody"),
    ("waiting", "Work that waits for you"),
    ("not-started", "Not started yet"),
];

/// `GET /l/{launch}/cohort`.
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    Query(query): Query<PeopleQuery>,
) -> Result<Response, Problem> {
    page_for(&state, &visitor, &query).await
}

/// The page of the people that this person works with.
pub(super) async fn page_of(
    state: &WebState,
    visitor: &Visitor,
    done: &Done,
) -> Result<Response, Problem> {
    page_for(state, visitor, &PeopleQuery::from(done)).await
}

async fn page_for(
    state: &WebState,
    visitor: &Visitor,
    query: &PeopleQuery,
) -> Result<Response, Problem> {
    let cohort = state.bridge.load_cohort(&visitor.visit).await?;
    let roster = state.bridge.load_roster(&visitor.visit).await?;
    let sees_all = visitor.standing.tutor || visitor.standing.lead;
    let may_judge = visitor.standing.tutor || visitor.standing.coach;
    let title = if sees_all {
        "Cohort"
    } else {
        "Your participants"
    };
    let (left, here): (Vec<&CohortPerson>, Vec<&CohortPerson>) =
        cohort.people.iter().partition(|person| person.has_left);
    let all_waiting: Vec<(&CohortPerson, &CohortActivity)> = cohort
        .people
        .iter()
        .flat_map(|person| {
            person
                .activities
                .iter()
                .map(move |activity| (person, activity))
        })
        .filter(|(_, activity)| may_judge && waits(activity))
        .collect();
    let waiting = all_waiting
        .iter()
        .take(MOST_WAITING)
        .map(|(person, activity)| WaitingLine {
            title: format!("{}: {}", person.person.name, title_of(state, activity)),
            href: submission_path(visitor, activity),
            about: activity
                .submitted_at
                .map(|at| format!("Submitted {}", visitor.moment(at).words()))
                .unwrap_or_default(),
            state: Badge::new(Tone::Warn, "Waits for your judgement"),
        })
        .collect();
    let fitting: Vec<&CohortPerson> = here
        .iter()
        .copied()
        .filter(|person| query.fits(&person.person.name, &person.groups))
        .filter(|person| match query.show.as_str() {
            "waiting" => person.activities.iter().any(|one| may_judge && waits(one)),
            "not-started" => person.activities.is_empty(),
            _ => true,
        })
        .collect();
    let path = format!("{}/cohort", visitor.base());
    let (shown, pager) = query.cut(&path, &fitting, AT_ONCE);
    let card = |person: &&CohortPerson| person_card(state, visitor, person, sees_all, &roster);
    page(&CohortPage {
        shell: visitor.shell_after(title, "cohort", &query.done()),
        title: title.to_owned(),
        lead: lead_sentence(&here, all_waiting.len(), sees_all),
        bind_link: (sees_all && visitor.activity.is_none())
            .then(|| format!("{}/link", visitor.base())),
        roster: roster_line(visitor, &roster, query.path(&path)),
        unsent: if sees_all {
            unsent::notice(state, visitor).await?
        } else {
            None
        },
        waiting,
        more_waiting: (all_waiting.len() > MOST_WAITING)
            .then(|| format!("{} more wait.", all_waiting.len() - MOST_WAITING)),
        people_title: "Participants",
        nobody: here.is_empty().then(|| nobody_words(&roster, sees_all)),
        filter: query.filter(here.len(), &roster.groups, SHOWS),
        people: shown.iter().map(card).collect(),
        pager,
        left: left.iter().map(card).collect(),
    })
}

fn nobody_words(roster: &RosterView, sees_all: bool) -> &'static str {
    match (sees_all, roster.is_offered) {
        (true, true) => "There is no participant in this course yet.",
        (true, false) => {
            "No participant has opened MTL Bridge from this course yet. They appear here after their first visit."
        }
        (false, _) => {
            "Nobody is paired with you in this course yet. A university tutor pairs participants with coaches."
        }
    }
}

/// Work that was handed in and that this person has not judged, while its result is not out.
fn waits(activity: &CohortActivity) -> bool {
    activity.submitted_at.is_some() && !activity.judged_by_me && activity.released_at.is_none()
}

fn title_of(state: &WebState, activity: &CohortActivity) -> String {
    state
        .bridge
        .catalogue()
        .find(&activity.activity)
        .map_or_else(
            || activity.activity.to_string(),
            |place| place.activity.title.clone(),
        )
}

fn submission_path(visitor: &Visitor, activity: &CohortActivity) -> String {
    format!("{}/submissions/{}", visitor.base(), activity.attempt)
}

fn lead_sentence(people: &[&CohortPerson], waiting: usize, sees_all: bool) -> String {
    let count = counted(people.len() as u64, "participant", "participants");
    let place = if sees_all { " in this course" } else { "" };
    let not_started = people
        .iter()
        .filter(|person| person.activities.is_empty())
        .count() as u64;
    let started = match not_started {
        0 => String::new(),
        1 => ", 1 has not started yet".to_owned(),
        many => format!(", {} have not started yet", grouped(many)),
    };
    match waiting as u64 {
        0 => format!("{count}{place}{started}. Nothing waits for you."),
        waiting => {
            let work = counted(waiting, "submission waits", "submissions wait");
            format!("{count}{place}{started}; {work} for your judgement.")
        }
    }
}

fn person_card(
    state: &WebState,
    visitor: &Visitor,
    person: &CohortPerson,
    sees_all: bool,
    roster: &RosterView,
) -> PersonCard {
    let coaches: Vec<&str> = person
        .coaches
        .iter()
        .map(|coach| coach.name.as_str())
        .collect();
    let mut modules: Vec<RecordLink> = Vec::new();
    if sees_all {
        for activity in &person.activities {
            let programme = &activity.activity.programme;
            let href = record_path(visitor, person.person.id, programme, &activity.module);
            if modules.iter().any(|module| module.href == href) {
                continue;
            }
            let title = state
                .bridge
                .catalogue()
                .find_module(programme, &activity.module)
                .map_or(activity.module.as_str(), |(_, module)| {
                    module.title.as_str()
                });
            modules.push(RecordLink {
                label: format!("Module record: {title}"),
                href,
            });
        }
    }
    PersonCard {
        name: person.person.name.clone(),
        coach: sees_all.then(|| match coaches.len() {
            0 => "No coach yet".to_owned(),
            1 => format!("Coach: {}", coaches[0]),
            _ => format!("Coaches: {}", coaches.join(", ")),
        }),
        state: person.activities.is_empty().then(|| {
            let words = if person.has_opened {
                "Has not started yet"
            } else {
                "Has not opened it yet"
            };
            Badge::new(Tone::Plain, words)
        }),
        groups: groups_words(person, roster),
        entries: person
            .activities
            .iter()
            .map(|activity| person_entry(state, visitor, activity))
            .collect(),
        modules,
    }
}

fn groups_words(person: &CohortPerson, roster: &RosterView) -> Option<String> {
    let titles: Vec<String> = roster
        .groups
        .iter()
        .filter(|group| person.groups.contains(&group.id))
        .map(RosterGroup::title)
        .collect();
    (!titles.is_empty()).then(|| titles.join(" · "))
}

fn person_entry(state: &WebState, visitor: &Visitor, activity: &CohortActivity) -> PersonEntry {
    let dates = AttemptDates {
        due: activity.due,
        extended_to: None,
        submitted: activity.submitted_at,
    };
    let timeliness = dates.timeliness(state.bridge.now());
    let mut about = Vec::new();
    if activity.number > 1 {
        about.push(format!("attempt {}", activity.number));
    }
    match activity.submitted_at {
        Some(at) => about.push(format!("submitted {}", visitor.moment(at).words())),
        None => about.push(format!(
            "last saved {}",
            visitor.moment(activity.saved_at).words()
        )),
    }
    if dates.deadline().is_some() {
        about.push(timeliness.to_string());
    }
    if activity.judgements > 0 {
        about.push(counted(
            activity.judgements as u64,
            "judgement",
            "judgements",
        ));
    }
    PersonEntry {
        title: title_of(state, activity),
        href: activity
            .submitted_at
            .map(|_| submission_path(visitor, activity)),
        about: crate::words::sentence(&about.join(" · "))
            .trim_end_matches('.')
            .to_owned(),
        state: match (activity.submitted_at, activity.released_at) {
            (_, Some(_)) => Badge::new(Tone::Good, "Released"),
            (Some(_), None) if waits(activity) => Badge::new(Tone::Warn, "Waits for a judgement"),
            (Some(_), None) => Badge::new(Tone::Plain, "Judged by you"),
            (None, None) => Badge::new(Tone::Busy, "Draft"),
        },
        mark: None,
    }
}
