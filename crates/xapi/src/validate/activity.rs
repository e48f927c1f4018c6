//! Activities, their definitions and interaction components (Data 2.4.4.1).

use std::collections::HashSet;

use serde_json::Value;

use super::checker::{Checker, Property, optional, required};
use super::values::{extensions, iri, language_map, string};
use crate::Rule;

const ACTIVITY: &[Property] = &[
    optional("objectType", activity_type),
    required("id", iri),
    optional("definition", definition),
];

const DEFINITION: &[Property] = &[
    optional("name", language_map),
    optional("description", language_map),
    optional("type", iri),
    optional("moreInfo", iri),
    optional("extensions", extensions),
    optional("interactionType", interaction_type),
    optional("correctResponsesPattern", responses),
    optional("choices", components),
    optional("scale", components),
    optional("source", components),
    optional("target", components),
    optional("steps", components),
];

const COMPONENT: &[Property] = &[
    required("id", string),
    optional("description", language_map),
];

/// The kinds of interaction, with the lists of components that each may have.
const INTERACTIONS: [(&str, &[&str]); 10] = [
    ("true-false", &[]),
    ("choice", &["choices"]),
    ("fill-in", &[]),
    ("long-fill-in", &[]),
    ("matching", &["source", "target"]),
    ("performance", &["steps"]),
    ("sequencing", &["choices"]),
    ("likert", &["scale"]),
    ("numeric", &[]),
    ("other", &[]),
];

const COMPONENT_LISTS: [&str; 5] = ["choices", "scale", "source", "target", "steps"];

pub(super) fn activity(checker: &mut Checker, value: &Value) {
    checker.object(value, &[ACTIVITY]);
}

fn activity_type(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::ObjectType, "Activity", |text| {
        text == "Activity"
    });
}

fn definition(checker: &mut Checker, value: &Value) {
    let Some(map) = checker.object(value, &[DEFINITION]) else {
        return;
    };
    let kind = map.get("interactionType").and_then(Value::as_str);
    let allowed = INTERACTIONS
        .iter()
        .find(|(name, _)| Some(*name) == kind)
        .map(|row| row.1);
    let interaction_only = COMPONENT_LISTS.iter().chain(&["correctResponsesPattern"]);
    for name in interaction_only.filter(|name| map.contains_key(**name)) {
        let message = match allowed {
            None if kind.is_none() => "interactionType is missing beside it",
            Some(lists) if COMPONENT_LISTS.contains(name) && !lists.contains(name) => {
                "this interactionType has no such list"
            }
            _ => continue,
        };
        checker.at_property(name, |checker| checker.fail(Rule::Interaction, message));
    }
}

fn interaction_type(checker: &mut Checker, value: &Value) {
    checker.text(
        value,
        Rule::Interaction,
        "a known kind of interaction",
        |text| INTERACTIONS.iter().any(|(name, _)| *name == text),
    );
}

fn responses(checker: &mut Checker, value: &Value) {
    checker.array(value, string);
}

fn components(checker: &mut Checker, value: &Value) {
    let items = checker.array(value, |checker, item| {
        checker.object(item, &[COMPONENT]);
    });
    let mut seen = HashSet::new();
    let ids = items
        .into_iter()
        .flatten()
        .filter_map(|item| item.get("id")?.as_str());
    if ids.into_iter().any(|id| !seen.insert(id)) {
        checker.fail(
            Rule::Interaction,
            "the ids of the components must be distinct",
        );
    }
}
