//! Contexts (Data 2.4.6; IEEE 9274.1.1, 4.2.2.5).

use serde_json::Value;

use super::activity::activity;
use super::actor::{actor, agent, group};
use super::checker::{Checker, Property, optional, required};
use super::statement::statement_reference;
use super::values::{extensions, iri, language_tag, string, uuid};
use crate::{Rule, Version};

const CONTEXT: &[Property] = &[
    optional("registration", uuid),
    optional("instructor", actor),
    optional("team", group),
    optional("contextActivities", context_activities),
    optional("revision", string),
    optional("platform", string),
    optional("language", language_tag),
    optional("statement", statement_reference),
    optional("extensions", extensions),
];

/// What 2.0 adds.
const CONTEXT_2: &[Property] = &[
    optional("contextAgents", context_agents),
    optional("contextGroups", context_groups),
];

const CONTEXT_ACTIVITIES: &[Property] = &[
    optional("parent", activities),
    optional("grouping", activities),
    optional("category", activities),
    optional("other", activities),
];

const CONTEXT_AGENT: &[Property] = &[
    required("objectType", context_agent_type),
    required("agent", agent),
    optional("relevantTypes", relevant_types),
];

const CONTEXT_GROUP: &[Property] = &[
    required("objectType", context_group_type),
    required("group", group),
    optional("relevantTypes", relevant_types),
];

pub(super) fn context(checker: &mut Checker, value: &Value) {
    match checker.version {
        Version::V1_0_3 => checker.object(value, &[CONTEXT]),
        Version::V2_0_0 => checker.object(value, &[CONTEXT, CONTEXT_2]),
    };
}

fn context_activities(checker: &mut Checker, value: &Value) {
    checker.object(value, &[CONTEXT_ACTIVITIES]);
}

/// One Activity by itself is allowed, for the sake of statements of 0.95.
fn activities(checker: &mut Checker, value: &Value) {
    if value.is_object() {
        activity(checker, value);
    } else {
        checker.array(value, activity);
    }
}

fn context_agents(checker: &mut Checker, value: &Value) {
    checker.array(value, |checker, item| {
        checker.object(item, &[CONTEXT_AGENT]);
    });
}

fn context_groups(checker: &mut Checker, value: &Value) {
    checker.array(value, |checker, item| {
        checker.object(item, &[CONTEXT_GROUP]);
    });
}

fn context_agent_type(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::ObjectType, "contextAgent", |text| {
        text == "contextAgent"
    });
}

fn context_group_type(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::ObjectType, "contextGroup", |text| {
        text == "contextGroup"
    });
}

fn relevant_types(checker: &mut Checker, value: &Value) {
    if checker.array(value, iri).is_some_and(<[Value]>::is_empty) {
        checker.fail(Rule::WrongType, "at least one type is expected");
    }
}
