//! What a participant handed in before their current attempt, with what was said of it.

use mtl_bridge_core::catalogue::Place;
use mtl_bridge_core::work::{AttemptView, Work};

use super::reading::{evidence_lines, frozen_work};
use super::work::{feedback, find_result_of};
use crate::pages::scenario::EarlierView;
use crate::state::WebState;
use crate::visitor::Visitor;
use crate::words::part_badge;

/// The earlier attempts, newest first: that is the one to go on from.
pub(super) fn earlier_attempts(
    web: &WebState,
    visitor: &Visitor,
    place: &Place<'_>,
    work: &Work,
) -> Vec<EarlierView> {
    work.earlier
        .iter()
        .rev()
        .map(|earlier| {
            let number = earlier.attempt.number;
            let result = find_result_of(place, work, number);
            EarlierView {
                label: attempt_label(visitor, &earlier.attempt),
                mark: result
                    .and_then(|(_, part)| part.mark)
                    .map(|mark| mark.short().to_string()),
                state: result.map(|(_, part)| part_badge(part.outcome)),
                judgements: feedback(place, result.map(|(released, _)| released), number),
                work: frozen_work(&earlier.frozen),
                evidence: evidence_lines(web, visitor, &earlier.frozen.evidence, None),
            }
        })
        .collect()
}

/// "Attempt 1, submitted 23 November 2026, 14:05 GMT".
pub(super) fn attempt_label(visitor: &Visitor, attempt: &AttemptView) -> String {
    match attempt.submitted_at {
        Some(at) => format!(
            "Attempt {}, submitted {}",
            attempt.number,
            visitor.moment(at).words()
        ),
        None => format!("Attempt {}", attempt.number),
    }
}
