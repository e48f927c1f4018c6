//! A participant's page of one activity: writing a stage, or reading what was submitted.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use mtl_bridge_core::catalogue::Place;
use mtl_bridge_core::marking::Released;
use mtl_bridge_core::work::{AttemptView, Work, WorkError};
use mtl_programme::assessment::PartResult;
use mtl_programme::attempt::AttemptDates;
use mtl_programme::evidence::{MAX_FILE_BYTES, MAX_ITEMS, MediaType};
use mtl_programme::scenario::{Field, ScenarioDraft, Stage};
use mtl_programme::{ActivityKey, ActivityKind, Timeliness};
use rand::Rng as _;
use serde::Deserialize;

use super::earlier::{attempt_label, earlier_attempts};
use super::judgement::criterion_lines;
use super::reading::{evidence_lines, evidence_words, frozen_work, word_count};
use crate::forms::PostedForm;
use crate::markdown::{CleanHtml, render_markdown};
use crate::pages::activity::{ActivityHead, NotBuilt};
use crate::pages::parts::{Badge, Crumb, FormError, JudgementView, Tone, counted, find_error};
use crate::pages::scenario::{
    AsideView, AttemptLine, FieldView, Progress, ResultView, ScenarioPage, StageView, Step,
    SubmittedPage, UploadView,
};
use crate::problem::Problem;
use crate::render::{page, page_with};
use crate::state::WebState;
use crate::visitor::{At, Done, Visitor};
use crate::words::{decision_chain, outcome_badge, part_badge};

/// The path of an activity's page.
#[derive(Deserialize)]
pub(super) struct ActivityPath {
    programme: String,
    activity: String,
}

impl ActivityPath {
    pub(super) fn key(self) -> Result<ActivityKey, Problem> {
        ActivityKey::new(self.programme, self.activity).map_err(|_| Problem::NotFound)
    }
}

/// Which stage, and what was just done.
#[derive(Deserialize, Default)]
pub(super) struct StageQuery {
    stage: Option<String>,
    done: Option<String>,
}

/// `GET /l/{launch}/work/{programme}/{activity}`.
pub(super) async fn open(
    State(web): State<WebState>,
    visitor: Visitor,
    At(path): At<ActivityPath>,
    Query(query): Query<StageQuery>,
) -> Result<Response, Problem> {
    show(&web, &visitor, &path.key()?, query).await
}

/// The page of an activity, whatever its kind and state.
pub(super) async fn show(
    web: &WebState,
    visitor: &Visitor,
    key: &ActivityKey,
    query: StageQuery,
) -> Result<Response, Problem> {
    let work = match web.bridge.open_work(&visitor.visit, key).await {
        Ok(work) => work,
        Err(WorkError::KindNotBuilt) => return not_built(web, visitor, key),
        Err(error) => return Err(error.into()),
    };
    let place = load_place(web, key)?;
    let done = Done { done: query.done };
    if work.current.is_draft() {
        let stage = query
            .stage
            .and_then(|stage| stage.parse().ok())
            .unwrap_or_else(|| first_open_stage(&work.draft));
        let page_of = scenario_page(web, visitor, &place, &work, stage, None, &done);
        page(&page_of)
    } else {
        page(&submitted_page(web, visitor, &place, &work, &done))
    }
}

/// The page of a stage with what was typed and why it was not saved.
pub(super) async fn show_refused(
    web: &WebState,
    visitor: &Visitor,
    key: &ActivityKey,
    stage: Stage,
    typed: &PostedForm,
    errors: Vec<FormError>,
) -> Result<Response, Problem> {
    let work = web.bridge.open_work(&visitor.visit, key).await?;
    let place = load_place(web, key)?;
    let refused = Some((typed, errors));
    let page_of = scenario_page(
        web,
        visitor,
        &place,
        &work,
        stage,
        refused,
        &Done::default(),
    );
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &page_of)
}

/// Where an activity stands in the catalogue.
pub(super) fn load_place<'a>(web: &'a WebState, key: &ActivityKey) -> Result<Place<'a>, Problem> {
    web.bridge.catalogue().find(key).ok_or(Problem::NotFound)
}

/// The path of an activity's page.
pub(super) fn activity_path(visitor: &Visitor, key: &ActivityKey) -> String {
    format!("{}/work/{key}", visitor.base())
}

/// The path of one attempt, to which its forms post.
pub(super) fn attempt_path(visitor: &Visitor, key: &ActivityKey, attempt: &AttemptView) -> String {
    format!("{}/{}", activity_path(visitor, key), attempt.id)
}

/// The way back up from an activity.
pub(super) fn crumbs(visitor: &Visitor, place: &Place<'_>) -> Vec<Crumb> {
    vec![
        Crumb::new(&place.programme.title, format!("{}/home", visitor.base())),
        Crumb::new(
            &place.module.title,
            format!("{}/home#{}", visitor.base(), place.module.id),
        ),
    ]
}

/// The head of an activity's page.
pub(super) fn head(visitor: &Visitor, place: &Place<'_>, work: &Work) -> ActivityHead {
    let current = &work.current;
    let result = find_result(place, work);
    let state = match (current.is_draft(), result) {
        (true, _) => Badge::new(Tone::Busy, "Draft"),
        (false, Some(_)) => Badge::new(Tone::Good, "Released"),
        (false, None) => Badge::new(Tone::Plain, "Submitted"),
    };
    ActivityHead {
        title: place.activity.title.clone(),
        kind: place.activity.kind.title(),
        state,
        attempt: (current.number > 1).then(|| format!("Attempt {}", current.number)),
        due: dates(current).deadline().map(|due| visitor.moment(due)),
        is_extended: current.extended_to.is_some(),
        reopened: work.reopened.clone(),
    }
}

/// The dates of an attempt.
pub(super) fn dates(attempt: &AttemptView) -> AttemptDates {
    AttemptDates {
        due: attempt.due,
        extended_to: attempt.extended_to,
        submitted: attempt.submitted_at,
    }
}

/// "3 hours late", where it was or is late.
pub(super) fn late_words(web: &WebState, attempt: &AttemptView) -> Option<String> {
    let timeliness = dates(attempt).timeliness(web.bridge.now());
    matches!(timeliness, Timeliness::Late(_) | Timeliness::Overdue(_))
        .then(|| timeliness.to_string())
}

fn first_open_stage(draft: &ScenarioDraft) -> Stage {
    if draft.is_empty() {
        return Stage::Context;
    }
    Stage::ALL
        .into_iter()
        .find(|stage| !draft.has_stage(*stage))
        .unwrap_or(Stage::Context)
}

fn step_of(draft: &ScenarioDraft, stage: Stage, current: Stage) -> Step {
    let begun = Field::of_stage(stage).any(|field| !draft.text(field).trim().is_empty());
    Step {
        id: stage.as_str(),
        title: stage.title(),
        progress: match (draft.has_stage(stage), begun) {
            (true, _) => Progress::Done,
            (false, true) => Progress::Part,
            (false, false) => Progress::Empty,
        },
        is_current: stage == current,
    }
}

fn scenario_page(
    web: &WebState,
    visitor: &Visitor,
    place: &Place<'_>,
    work: &Work,
    stage: Stage,
    refused: Option<(&PostedForm, Vec<FormError>)>,
    done: &Done,
) -> ScenarioPage {
    let (draft, current) = (&work.draft, &work.current);
    let key = place.key();
    let action = attempt_path(visitor, &key, current);
    let (typed, errors) = match refused {
        Some((typed, errors)) => (Some(typed), errors),
        None => (None, Vec::new()),
    };
    let mut shell = visitor.shell_after(&place.activity.title, "home", done);
    shell.has_errors = !errors.is_empty();
    let fields = Field::of_stage(stage)
        .map(|field| {
            let id = field_id(field);
            FieldView {
                name: field.as_str(),
                title: field.title(),
                help: field.help(),
                is_required: field.is_required(),
                size: match field.max_chars() {
                    0..=1_000 => "short",
                    1_001..=10_000 => "middle",
                    _ => "tall",
                },
                text: typed
                    .and_then(|typed| typed.find(&format!("text.{field}")))
                    .unwrap_or_else(|| draft.text(field))
                    .to_owned(),
                error: find_error(&errors, &id),
                id,
            }
        })
        .collect();
    ScenarioPage {
        shell,
        crumbs: crumbs(visitor, place),
        head: head(visitor, place, work),
        errors,
        instructions: render_markdown(&place.activity.instructions),
        earlier: earlier_attempts(web, visitor, place, work),
        is_new: draft.is_empty(),
        steps: Stage::ALL
            .into_iter()
            .map(|each| step_of(draft, each, stage))
            .collect(),
        asides: draft
            .asides()
            .iter()
            .map(|aside| AsideView {
                number: aside.number,
                stage: aside.field.stage().as_str(),
                field: aside.field.title(),
                text: aside.text.clone(),
            })
            .collect(),
        stage: StageView {
            id: stage.as_str(),
            number: stage.number(),
            title: stage.title(),
            prompt: render_markdown(place.activity.scenario_prompt(stage)),
            fields,
        },
        next_step: stage.next().map(|next| step_of(draft, next, stage)),
        attempt: current.id.to_string(),
        revision: draft.revision(),
        writer: window_name(),
        saved: (draft.revision() > 0).then(|| visitor.moment(current.saved_at)),
        words: word_count(current.words),
        versions: (work.versions > 0).then(|| counted(work.versions, "version", "versions")),
        evidence: evidence_lines(web, visitor, &work.evidence, Some(&action)),
        evidence_words: evidence_words(&work.evidence),
        upload: (stage == Stage::Evidence).then(upload_limits),
        action,
    }
}

/// The id of a field's element.
pub(super) fn field_id(field: Field) -> String {
    format!("text-{field}")
}

fn upload_limits() -> UploadView {
    UploadView {
        limits: format!(
            "PDF, Word, PowerPoint, Excel, OpenDocument text, plain text, CSV, pictures, sound or film, up to {} MB each; up to {MAX_ITEMS} files and links in all.",
            MAX_FILE_BYTES / 1_048_576
        ),
        accept: MediaType::accept_attribute(),
        max_bytes: MAX_FILE_BYTES,
    }
}

/// A name for the window that this page opens in, so that its own saves never conflict.
fn window_name() -> String {
    format!("{:016x}", rand::rng().next_u64())
}

fn find_result<'a>(place: &Place<'_>, work: &'a Work) -> Option<&'a Released> {
    find_result_of(place, work, work.current.number).map(|(released, _)| released)
}

/// The newest released decision that took this attempt for the activity's component, and what it
/// says of it.
pub(super) fn find_result_of<'a>(
    place: &Place<'_>,
    work: &'a Work,
    number: i64,
) -> Option<(&'a Released, &'a PartResult)> {
    let component = place.activity.feeds.as_deref()?;
    work.released.iter().find_map(|released| {
        let results = &released.decision.components;
        results
            .iter()
            .find(|result| {
                result.id == component && result.part.attempt.map(i64::from) == Some(number)
            })
            .map(|result| (released, &result.part))
    })
}

/// What assessors said of one attempt, in a released decision.
pub(super) fn feedback(
    place: &Place<'_>,
    released: Option<&Released>,
    number: i64,
) -> Vec<JudgementView> {
    let criteria = place
        .component()
        .and_then(|component| place.programme.criteria_of(component));
    released
        .into_iter()
        .flat_map(|released| &released.feedback)
        .filter(|feedback| {
            Some(feedback.component.as_str()) == place.activity.feeds.as_deref()
                && feedback.number == number
        })
        .map(|feedback| JudgementView {
            role: feedback.role.title().to_owned(),
            name: None,
            at: None,
            mark: None,
            verdict: None,
            criteria: criterion_lines(criteria, &feedback.criteria),
            comment: feedback.comment.clone(),
        })
        .collect()
}

fn submitted_page(
    web: &WebState,
    visitor: &Visitor,
    place: &Place<'_>,
    work: &Work,
    done: &Done,
) -> SubmittedPage {
    let current = &work.current;
    let released = find_result(place, work);
    SubmittedPage {
        shell: visitor.shell_after(&place.activity.title, "home", done),
        crumbs: crumbs(visitor, place),
        head: head(visitor, place, work),
        result: released.map(|released| result_view(visitor, place, released)),
        judgements: feedback(place, released, current.number),
        earlier: earlier_attempts(web, visitor, place, work),
        work: work.frozen.as_ref().map(frozen_work).unwrap_or_default(),
        evidence: work
            .frozen
            .as_ref()
            .map(|frozen| evidence_lines(web, visitor, &frozen.evidence, None))
            .unwrap_or_default(),
        submitted: visitor.moment(current.submitted_at.unwrap_or(current.saved_at)),
        words: word_count(current.words),
        digest: current.digest.clone().unwrap_or_default(),
        other_attempts: work
            .attempts
            .iter()
            .map(|attempt| AttemptLine {
                label: attempt_label(visitor, attempt),
                is_current: attempt.id == current.id,
            })
            .collect(),
    }
}

fn result_view(visitor: &Visitor, place: &Place<'_>, released: &Released) -> ResultView {
    let decision = &released.decision;
    let part = decision
        .components
        .iter()
        .find(|result| Some(result.id.as_str()) == place.activity.feeds.as_deref())
        .map(|result| &result.part);
    ResultView {
        mark: part
            .and_then(|part| part.mark)
            .map(|mark| mark.short().to_string()),
        state: part.map_or_else(
            || Badge::new(Tone::Plain, "Released"),
            |part| part_badge(part.outcome),
        ),
        module: place.module.title.clone(),
        module_mark: decision.mark.map(|mark| mark.short().to_string()),
        module_state: outcome_badge(decision.outcome),
        reason: decision.reason.clone(),
        released: visitor.moment(released.at),
        next_steps: decision
            .next_steps
            .iter()
            .map(|step| step.text.clone())
            .collect(),
        chain: decision_chain(place.module, decision),
    }
}

fn not_built(web: &WebState, visitor: &Visitor, key: &ActivityKey) -> Result<Response, Problem> {
    let place = load_place(web, key)?;
    let kind: ActivityKind = place.activity.kind;
    page(&NotBuilt {
        shell: visitor.shell(&place.activity.title, "home"),
        crumbs: crumbs(visitor, &place),
        title: place.activity.title.clone(),
        kind: kind.title(),
        description: kind.description(),
        stages: kind.stages().iter().map(|stage| stage.title).collect(),
        instructions: if place.activity.instructions.is_empty() {
            CleanHtml::default()
        } else {
            render_markdown(&place.activity.instructions)
        },
    })
}
