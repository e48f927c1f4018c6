//! What must hold between the parts of a catalogue: unique ids, whole weights, one activity for
//! each component, bands without holes.

use std::collections::HashMap;

use super::errors::Problem;
use super::model::{Activity, Component};
use super::table::{Report, Table, quote, suggest};
use crate::activity_key::find_name_fault;
use crate::assessment::Grading;

/// The ids of one kind that were met so far, with their places.
pub(super) struct Ids {
    what: &'static str,
    seen: HashMap<String, usize>,
}

impl Ids {
    pub(super) fn of(what: &'static str) -> Self {
        Self {
            what,
            seen: HashMap::new(),
        }
    }

    /// Reads the `id` of a table, and reports one that is no name or stands twice.
    pub(super) fn read(&mut self, report: &mut Report<'_>, table: &Table<'_>) -> String {
        let id = table.text(report, "id", 4 * crate::activity_key::MAX_NAME_LENGTH);
        if id.is_empty() {
            return id;
        }
        let offset = table.offset_of("id");
        if let Some(fault) = find_name_fault(&id) {
            report.add(
                offset,
                Problem::Name {
                    name: quote(&id),
                    fault,
                },
                format!("Write it like `{}`.", propose_name(&id)),
            );
        } else if let Some(first) = self.seen.insert(id.clone(), offset) {
            let first_line = report.line_of(first);
            report.add(
                offset,
                Problem::DuplicateId {
                    what: self.what,
                    id: id.clone(),
                    first_line,
                },
                "Give one of the two another id. Marks are stored under it, so change the newer one.",
            );
        }
        id
    }
}

/// A valid name that resembles what was written.
fn propose_name(written: &str) -> String {
    let dashed: String = written
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let words: Vec<&str> = dashed.split('-').filter(|word| !word.is_empty()).collect();
    let name = words.join("-");
    let name = if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name
    } else {
        format!("m-{name}")
    };
    let cut: String = name.chars().take(40).collect();
    cut.trim_end_matches('-').to_owned()
}

/// A weight that was read, or `None` after a mistake, with its place.
pub(super) struct ReadWeight {
    pub(super) weight: Option<u32>,
    pub(super) offset: usize,
}

/// Weights must add up to 100. Nothing is said where one of them could not be read.
pub(super) fn check_weights(report: &mut Report<'_>, place: &str, weights: &[ReadWeight]) {
    let Some(values) = weights
        .iter()
        .map(|read| read.weight)
        .collect::<Option<Vec<u32>>>()
    else {
        return;
    };
    let sum: u64 = values.iter().map(|weight| u64::from(*weight)).sum();
    if let Some(last) = weights.last()
        && sum != 100
    {
        let written: Vec<String> = values.iter().map(u32::to_string).collect();
        let mend = if sum < 100 {
            format!(
                "{} are {sum}: add {} somewhere.",
                written.join(" + "),
                100 - sum
            )
        } else {
            format!(
                "{} are {sum}: take {} away somewhere.",
                written.join(" + "),
                sum - 100
            )
        };
        report.add(
            last.offset,
            Problem::Weights {
                place: place.to_owned(),
                sum,
            },
            mend,
        );
    }
}

/// Each component of a module is fed by exactly one of its activities.
pub(super) fn check_feeds(
    report: &mut Report<'_>,
    components: &[(Component, usize)],
    activities: &[(Activity, usize)],
) {
    let known: Vec<&str> = components
        .iter()
        .map(|(component, _)| component.id.as_str())
        .collect();
    let mut fed: HashMap<&str, (&str, usize)> = HashMap::new();
    let mut all_known = true;
    for (activity, offset) in activities {
        let Some(feeds) = activity.feeds.as_deref() else {
            continue;
        };
        if !known.contains(&feeds) {
            all_known = false;
            report.add(
                *offset,
                Problem::Unknown {
                    what: "component in this module",
                    id: quote(feeds),
                },
                suggest("component", feeds, &known),
            );
        } else if let Some((first, first_offset)) = fed.get(feeds) {
            let first_line = report.line_of(*first_offset);
            report.add(
                *offset,
                Problem::FedTwice {
                    component: feeds.to_owned(),
                    first: (*first).to_owned(),
                    first_line,
                },
                "One activity is the judged work of a component. Remove `feeds` from one of the two, or gather both in an assessed submission.",
            );
        } else {
            fed.insert(feeds, (&activity.id, *offset));
        }
    }
    // A misspelt reference is one mistake, and was told already.
    for (component, offset) in components.iter().filter(|_| all_known) {
        if !component.id.is_empty() && !fed.contains_key(component.id.as_str()) {
            report.add(
                *offset,
                Problem::NotFed {
                    component: component.id.clone(),
                },
                format!(
                    "Write `feeds = \"{}\"` in one of the module's activities; without it nobody could ever be marked.",
                    component.id
                ),
            );
        }
    }
}

/// A component that is only passed or failed carries no weight and no minimum.
pub(super) fn check_grading(report: &mut Report<'_>, table: &Table<'_>, grading: Grading) {
    if grading == Grading::Marked {
        return;
    }
    for key in ["weight", "minimum"] {
        if table.find(key).is_some() {
            report.add(
                table.offset_of(key),
                Problem::UnknownKey {
                    key: key.to_owned(),
                    place: format!("{}, which is only passed or failed", table.place),
                },
                format!("Remove `{key}`, or remove `grading = \"pass-fail\"`."),
            );
        }
    }
}
