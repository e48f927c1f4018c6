//! The first page of a submission review: one person's work, or why there is none to see.

use axum::http::StatusCode;
use axum::response::Response;
use mtl_bridge_core::marking::Review;

use super::work::StageQuery;
use super::{link, work};
use crate::pages::link::NotSetUp;
use crate::pages::review::ReviewPage;
use crate::problem::Problem;
use crate::render::{go, page, page_with};
use crate::state::WebState;
use crate::visitor::Visitor;

/// The page for the work of the platform's user `user_id`.
pub(super) async fn open(
    state: &WebState,
    visitor: &Visitor,
    user_id: &str,
) -> Result<Response, Problem> {
    let activity = visitor
        .activity
        .as_ref()
        .and_then(|key| state.bridge.catalogue().find(key))
        .map_or("this activity", |place| place.activity.title.as_str());
    let review = state.bridge.find_review(&visitor.visit, user_id).await?;
    match review {
        Review::Submission(attempt) => Ok(go(&format!("{}/submissions/{attempt}", visitor.base()))),
        Review::Own => match &visitor.activity {
            Some(key) => work::show(state, visitor, key, StageQuery::default()).await,
            None => Err(Problem::NotFound),
        },
        Review::Nothing {
            participant,
            has_begun,
        } => page(&ReviewPage {
            shell: visitor.shell("Nothing handed in yet", "cohort"),
            title: "Nothing handed in yet".to_owned(),
            happened: format!("{} has not handed in “{activity}” yet.", participant.name),
            about: if has_begun {
                "There is a draft, which only its author sees until it is handed in."
            } else {
                "Nothing of it has been begun."
            },
            cohort: Some(format!("{}/cohort", visitor.base())),
        }),
        Review::UnknownPerson => page_with(
            StatusCode::NOT_FOUND,
            &ReviewPage {
                shell: visitor.shell("Nobody known here", "cohort"),
                title: "MTL Bridge does not know this person".to_owned(),
                happened: format!(
                    "Your learning site asked for somebody’s work on “{activity}”, but this person \
                     has not opened MTL Bridge from this course, nor stands on its list of people."
                ),
                about: "If they have joined the course just now, refresh the list of people and open the review again.",
                cohort: Some(format!("{}/cohort", visitor.base())),
            },
        ),
        Review::NotYours => page_with(
            StatusCode::FORBIDDEN,
            &ReviewPage {
                shell: visitor.shell("Not yours to see", ""),
                title: "This work is not yours to see".to_owned(),
                happened: format!(
                    "Your learning site asked for somebody else’s work on “{activity}”. Coaches see \
                     the work of their own participants, participants see their own."
                ),
                about: "If you coach this person, ask the university tutor to pair you.",
                cohort: visitor
                    .standing
                    .is_staff()
                    .then(|| format!("{}/cohort", visitor.base())),
            },
        ),
        Review::NotSetUp if visitor.standing.tutor || visitor.standing.lead => {
            link::show(state, visitor, Vec::new())
        }
        Review::NotSetUp => page(&NotSetUp {
            shell: visitor.shell("Not set up yet", ""),
        }),
    }
}
