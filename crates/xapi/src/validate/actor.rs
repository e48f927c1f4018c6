//! Agents and Groups, and what identifies them (Data 2.4.2).

use serde_json::Value;

use super::checker::{Checker, Property, optional, required};
use super::values::{iri, string};
use crate::actor::{IDENTIFIERS, is_group};
use crate::{Rule, formats};

const ACCOUNT: &[Property] = &[required("homePage", iri), required("name", string)];

const AGENT: &[Property] = &[
    optional("objectType", agent_type),
    optional("name", string),
    optional("mbox", mbox),
    optional("mbox_sha1sum", mbox_sha1sum),
    optional("openid", iri),
    optional("account", account),
];

const GROUP: &[Property] = &[
    optional("objectType", group_type),
    optional("name", string),
    optional("member", members),
    optional("mbox", mbox),
    optional("mbox_sha1sum", mbox_sha1sum),
    optional("openid", iri),
    optional("account", account),
];

/// An Agent or a Group, which its `objectType` decides.
pub(super) fn actor(checker: &mut Checker, value: &Value) {
    if is_group(value) {
        group(checker, value);
    } else {
        agent(checker, value);
    }
}

/// An Agent or an identified Group.
pub(super) fn identified_actor(checker: &mut Checker, value: &Value) {
    actor(checker, value);
    if is_group(value) && identifiers(value) == 0 {
        checker.fail(Rule::Identifier, "an anonymous Group identifies no one");
    }
}

pub(super) fn agent(checker: &mut Checker, value: &Value) {
    let found = checker.object(value, &[AGENT]).is_some();
    if found && identifiers(value) != 1 {
        checker.fail(Rule::Identifier, "exactly one identifier is expected");
    }
}

pub(super) fn group(checker: &mut Checker, value: &Value) {
    let Some(map) = checker.object(value, &[GROUP]) else {
        return;
    };
    if !map.contains_key("objectType") {
        checker.at_property("objectType", |c| {
            c.fail(Rule::MissingProperty, "must be Group");
        });
    }
    match identifiers(value) {
        0 if !map.contains_key("member") => {
            checker.fail(Rule::Group, "an anonymous Group must list its members");
        }
        0 | 1 => {}
        _ => checker.fail(Rule::Identifier, "at most one identifier is expected"),
    }
}

/// An Agent, or the anonymous Group of two that three-legged OAuth gives (Data 2.4.9).
pub(super) fn authority(checker: &mut Checker, value: &Value) {
    actor(checker, value);
    if is_group(value) {
        let members = value
            .get("member")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        if identifiers(value) > 0 || members != 2 {
            checker.fail(
                Rule::Authority,
                "a Group must be anonymous and have two members",
            );
        }
    }
}

fn identifiers(value: &Value) -> usize {
    IDENTIFIERS
        .iter()
        .filter(|name| value.get(name).is_some())
        .count()
}

fn members(checker: &mut Checker, value: &Value) {
    checker.array(value, |checker, member| {
        if is_group(member) {
            checker.fail(Rule::Group, "a Group cannot be a member of a Group");
        } else {
            agent(checker, member);
        }
    });
}

fn account(checker: &mut Checker, value: &Value) {
    checker.object(value, &[ACCOUNT]);
}

fn agent_type(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::ObjectType, "Agent", |text| text == "Agent");
}

fn group_type(checker: &mut Checker, value: &Value) {
    checker.text(value, Rule::ObjectType, "Group", |text| text == "Group");
}

fn mbox(checker: &mut Checker, value: &Value) {
    checker.text(
        value,
        Rule::Mbox,
        "mailto: and one address",
        formats::is_mailto,
    );
}

fn mbox_sha1sum(checker: &mut Checker, value: &Value) {
    checker.text(
        value,
        Rule::Sha1,
        "40 hexadecimal digits",
        formats::is_sha1_hex,
    );
}
