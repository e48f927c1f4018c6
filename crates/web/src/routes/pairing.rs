//! Who coaches whom.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use mtl_bridge_core::marking::{MarkingError, Pairing};
use mtl_programme::PersonId;
use mtl_programme::partnership::PairingSource;

use crate::forms::PostedForm;
use crate::pages::cohort::{CoachOption, PairedCoach, PairedPerson, PairingPage};
use crate::pages::parts::FormError;
use crate::problem::Problem;
use crate::render::{go, page_with};
use crate::state::WebState;
use crate::visitor::{Done, Posted, Visitor};
use crate::words::sentence;

/// `GET /l/{launch}/pairing`.
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let pairing = state.bridge.load_pairing(&visitor.visit).await?;
    page_with(
        StatusCode::OK,
        &pairing_page(&visitor, &pairing, Vec::new(), &done),
    )
}

/// `POST /l/{launch}/pairing`.
pub(super) async fn pair(
    State(state): State<WebState>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let (participant, coach) = parse_pair(&form)?;
    match state.bridge.pair(&visitor.visit, participant, coach).await {
        Ok(()) => Ok(go(&format!("{}/pairing?done=paired", visitor.base()))),
        Err(error @ MarkingError::OwnCoach) => {
            let pairing = state.bridge.load_pairing(&visitor.visit).await?;
            let field = format!("coach-{participant}");
            let errors = vec![FormError::new(field, sentence(&error.to_string()))];
            let page = pairing_page(&visitor, &pairing, errors, &Done::default());
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
    Ok(go(&format!("{}/pairing?done=unpaired", visitor.base())))
}

fn parse_pair(form: &PostedForm) -> Result<(PersonId, PersonId), Problem> {
    form.parsed("participant")
        .zip(form.parsed("coach"))
        .ok_or(Problem::Malformed("the two people"))
}

fn pairing_page(
    visitor: &Visitor,
    pairing: &Pairing,
    errors: Vec<FormError>,
    done: &Done,
) -> PairingPage {
    let mut shell = visitor.shell_after("Coaches", "pairing", done);
    shell.has_errors = !errors.is_empty();
    PairingPage {
        shell,
        errors,
        participants: pairing
            .participants
            .iter()
            .map(|person| {
                let coaches: Vec<PairedCoach> = pairing
                    .pairs
                    .iter()
                    .filter(|pair| pair.participant.id == person.id)
                    .map(|pair| PairedCoach {
                        id: pair.coach.id.to_string(),
                        name: pair.coach.name.clone(),
                        is_from_lms: pair.source != PairingSource::Tutor,
                    })
                    .collect();
                PairedPerson {
                    id: person.id.to_string(),
                    name: person.name.clone(),
                    options: pairing
                        .coaches
                        .iter()
                        .filter(|coach| coach.id != person.id)
                        .map(|coach| CoachOption {
                            id: coach.id.to_string(),
                            name: coach.name.clone(),
                        })
                        .filter(|option| coaches.iter().all(|coach| coach.id != option.id))
                        .collect(),
                    coaches,
                }
            })
            .collect(),
    }
}
