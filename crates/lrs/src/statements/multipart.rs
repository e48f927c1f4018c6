//! `multipart/mixed` answers (Communication 1.5.2). Data of attachments is not kept yet, so such
//! an answer has one part, the statements.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

/// JSON as the first and only part. The boundary is random, so that no statement can hold it.
pub(super) fn multipart(json: &str) -> Response {
    let boundary = Uuid::new_v4().simple().to_string();
    let body = format!(
        "--{boundary}\r\nContent-Type: application/json\r\n\r\n{json}\r\n--{boundary}--\r\n"
    );
    let content_type = format!("multipart/mixed; boundary={boundary}");
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}
