//! Where a mark goes, or why it can go nowhere, and the words beside it.

use mtl_lti::ags::{SCOPE_LINE_ITEM, SCOPE_SCORE};
use mtl_programme::assessment::{ComponentResult, ModuleDecision};
use mtl_programme::catalogue::{Module, Programme};
use mtl_programme::{ActivityKey, ContextId, Mark};
use mtl_store::outbox::ScoreTarget;
use mtl_store::work::{AttemptRow, JudgementRow, Recipient};

use super::record::{DeliveryState, DeliveryView};
use crate::delivery::{Destination, MAXIMUM};
use crate::picking::ACTIVITY_TAG;

/// The tag of a module's own column (`tag` of its line item, AGS 2.0 section 3.1.5).
pub const MODULE_TAG: &str = "mtl-module";

const NO_SCORES: &str =
    "the learning site does not let this tool send marks; its administrator can allow it";

/// The column of the link from which work was begun. One that has none gets one, where the course
/// lets this tool add it.
pub(crate) fn target_of_link(
    attempt: Option<&AttemptRow>,
    title: &str,
    recipients: &[Recipient],
) -> Result<Destination, &'static str> {
    let attempt = attempt.ok_or("the work was not begun from a link in the course")?;
    let link = attempt
        .resource_link
        .ok_or("the work was not begun from a link in the course")?;
    let recipient = recipients
        .iter()
        .find(|recipient| recipient.resource_link == link)
        .ok_or("the link is gone from the course")?;
    let link = Some(recipient.lms_resource_link.clone());
    let target = match (&recipient.line_item_url, &recipient.lineitems_url) {
        (Some(url), _) => ScoreTarget::LineItem {
            url: url.clone(),
            link,
        },
        (None, Some(lineitems_url)) if grants(recipient, SCOPE_LINE_ITEM) => {
            let key = ActivityKey {
                programme: attempt.programme.clone(),
                activity: attempt.activity.clone(),
            };
            ScoreTarget::Column {
                lineitems_url: lineitems_url.clone(),
                resource_id: key.to_string(),
                tag: ACTIVITY_TAG.to_owned(),
                label: title.to_owned(),
                score_maximum: MAXIMUM * 100,
                link,
            }
        }
        _ => {
            return Err(
                "the link has no grade column in the course, and the course does not let this tool \
                 add one; a teacher can let the activity be graded there",
            );
        }
    };
    if !grants(recipient, SCOPE_SCORE) {
        return Err(NO_SCORES);
    }
    Ok(Destination {
        target,
        recipient: recipient.clone(),
    })
}

/// The module's own column in the course.
pub(super) fn target_of_module(
    context: ContextId,
    module: &Module,
    recipients: &[Recipient],
) -> Result<Destination, &'static str> {
    let mut of_course = recipients
        .iter()
        .filter(|recipient| recipient.context == context)
        .filter(|recipient| recipient.lineitems_url.is_some());
    let recipient = of_course
        .find(|recipient| grants(recipient, SCOPE_LINE_ITEM))
        .ok_or(
            "the course does not let this tool add a column for the module; the administrator of \
             the learning site can allow it",
        )?;
    if !grants(recipient, SCOPE_SCORE) {
        return Err(NO_SCORES);
    }
    Ok(Destination {
        target: ScoreTarget::Column {
            lineitems_url: recipient.lineitems_url.clone().unwrap_or_default(),
            resource_id: module.id.clone(),
            tag: MODULE_TAG.to_owned(),
            label: module.title.clone(),
            score_maximum: MAXIMUM * 100,
            link: None,
        },
        recipient: recipient.clone(),
    })
}

fn grants(recipient: &Recipient, scope: &str) -> bool {
    recipient.scopes.iter().any(|granted| granted == scope)
}

/// A module in a course.
pub(super) struct Course<'a> {
    context: ContextId,
    programme: &'a Programme,
    module: &'a Module,
}

impl<'a> Course<'a> {
    /// The module of a programme in a course.
    pub(super) fn new(context: ContextId, programme: &'a Programme, module: &'a Module) -> Self {
        Self {
            context,
            programme,
            module,
        }
    }
}

/// The marks of a released decision for which the gradebook has no place as things are.
pub(super) fn marks_without_column(
    course: &Course<'_>,
    decision: &ModuleDecision,
    attempts: &[AttemptRow],
    recipients: &[Recipient],
) -> Vec<DeliveryView> {
    let nowhere = |title: &str, mark: Mark, reason| DeliveryView {
        column: title.to_owned(),
        given: f64::from(mark.hundredths()) / 100.0,
        maximum: f64::from(MAXIMUM),
        state: DeliveryState::Nowhere { reason },
    };
    let mut marks = Vec::new();
    for result in &decision.components {
        let (Some(mark), Some(number)) = (result.part.mark, result.part.attempt) else {
            continue;
        };
        let attempt = attempts.iter().find(|attempt| {
            attempt.programme == course.programme.id
                && attempt.component.as_deref() == Some(result.id.as_str())
                && attempt.number == i64::from(number)
        });
        let component = course.module.find_component(&result.id);
        let title = component.map_or(result.id.as_str(), |component| &component.title);
        if let Err(reason) = target_of_link(attempt, title, recipients) {
            marks.push(nowhere(title, mark, reason));
        }
    }
    if let (Some(mark), true) = (decision.mark, decision.outcome.is_settled())
        && let Err(reason) = target_of_module(course.context, course.module, recipients)
    {
        marks.push(nowhere(&course.module.title, mark, reason));
    }
    marks
}

/// What the participant reads beside the mark in the gradebook: the assessors' words.
pub(super) fn comment_of_component(
    title: &str,
    component: &ComponentResult,
    attempt: Option<&AttemptRow>,
    judgements: &[JudgementRow],
) -> String {
    let mut comment = title.to_owned();
    if let Some(attempt) = attempt {
        let basis = |judgement: &JudgementRow| {
            let id = judgement.id.to_string();
            component
                .part
                .basis
                .iter()
                .any(|basis| basis.judgement == id)
        };
        let words = judgements
            .iter()
            .filter(|judgement| judgement.attempt == attempt.id && basis(judgement))
            .map(|judgement| judgement.comment.trim())
            .filter(|words| !words.is_empty());
        for words in words {
            comment.push_str(": ");
            comment.push_str(words);
        }
    }
    comment
}
