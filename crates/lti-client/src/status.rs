//! What a status means for the caller.

use reqwest::StatusCode;

use crate::ServiceError;
use crate::http::Refused;

/// The error that an answer without success is, where a token was shown.
pub(crate) fn judge(refused: Refused) -> ServiceError {
    let reason = refused.reason;
    match refused.status {
        StatusCode::UNAUTHORIZED => ServiceError::Unauthorised { reason },
        StatusCode::CONFLICT => ServiceError::Conflict { reason },
        _ => judge_open(Refused { reason, ..refused }),
    }
}

/// The same for what needs no token.
pub(crate) fn judge_open(refused: Refused) -> ServiceError {
    let Refused {
        status,
        reason,
        throttled,
        retry_after,
        ..
    } = refused;
    match status {
        status if may_pass(status) || throttled => ServiceError::Transient {
            status: Some(status.as_u16()),
            reason,
            retry_after,
        },
        status => ServiceError::Permanent {
            status: status.as_u16(),
            reason,
        },
    }
}

/// Whether the same request may succeed later.
pub(crate) fn may_pass(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
        )
}

/// Older versions of Canvas say so with 403 and these words.
pub(crate) fn is_throttled(status: StatusCode, reason: &str, body: &[u8]) -> bool {
    let says_so = |text: &str| text.to_ascii_lowercase().contains("rate limit exceeded");
    status == StatusCode::FORBIDDEN && (says_so(reason) || says_so(&String::from_utf8_lossy(body)))
}
