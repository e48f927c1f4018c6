//! Setting up a link of the course: which activity it opens.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use mtl_programme::ActivityKey;

use crate::pages::link::{ActivityChoice, ChooseActivity, ModuleChoice};
use crate::pages::parts::FormError;
use crate::problem::Problem;
use crate::render::{go, page_with};
use crate::state::WebState;
use crate::visitor::{Posted, Visitor};
use crate::words::component_weight;

/// `GET /l/{launch}/link`.
pub(super) async fn choose(
    State(state): State<WebState>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    if !visitor.standing.tutor && !visitor.standing.lead {
        return Err(Problem::NotFound);
    }
    show(&state, &visitor, Vec::new())
}

/// `POST /l/{launch}/link`.
pub(super) async fn bind(
    State(state): State<WebState>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let Some(key) = form.parsed::<ActivityKey>("activity") else {
        return show(
            &state,
            &visitor,
            vec![FormError::new("activity", "Choose an activity.")],
        );
    };
    state.bridge.bind_link(&visitor.visit, &key).await?;
    Ok(go(&format!("{}/cohort?done=bound", visitor.base())))
}

/// The page on which an activity is chosen.
pub(super) fn show(
    state: &WebState,
    visitor: &Visitor,
    errors: Vec<FormError>,
) -> Result<Response, Problem> {
    let mut modules = Vec::new();
    for programme in state.bridge.catalogue().programmes() {
        for module in programme.modules() {
            modules.push(ModuleChoice {
                title: module.title.clone(),
                activities: module
                    .activities
                    .iter()
                    .map(|activity| {
                        let key = programme.key_of(activity);
                        let mut about = vec![activity.kind.title().to_owned()];
                        about.extend(module.component_fed_by(activity).map(component_weight));
                        if !activity.kind.is_built() {
                            about.push("not here yet".to_owned());
                        }
                        ActivityChoice {
                            id: key.to_string().replace('/', "-"),
                            title: activity.title.clone(),
                            about: about.join(" · "),
                            is_chosen: visitor.activity.as_ref() == Some(&key),
                            key: key.to_string(),
                        }
                    })
                    .collect(),
            });
        }
    }
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut shell = visitor.shell("Which activity belongs here?", "");
    shell.has_errors = !errors.is_empty();
    let link = Some(visitor.link.title.clone());
    page_with(
        status,
        &ChooseActivity {
            shell,
            errors,
            link,
            modules,
        },
    )
}
