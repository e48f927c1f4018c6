//! Statements, `SubStatements`, statement references, and rules between properties (Data 2.4).

use serde_json::{Map, Value};

use super::activity::activity;
use super::actor::{actor, agent, authority, group};
use super::attachment::attachments;
use super::checker::{Checker, Property, optional, required};
use super::context::context;
use super::result::result;
use super::values::{iri, language_map, timestamp, uuid};
use crate::{Rule, VOIDED};

/// What a Statement and a `SubStatement` share.
const SHARED: &[Property] = &[
    required("actor", actor),
    required("verb", verb),
    optional("result", result),
    optional("context", context),
    optional("timestamp", timestamp),
    optional("attachments", attachments),
];

const STATEMENT: &[Property] = &[
    optional("id", uuid),
    required("object", object),
    optional("stored", timestamp),
    optional("authority", authority),
    optional("version", version),
];

const SUB_STATEMENT: &[Property] = &[
    required("objectType", sub_statement_type),
    required("object", object_of_sub_statement),
];

const VERB: &[Property] = &[required("id", iri), optional("display", language_map)];

const REFERENCE: &[Property] = &[required("objectType", reference_type), required("id", uuid)];

pub(super) fn statement(checker: &mut Checker, value: &Value) {
    if let Some(map) = checker.object(value, &[STATEMENT, SHARED]) {
        rules_between_properties(checker, map);
    }
}

fn sub_statement(checker: &mut Checker, value: &Value) {
    if let Some(map) = value.as_object() {
        for name in ["id", "stored", "version", "authority"] {
            if map.contains_key(name) {
                checker.at_property(name, |checker| {
                    checker.fail(
                        Rule::SubStatement,
                        "only a Statement may have this property",
                    );
                });
                return;
            }
        }
    }
    if let Some(map) = checker.object(value, &[SUB_STATEMENT, SHARED]) {
        rules_between_properties(checker, map);
    }
}

fn rules_between_properties(checker: &mut Checker, map: &Map<String, Value>) {
    let object_type = map
        .get("object")
        .and_then(|o| o.get("objectType"))
        .and_then(Value::as_str);
    if !matches!(object_type, None | Some("Activity")) {
        for name in ["revision", "platform"] {
            if map
                .get("context")
                .is_some_and(|context| context.get(name).is_some())
            {
                checker.at_property("context", |checker| {
                    checker.at_property(name, |checker| {
                        checker.fail(Rule::ContextObject, "only where the object is an Activity");
                    });
                });
            }
        }
    }
    let verb = map
        .get("verb")
        .and_then(|verb| verb.get("id"))
        .and_then(Value::as_str);
    if verb == Some(VOIDED) && object_type != Some("StatementRef") {
        checker.at_property("object", |checker| {
            checker.fail(Rule::Voiding, "what is voided must be a StatementRef");
        });
    }
}

fn verb(checker: &mut Checker, value: &Value) {
    checker.object(value, &[VERB]);
}

fn object(checker: &mut Checker, value: &Value) {
    match value.get("objectType") {
        Some(Value::String(kind)) if kind == "SubStatement" => sub_statement(checker, value),
        _ => simple_object(checker, value),
    }
}

fn object_of_sub_statement(checker: &mut Checker, value: &Value) {
    match value.get("objectType") {
        Some(Value::String(kind)) if kind == "SubStatement" => {
            checker.fail(Rule::SubStatement, "a SubStatement cannot contain another");
        }
        _ => simple_object(checker, value),
    }
}

fn simple_object(checker: &mut Checker, value: &Value) {
    match value.get("objectType") {
        None => activity(checker, value),
        Some(Value::String(kind)) => match kind.as_str() {
            "Activity" => activity(checker, value),
            "Agent" => agent(checker, value),
            "Group" => group(checker, value),
            "StatementRef" => statement_reference(checker, value),
            _ => checker.at_property("objectType", |checker| {
                checker.fail(Rule::ObjectType, "an unknown type of object");
            }),
        },
        Some(_) => checker.at_property("objectType", |checker| {
            checker.fail(
                Rule::WrongType,
                "a string (the type of the object) is expected",
            );
        }),
    }
}

pub(super) fn statement_reference(checker: &mut Checker, value: &Value) {
    checker.object(value, &[REFERENCE]);
}

fn reference_type(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::ObjectType, "StatementRef", |text| {
        text == "StatementRef"
    });
}

fn sub_statement_type(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::ObjectType, "SubStatement", |text| {
        text == "SubStatement"
    });
}

fn version(checker: &mut Checker, value: &Value) {
    let request = checker.version;
    checker.text(
        value,
        Rule::Version,
        "a version of the request's own line",
        |text| request.accepts_statement_version(text),
    );
}
