//! A list of statements, page by page (Communication 2.1.3; Data 2.5).

use axum::response::Response;
use mtl_xapi::StatementQuery;
use serde_json::Value;
use uuid::Uuid;

use super::find::Reading;
use super::render::{answer, rendered};
use crate::LrsError;

/// The parameter with which `more` continues a list. It is ours; the specification has none. It
/// names a place in the order of storing, so it never grows old, and what is stored meanwhile
/// neither shifts nor repeats anything.
const CURSOR: &str = "cursor";

/// Takes the cursor out of the parameters.
pub(super) fn take_cursor(
    parameters: &mut Vec<(String, String)>,
) -> Result<Option<Uuid>, LrsError> {
    let Some(at) = parameters.iter().position(|(name, _)| name == CURSOR) else {
        return Ok(None);
    };
    let (_, value) = parameters.remove(at);
    let cursor = value.parse();
    cursor
        .map(Some)
        .map_err(|_| LrsError::Parameters("the cursor is none that was given out"))
}

/// From what the IRL of the next page is made: the path as the client sees it, and the parameters
/// without a cursor.
pub(super) struct Continued<'r> {
    pub(super) path: &'r str,
    pub(super) parameters: &'r [(String, String)],
}

impl Continued<'_> {
    fn at(&self, cursor: Uuid) -> Result<String, LrsError> {
        let cursor = (CURSOR, &cursor.to_string());
        let own = self
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        let query = serde_urlencoded::to_string(own.chain([cursor]).collect::<Vec<_>>())
            .map_err(|_| LrsError::Parameters("the parameters cannot be repeated"))?;
        Ok(format!("{}?{query}", self.path))
    }
}

impl Reading {
    pub(super) async fn list(
        &self,
        query: StatementQuery,
        cursor: Option<Uuid>,
        continued: &Continued<'_>,
    ) -> Result<Response, LrsError> {
        let most = self.state.settings.page_statements;
        let limit = if query.limit == 0 {
            most
        } else {
            query.limit.min(most)
        };
        let (format, attachments) = (query.format, query.attachments);
        let institution = self.caller.institution;
        let page = self
            .state
            .store
            .query_statements(institution, query, cursor, limit)
            .await?;

        let mut statements = Vec::with_capacity(page.statements.len());
        for stored in page.statements {
            if self.may_see(&stored)? {
                statements.push(rendered(stored, format, &self.headers)?);
            }
        }
        let more = page
            .more
            .map(|cursor| continued.at(cursor))
            .transpose()?
            .unwrap_or_default();
        let json = format!(
            "{{\"statements\":[{}],\"more\":{}}}",
            statements.join(","),
            Value::from(more)
        );
        Ok(answer(json, attachments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_repeats_the_parameters() {
        let mut parameters = vec![
            (
                "agent".to_owned(),
                r#"{"mbox":"mailto:a+b@x.org"}"#.to_owned(),
            ),
            ("cursor".to_owned(), Uuid::nil().to_string()),
            ("limit".to_owned(), "2".to_owned()),
        ];
        assert_eq!(take_cursor(&mut parameters).unwrap(), Some(Uuid::nil()));
        let continued = Continued {
            path: "/xapi/statements",
            parameters: &parameters,
        };
        assert_eq!(
            continued.at(Uuid::from_u128(1)).unwrap(),
            "/xapi/statements?agent=%7B%22mbox%22%3A%22mailto%3Aa%2Bb%40x.org%22%7D&limit=2\
             &cursor=00000000-0000-0000-0000-000000000001"
        );
        let mut wrong = vec![("cursor".to_owned(), "x".to_owned())];
        assert!(take_cursor(&mut wrong).is_err());
    }
}
