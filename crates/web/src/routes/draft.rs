//! Saving a draft: by the form's own button, or while it is typed.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use mtl_bridge_core::work::WorkError;
use mtl_programme::scenario::{EditError, Field, Stage, StageEdit, TakeAside};
use mtl_programme::{ActivityKey, AttemptId};
use serde::Deserialize;

use super::reading::word_count;
use super::work::{activity_path, field_id, show_refused};
use crate::forms::PostedForm;
use crate::pages::parts::FormError;
use crate::problem::Problem;
use crate::render::{go, wants_json};
use crate::state::WebState;
use crate::visitor::{At, Posted};

/// The path of an attempt.
#[derive(Deserialize)]
pub(super) struct AttemptPath {
    pub(super) programme: String,
    pub(super) activity: String,
    pub(super) attempt: AttemptId,
}

impl AttemptPath {
    pub(super) fn key(&self) -> Result<ActivityKey, Problem> {
        ActivityKey::new(&*self.programme, &*self.activity).map_err(|_| Problem::NotFound)
    }
}

/// `POST …/draft`.
pub(super) async fn save(
    State(web): State<WebState>,
    At(path): At<AttemptPath>,
    headers: HeaderMap,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let key = path.key()?;
    let edit = parse_edit(&form)?;
    let stage = edit.stage;
    match web
        .bridge
        .save_draft(&visitor.visit, path.attempt, &edit)
        .await
    {
        Ok(saved) if wants_json(&headers) => Ok(Json(serde_json::json!({
            "revision": saved.revision,
            "at": visitor.moment(saved.saved_at).words(),
            "words": word_count(saved.words),
            "conflict": !saved.conflicts.is_empty(),
        }))
        .into_response()),
        Ok(saved) => {
            let page = activity_path(&visitor, &key);
            let here = format!("{page}?stage={stage}");
            if !saved.conflicts.is_empty() {
                // The page shows both texts and asks.
                return Ok(go(&here));
            }
            Ok(go(&match form.text("go") {
                "submit" => format!("{page}/{}/submit", path.attempt),
                next => match next.parse::<Stage>() {
                    Ok(next) => format!("{page}?stage={next}"),
                    Err(_) => format!("{here}&done=saved"),
                },
            }))
        }
        Err(WorkError::Edit(error)) if !wants_json(&headers) => {
            let errors = vec![FormError::new(field_of(&error, stage), error.to_string())];
            show_refused(&web, &visitor, &key, stage, &form, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST …/asides/{number}`.
pub(super) async fn settle_aside(
    State(web): State<WebState>,
    At(path): At<AttemptPath>,
    At(number): At<AsideNumber>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    let take = match form.text("take") {
        "replace" => TakeAside::Replace,
        "append" => TakeAside::Append,
        "drop" => TakeAside::Drop,
        _ => return Err(Problem::Malformed("what to do with the text")),
    };
    web.bridge
        .settle_aside(&visitor.visit, path.attempt, number.number, take)
        .await?;
    let stage = form.parsed::<Stage>("stage").unwrap_or(Stage::Context);
    Ok(go(&format!(
        "{}?stage={stage}&done=saved",
        activity_path(&visitor, &path.key()?)
    )))
}

/// The number of a text that lies aside.
#[derive(Deserialize)]
pub(super) struct AsideNumber {
    number: u32,
}

fn parse_edit(form: &PostedForm) -> Result<StageEdit, Problem> {
    let texts: BTreeMap<Field, String> = form
        .with_prefix("text.")
        .filter_map(|(name, text)| Some((name.parse().ok()?, text.to_owned())))
        .collect();
    Ok(StageEdit {
        stage: form
            .parsed("stage")
            .ok_or(Problem::Malformed("the stage"))?,
        based_on: form
            .parsed("based_on")
            .ok_or(Problem::Malformed("the version it is based on"))?,
        writer: form.find("writer").map(ToOwned::to_owned),
        texts,
    })
}

/// The element that an error is about.
fn field_of(error: &EditError, stage: Stage) -> String {
    match error {
        EditError::TooLong { field, .. } | EditError::OtherStage { field, .. } => field_id(*field),
        _ => Field::of_stage(stage)
            .next()
            .map_or_else(|| "draft".to_owned(), field_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_edit_and_passes_over_unknown_fields() {
        let form = PostedForm::parse(
            b"stage=context&based_on=3&writer=w&text.question=Why%3F&text.unknown=x&go=plan",
        );
        let edit = parse_edit(&form).unwrap();
        assert_eq!((edit.stage, edit.based_on), (Stage::Context, 3));
        assert_eq!(
            edit.texts,
            BTreeMap::from([(Field::Question, "Why?".to_owned())])
        );
        assert!(parse_edit(&PostedForm::parse(b"stage=context")).is_err());
    }
}
