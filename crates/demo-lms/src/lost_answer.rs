//! The log of scores, and the fault that loses the answer to one that was accepted.

use axum::{http::StatusCode, response::Response};

use crate::{Lms, LostAnswer, ScoreRecord, answer::proxy_page};

/// Logs a score. Where its answer is to be lost, this gives what comes instead, or never ends.
pub(crate) async fn lose(lms: &Lms, mut record: ScoreRecord) -> Option<Response> {
    let lost = {
        let mut live = lms.live();
        let left = live.faults.lost_answers.checked_sub(1);
        let lost = left.filter(|_| record.effect.is_some()).map(|left| {
            live.faults.lost_answers = left;
            live.faults.lost_answer
        });
        record.answered = lost.is_none();
        live.log_score(record);
        lost
    };
    match lost? {
        LostAnswer::GatewayTimeout => Some(proxy_page(StatusCode::GATEWAY_TIMEOUT)),
        LostAnswer::Hang => std::future::pending().await,
        // Ends the connection's task without a word in the log: the socket closes.
        LostAnswer::Cut => std::panic::resume_unwind(Box::new("the connection is cut")),
    }
}
