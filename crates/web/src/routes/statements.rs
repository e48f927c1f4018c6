//! The learning records of the embedded store, to look through.

use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use mtl_bridge_core::statement_list::StatementFilter as Filter;
use mtl_xapi::mtl::Verb;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::moments::parse_local_input;
use crate::pages::lead::{StatementFilter, StatementLine, StatementsPage};
use crate::problem::Problem;
use crate::render::page;
use crate::state::WebState;
use crate::visitor::Visitor;

/// What is asked for; everything may be left out.
#[derive(Deserialize, Default)]
pub(super) struct Wanted {
    #[serde(default)]
    person: String,
    #[serde(default)]
    verb: String,
    #[serde(default)]
    activity: String,
    #[serde(default)]
    since: String,
    /// The cursor of a further page.
    from: Option<Uuid>,
}

/// `GET /l/{launch}/statements`.
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let since = filled(&wanted.since).map(|since| parse_local_input(&since, visitor.zone()));
    let error = matches!(since, Some(None))
        .then(|| "“Since” could not be read; write it like 2026-11-23T14:00.".to_owned());
    let filter = Filter {
        actor: filled(&wanted.person),
        verb: filled(&wanted.verb),
        activity: filled(&wanted.activity),
        since: since.flatten(),
        after: wanted.from,
    };
    let found = state
        .bridge
        .list_statements(&visitor.visit, &filter)
        .await?;
    page(&StatementsPage {
        shell: visitor.shell("Learning records", "statements"),
        verbs: Verb::ALL
            .into_iter()
            .map(|verb| {
                (
                    state.bridge.profile().verb(verb),
                    verb.concept().label.to_owned(),
                )
            })
            .collect(),
        error,
        statements: found
            .statements
            .iter()
            .map(|statement| statement_line(&visitor, state.bridge.now(), statement))
            .collect(),
        more: found
            .next
            .map(|cursor| next_page(&visitor, &wanted, cursor)),
        filter: StatementFilter {
            person: wanted.person,
            verb: wanted.verb,
            activity: wanted.activity,
            since: wanted.since,
        },
    })
}

fn next_page(visitor: &Visitor, wanted: &Wanted, cursor: Uuid) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("person", wanted.person.as_str()),
            ("verb", &wanted.verb),
            ("activity", &wanted.activity),
            ("since", &wanted.since),
            ("from", &cursor.to_string()),
        ])
        .finish();
    format!("{}/statements?{query}", visitor.base())
}

fn statement_line(visitor: &Visitor, now: DateTime<Utc>, statement: &Value) -> StatementLine {
    let time = |name: &str| statement[name].as_str()?.parse::<DateTime<Utc>>().ok();
    StatementLine {
        sentence: statement_sentence(statement),
        at: visitor.moment(time("timestamp").or_else(|| time("stored")).unwrap_or(now)),
        json: serde_json::to_string_pretty(statement).unwrap_or_default(),
    }
}

/// "7c9e6679 scored “Scenario 1” (62.5 of 100)": who by the first letters of the pseudonym.
fn statement_sentence(statement: &Value) -> String {
    let who = statement["actor"]["account"]["name"]
        .as_str()
        .unwrap_or("somebody");
    let who: String = who.chars().take(8).collect();
    let verb_iri = statement["verb"]["id"].as_str().unwrap_or_default();
    let verb = in_words(&statement["verb"]["display"])
        .unwrap_or_else(|| verb_iri.rsplit('/').next().unwrap_or("did").to_owned());
    let object = in_words(&statement["object"]["definition"]["name"])
        .map(|name| format!("“{name}”"))
        .or_else(|| statement["object"]["id"].as_str().map(ToOwned::to_owned))
        .unwrap_or_else(|| "something".to_owned());
    let score = &statement["result"]["score"];
    let score = match (score["raw"].as_f64(), score["max"].as_f64()) {
        (Some(raw), Some(max)) => format!(" ({raw} of {max})"),
        (Some(raw), None) => format!(" ({raw})"),
        _ => String::new(),
    };
    format!("{who} {verb} {object}{score}")
}

/// The text of a language map: British English if it is there, else any English, else the first.
fn in_words(map: &Value) -> Option<String> {
    let map = map.as_object()?;
    map.get("en-GB")
        .or_else(|| {
            map.iter()
                .find(|(tag, _)| tag.starts_with("en"))
                .map(|(_, text)| text)
        })
        .or_else(|| map.values().next())?
        .as_str()
        .map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_statement_reads_as_a_sentence() {
        let statement = json!({
            "actor": {"account": {"homePage": "https://u.example", "name": "7c9e6679-7425-40de"}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/scored", "display": {"en": "scored"}},
            "object": {"id": "https://u.example/a", "definition": {"name": {"en-GB": "Scenario 1"}}},
            "result": {"score": {"raw": 62.5, "max": 100}},
        });
        assert_eq!(
            statement_sentence(&statement),
            "7c9e6679 scored “Scenario 1” (62.5 of 100)"
        );
        assert_eq!(
            statement_sentence(&json!({"verb": {"id": "http://x.example/verbs/did"}})),
            "somebody did something"
        );
    }
}
