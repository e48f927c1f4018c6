//! Results and scores (Data 2.4.5).

use serde_json::Value;

use super::checker::{Checker, Property, optional};
use super::values::{boolean, duration, extensions, number, string};
use crate::Rule;

const RESULT: &[Property] = &[
    optional("score", score),
    optional("success", boolean),
    optional("completion", boolean),
    optional("response", string),
    optional("duration", duration),
    optional("extensions", extensions),
];

const SCORE: &[Property] = &[
    optional("scaled", scaled),
    optional("raw", number),
    optional("min", number),
    optional("max", number),
];

pub(super) fn result(checker: &mut Checker, value: &Value) {
    checker.object(value, &[RESULT]);
}

fn scaled(checker: &mut Checker, value: &Value) {
    number(checker, value);
    if value
        .as_f64()
        .is_some_and(|scaled| !(-1.0..=1.0).contains(&scaled))
    {
        checker.fail(Rule::Score, "a number from -1 to 1 is expected");
    }
}

fn score(checker: &mut Checker, value: &Value) {
    let Some(map) = checker.object(value, &[SCORE]) else {
        return;
    };
    let part = |name: &str| map.get(name).and_then(Value::as_f64);
    let (raw, min, max) = (part("raw"), part("min"), part("max"));
    if min.zip(max).is_some_and(|(min, max)| min >= max) {
        checker.fail(Rule::Score, "min must be less than max");
    }
    let below = raw.zip(min).is_some_and(|(raw, min)| raw < min);
    let above = raw.zip(max).is_some_and(|(raw, max)| raw > max);
    if below || above {
        checker.at_property("raw", |checker| {
            checker.fail(Rule::Score, "raw must lie between min and max");
        });
    }
}
