//! Refusals, and how they are told: a status and a JSON object with a code and a sentence.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mtl_store::StoreError;
use mtl_xapi::{InvalidQuery, InvalidStatement};
use serde_json::json;
use uuid::Uuid;

/// Why a request is refused (Communication 3.2).
#[derive(Debug, thiserror::Error)]
pub enum LrsError {
    /// No `X-Experience-API-Version`.
    #[error("the header X-Experience-API-Version is missing; send 1.0.3 or 2.0.0")]
    NoVersion,
    /// A version that is not spoken.
    #[error("this version of xAPI is not spoken here; send 1.0.3 or 2.0.0")]
    UnknownVersion,
    /// No credentials, or ones that are not known.
    #[error("Basic credentials of this learning record store are needed")]
    Unauthorized,
    /// Credentials without the permission.
    #[error("these credentials do not have the scope {0}")]
    Forbidden(&'static str),
    /// A content type that does not fit.
    #[error("the content type must be application/json")]
    ContentType,
    /// A statement, or a batch, with faults.
    #[error("{0}")]
    Statement(#[from] InvalidStatement),
    /// A query with faults.
    #[error("{0}")]
    Query(#[from] InvalidQuery),
    /// Parameters that cannot be decoded, or that the method does not take.
    #[error("{0}")]
    Parameters(&'static str),
    /// An attachment without data and without `fileUrl`.
    #[error("an attachment needs a fileUrl when its data does not come with the statement")]
    AttachmentData,
    /// A statement whose id is not that of the parameter.
    #[error("the id of the statement is not the parameter statementId")]
    IdDiffers,
    /// Another statement has the id.
    #[error("there is another statement with the id {0}")]
    Conflict(Uuid),
    /// No such statement.
    #[error("there is no such statement")]
    NotFound,
    /// A path that is no resource of xAPI.
    #[error("there is no such resource")]
    NoResource,
    /// A method that the resource does not have.
    #[error("this resource does not have this method")]
    Method,
    /// A body over the limit.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// A body that broke off.
    #[error("the body could not be read")]
    Body,
    /// Something of xAPI that is not there yet.
    #[error("{0} not available in this learning record store yet")]
    NotImplemented(&'static str),
    /// The store failed; the reason is in the log.
    #[error("the learning record store has failed; try again")]
    Store(#[from] StoreError),
}

impl LrsError {
    /// A stable name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoVersion => "version-missing",
            Self::UnknownVersion => "version-unknown",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden(_) => "forbidden",
            Self::ContentType => "content-type",
            Self::Statement(invalid) => invalid.code(),
            Self::Query(invalid) => invalid.code(),
            Self::Parameters(_) => "parameters",
            Self::AttachmentData => "attachment-data",
            Self::IdDiffers => "id-differs",
            Self::Conflict(_) => "conflict",
            Self::NotFound => "not-found",
            Self::NoResource => "no-resource",
            Self::Method => "method",
            Self::TooLarge(_) => "too-large",
            Self::Body => "body",
            Self::NotImplemented(_) => "not-implemented",
            Self::Store(_) => "store",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::NotFound | Self::NoResource => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotImplemented(_) => StatusCode::NOT_IMPLEMENTED,
            Self::Store(StoreError::Busy | StoreError::Closed) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for LrsError {
    fn into_response(self) -> Response {
        if let Self::Store(error) = &self {
            tracing::error!(code = error.code(), %error, "a request to the statement store failed");
        }
        let mut body = json!({ "error": self.code(), "message": self.to_string() });
        if let Self::Statement(invalid) = &self {
            let faults = invalid.errors.iter().map(|fault| {
                json!({
                    "path": fault.path,
                    "code": fault.code(),
                    "message": fault.message,
                    "section": fault.rule.section(),
                })
            });
            body["faults"] = faults.collect();
        }
        let mut response = (self.status(), Json(body)).into_response();
        if matches!(self, Self::Unauthorized) {
            let challenge = HeaderValue::from_static("Basic realm=\"xAPI\", charset=\"UTF-8\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
