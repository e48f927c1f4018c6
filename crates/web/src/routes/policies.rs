//! The assessment policies in force.

use axum::extract::State;
use axum::response::Response;

use crate::pages::lead::{PoliciesPage, PolicyCard};
use crate::pages::parts::{Badge, Tone};
use crate::problem::Problem;
use crate::render::page;
use crate::state::WebState;
use crate::visitor::Visitor;

/// `GET /l/{launch}/policies`.
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let bound = state.bridge.list_policies(&visitor.visit).await?;
    let catalogue = state.bridge.catalogue();
    let policies = bound
        .into_iter()
        .map(|policy| {
            let scope = match (&policy.programme, &policy.module) {
                (Some(programme), Some(module)) => catalogue
                    .find_module(programme, module)
                    .map_or_else(|| module.clone(), |(_, module)| module.title.clone()),
                (Some(programme), None) => catalogue
                    .find_programme(programme)
                    .map_or_else(|| programme.clone(), |found| found.title.clone()),
                (None, _) => "Every module".to_owned(),
            };
            PolicyCard {
                state: Badge::new(Tone::Good, "In force"),
                summary: String::new(),
                facts: vec![
                    ("Decides", scope),
                    ("Since", visitor.moment(policy.bound_at).words().to_owned()),
                    ("Contract", policy.contract),
                ],
                settings: read_settings(&policy.settings),
                name: policy.name,
                version: policy.version,
                digest: policy.digest,
            }
        })
        .collect();
    page(&PoliciesPage {
        shell: visitor.shell("Assessment policies", "policies"),
        policies,
    })
}

/// The settings, one line for each, nested ones by their path.
fn read_settings(json: &str) -> Vec<(String, String)> {
    fn flatten(path: &str, value: &serde_json::Value, lines: &mut Vec<(String, String)>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    let name = name.replace(['-', '_'], " ");
                    let path = if path.is_empty() {
                        name
                    } else {
                        format!("{path} › {name}")
                    };
                    flatten(&path, value, lines);
                }
            }
            serde_json::Value::String(text) => lines.push((path.to_owned(), text.clone())),
            other => lines.push((path.to_owned(), other.to_string())),
        }
    }
    let mut lines = Vec::new();
    if let Ok(settings) = serde_json::from_str(json) {
        flatten("", &settings, &mut lines);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_listed_by_their_path() {
        assert_eq!(
            read_settings(r#"{"pass-mark":5000,"late":{"per_day":[5,10]},"name":"x"}"#),
            [
                ("late › per day".to_owned(), "[5,10]".to_owned()),
                ("name".to_owned(), "x".to_owned()),
                ("pass mark".to_owned(), "5000".to_owned()),
            ]
        );
    }
}
