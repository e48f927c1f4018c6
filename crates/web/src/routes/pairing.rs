//! Who coaches whom.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use mtl_bridge_core::marking::{MarkingError, Pairing, PairingPerson, Person};
use mtl_programme::PersonId;
use mtl_programme::partnership::PairingSource;

use super::people::{PeopleQuery, roster_line};
use crate::forms::PostedForm;
use crate::pages::cohort::{CoachOption, PairedCoach, PairedPerson, PairingPage};
use crate::pages::parts::FormError;
use crate::problem::Problem;
use crate::render::{go, page_with};
use crate::state::WebState;
use crate::visitor::{Posted, Visitor};
use crate::words::sentence;

/// Participants on one page.
const AT_ONCE: usize = 25;
/// So many others are offered as coaches without being asked for.
const FEW_OTHERS: usize = 40;

/// `GET /l/{launch}/pairing`.
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    Query(query): Query<PeopleQuery>,
) -> Result<Response, Problem> {
    let page = pairing_page(&state, &visitor, Vec::new(), &query).await?;
    page_with(StatusCode::OK, &page)
}

/// `POST /l/{launch}/pairing`.
pub(super) async fn pair(
    State(state): State<WebState>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let (participant, coach) = parse_pair(&form)?;
    match state.bridge.pair(&visitor.visit, participant, coach).await {
        Ok(()) => Ok(back(&visitor, &form, "paired")),
        Err(error @ MarkingError::OwnCoach) => {
            let field = format!("coach-{participant}");
            let errors = vec![FormError::new(field, sentence(&error.to_string()))];
            let query = PeopleQuery::parse(form.text("back"));
            let page = pairing_page(&state, &visitor, errors, &query).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /l/{launch}/pairing/remove`.
pub(super) async fn unpair(
    State(state): State<WebState>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let (participant, coach) = parse_pair(&form)?;
    state
        .bridge
        .unpair(&visitor.visit, participant, coach)
        .await?;
    Ok(back(&visitor, &form, "unpaired"))
}

/// To the same part of the list.
fn back(visitor: &Visitor, form: &PostedForm, done: &str) -> Response {
    let query = PeopleQuery::parse(form.text("back")).text();
    let and = if query.is_empty() { "" } else { "&" };
    go(&format!(
        "{}/pairing?{query}{and}done={done}",
        visitor.base()
    ))
}

fn parse_pair(form: &PostedForm) -> Result<(PersonId, PersonId), Problem> {
    form.parsed("participant")
        .zip(form.parsed("coach"))
        .ok_or(Problem::Malformed("the two people"))
}

async fn pairing_page(
    state: &WebState,
    visitor: &Visitor,
    errors: Vec<FormError>,
    query: &PeopleQuery,
) -> Result<PairingPage, Problem> {
    let pairing = state.bridge.load_pairing(&visitor.visit).await?;
    let roster = state.bridge.load_roster(&visitor.visit).await?;
    let mut shell = visitor.shell_after("Coaches", "pairing", &query.done());
    shell.has_errors = !errors.is_empty();
    let fitting: Vec<&PairingPerson> = pairing
        .participants
        .iter()
        .filter(|participant| query.fits(&participant.person.name, &participant.groups))
        .collect();
    let path = format!("{}/pairing", visitor.base());
    let (shown, pager) = query.cut(&path, &fitting, AT_ONCE);
    let asks_other = pairing.others.len() > FEW_OTHERS;
    let others: Vec<&Person> = pairing
        .others
        .iter()
        .filter(|person| !asks_other || query.offers(&person.name))
        .take(FEW_OTHERS)
        .collect();
    Ok(PairingPage {
        shell,
        errors,
        roster: roster_line(visitor, &roster, query.path(&path)),
        filter: query.filter(pairing.participants.len(), &roster.groups, &[]),
        asks_other,
        other: query.other.clone(),
        nobody: if !pairing.participants.is_empty() {
            "Nobody fits."
        } else if roster.is_offered {
            "There is no participant in this course yet."
        } else {
            "No participant has opened MTL Bridge from this course yet. They appear here after their first visit."
        },
        participants: shown
            .iter()
            .map(|participant| paired_person(&pairing, participant, &others))
            .collect(),
        pager,
        back: query.text(),
    })
}

fn paired_person(
    pairing: &Pairing,
    participant: &PairingPerson,
    others: &[&Person],
) -> PairedPerson {
    let own = participant.person.id;
    let coaches: Vec<PairedCoach> = pairing
        .pairs
        .iter()
        .filter(|pair| pair.participant.id == own)
        .map(|pair| PairedCoach {
            id: pair.coach.id.to_string(),
            name: pair.coach.name.clone(),
            is_from_lms: pair.source != PairingSource::Tutor,
        })
        .collect();
    let option = |person: &Person| {
        let id = person.id.to_string();
        let is_free = person.id != own && coaches.iter().all(|coach| coach.id != id);
        is_free.then(|| CoachOption {
            id,
            name: person.name.clone(),
        })
    };
    PairedPerson {
        id: own.to_string(),
        name: participant.person.name.clone(),
        has_opened: participant.has_opened,
        options: pairing.coaches.iter().filter_map(option).collect(),
        others: others.iter().copied().filter_map(option).collect(),
        coaches,
    }
}
