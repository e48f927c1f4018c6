//! Evidence: files and links added to a draft, taken away, and downloaded.

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest as _, FromRequestParts as _, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::{Bytes, BytesMut};
use mtl_programme::EvidenceId;
use mtl_programme::evidence::MAX_FILE_BYTES;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::draft::AttemptPath;
use super::work::activity_path;
use crate::csp::Csp;
use crate::forms::TOKEN_FIELD;
use crate::origin::is_same_origin;
use crate::problem::Problem;
use crate::render::{go, go_or_tell, wants_json};
use crate::state::WebState;
use crate::visitor::{At, Posted, Visitor};

/// The longest value of a field that is no file, in bytes.
const LONGEST_FIELD: usize = 4_096;

/// `POST …/evidence`, a multipart form whose token comes before the file.
pub(super) async fn add_file(
    State(state): State<WebState>,
    At(path): At<AttemptPath>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    if !is_same_origin(&headers, &state.base) {
        return Err(Problem::CrossSite);
    }
    let (mut parts, body) = request.into_parts();
    // Who asks is settled before a byte of the file is read.
    let visitor = Visitor::from_request_parts(&mut parts, &state).await?;
    let form = Multipart::from_request(Request::from_parts(parts, body), &state)
        .await
        .map_err(|_| Problem::Malformed("the file"))?;
    let upload = read_upload(&visitor, form).await?;
    state
        .bridge
        .add_evidence_file(
            &visitor.visit,
            path.attempt,
            &upload.name,
            &upload.media_type,
            &upload.caption,
            upload.bytes,
        )
        .await?;
    let page = format!(
        "{}?stage=evidence&done=added",
        activity_path(&visitor, &path.key()?)
    );
    Ok(go_or_tell(wants_json(&headers), &page))
}

struct Upload {
    name: String,
    media_type: String,
    caption: String,
    bytes: Bytes,
}

async fn read_upload(visitor: &Visitor, mut form: Multipart) -> Result<Upload, Problem> {
    let broken = |_: MultipartError| Problem::Malformed("the whole file");
    let mut has_token = false;
    let mut caption = String::new();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            TOKEN_FIELD => {
                let token = read_bytes(&mut field, LONGEST_FIELD as u64).await?;
                has_token = token == visitor.form_token.as_bytes();
            }
            "caption" => {
                let typed = read_bytes(&mut field, LONGEST_FIELD as u64).await?;
                caption = String::from_utf8_lossy(&typed).into_owned();
            }
            "file" if has_token => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let media_type = field.content_type().unwrap_or_default().to_owned();
                let bytes = read_bytes(&mut field, MAX_FILE_BYTES).await?;
                return Ok(Upload {
                    name,
                    media_type,
                    caption,
                    bytes,
                });
            }
            "file" => return Err(Problem::StaleUpload),
            _ => {}
        }
    }
    Err(Problem::Malformed("the file"))
}

async fn read_bytes(
    field: &mut axum::extract::multipart::Field<'_>,
    most: u64,
) -> Result<Bytes, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = field
        .chunk()
        .await
        .map_err(|_| Problem::Malformed("the whole file"))?
    {
        if (bytes.len() + chunk.len()) as u64 > most {
            return Err(Problem::FileTooLarge { most });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// `POST …/links`.
pub(super) async fn add_link(
    State(state): State<WebState>,
    At(path): At<AttemptPath>,
    Posted { visitor, form }: Posted,
) -> Result<Response, Problem> {
    state
        .bridge
        .add_evidence_link(
            &visitor.visit,
            path.attempt,
            form.text("url"),
            form.text("title"),
        )
        .await?;
    Ok(go(&format!(
        "{}?stage=evidence&done=added",
        activity_path(&visitor, &path.key()?)
    )))
}

/// The id of a piece of evidence in a path.
#[derive(Deserialize)]
pub(super) struct EvidencePath {
    evidence: EvidenceId,
}

/// `POST …/evidence/{evidence}/remove`.
pub(super) async fn remove(
    State(state): State<WebState>,
    At(path): At<AttemptPath>,
    At(item): At<EvidencePath>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Problem> {
    state
        .bridge
        .remove_evidence(&visitor.visit, path.attempt, item.evidence)
        .await?;
    Ok(go(&format!(
        "{}?stage=evidence&done=removed",
        activity_path(&visitor, &path.key()?)
    )))
}

/// `GET /evidence/{token}`: always as a download, in a sandbox of its own.
pub(super) async fn download(
    State(state): State<WebState>,
    At(token): At<String>,
) -> Result<Response, Problem> {
    let file = state.bridge.open_evidence(&token).await?;
    let mut response = (StatusCode::OK, file.bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::try_from(file.media_type)
            .unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    headers.insert(header::CONTENT_DISPOSITION, attachment(&file.name));
    headers.insert(header::CONTENT_SECURITY_POLICY, Csp::download().render());
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    Ok(response)
}

/// RFC 6266: an ASCII name for old programs, the real one for all others (RFC 8187).
fn attachment(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let exact = utf8_percent_encode(name, NON_ALPHANUMERIC);
    HeaderValue::try_from(format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"
    ))
    .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_break_the_header() {
        assert_eq!(
            attachment("Wer spricht \"laut\"?.pdf"),
            "attachment; filename=\"Wer spricht _laut__.pdf\"; filename*=UTF-8''Wer%20spricht%20%22laut%22%3F%2Epdf"
        );
        assert_eq!(
            attachment("é\r\nSet-Cookie: x.txt"),
            "attachment; filename=\"___Set-Cookie_ x.txt\"; filename*=UTF-8''%C3%A9%0D%0ASet%2DCookie%3A%20x%2Etxt"
        );
    }
}
