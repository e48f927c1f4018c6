//! Reading one activity of a module: its kind, strands, due rule and prompts.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use toml::de::DeTable;

use super::due::{DueRule, MAX_WEEKS};
use super::errors::Problem;
use super::model::Activity;
use super::read::{MARKDOWN, Names, TITLE, place_of};
use super::table::{Report, Table, read_text, suggest, wrong_type, wrong_value};
use crate::activity_kind::ActivityKind;
use crate::strand::Strand;

/// The time of day at which work is due unless the catalogue says otherwise.
const DEFAULT_DUE_TIME: &str = "16:00";

/// The activity, and where it says what it feeds.
pub(super) fn read_activity<'t>(
    report: &mut Report<'_>,
    names: &mut Names<'_>,
    entries: &'t DeTable<'t>,
    offset: usize,
) -> (Activity, usize) {
    let place = place_of("activity", entries);
    let table = Table::open(
        report,
        entries,
        offset,
        place,
        &[
            "id",
            "title",
            "kind",
            "strands",
            "feeds",
            "due",
            "instructions",
            "prompts",
        ],
    );
    let id = names.activities.read(report, &table);
    let kind = read_kind(report, &table);
    let feeds = table
        .find("feeds")
        .and_then(|value| read_text(report, "feeds", value, TITLE));
    let activity = Activity {
        id,
        title: table.text(report, "title", TITLE),
        kind: kind.unwrap_or(ActivityKind::AssessedSubmission),
        strands: read_strands(report, &table),
        feeds,
        due: read_due(report, &table),
        instructions: table.text(report, "instructions", MARKDOWN),
        prompts: kind.map_or_else(BTreeMap::new, |kind| read_prompts(report, &table, kind)),
    };
    (activity, table.offset_of("feeds"))
}

fn read_kind(report: &mut Report<'_>, table: &Table<'_>) -> Option<ActivityKind> {
    let written = table.text(report, "kind", TITLE);
    let value = table.find("kind")?;
    match written.parse() {
        Ok(kind) => Some(kind),
        Err(_) if written.is_empty() => None,
        Err(_) => {
            let known = ActivityKind::ALL.map(ActivityKind::as_str);
            let mend = suggest("kind", &written, &known);
            wrong_value(report, "kind", value, &format!("`{written}`"), mend);
            None
        }
    }
}

fn read_strands(report: &mut Report<'_>, table: &Table<'_>) -> Vec<Strand> {
    let Some(value) = table.find("strands") else {
        report.add(
            table.offset,
            Problem::MissingKey {
                key: "strands",
                place: table.place.clone(),
            },
            "Every activity carries at least one strand: add `strands = [1]`, with numbers from 1 to 4.",
        );
        return Vec::new();
    };
    let Some(items) = value.get_ref().as_array() else {
        wrong_type(report, "strands", "a list of numbers from 1 to 4", value);
        return Vec::new();
    };
    let mut strands = Vec::new();
    for item in items {
        let Some(integer) = item.get_ref().as_integer() else {
            wrong_type(report, "strands", "a list of numbers from 1 to 4", item);
            continue;
        };
        let number = u8::from_str_radix(integer.as_str(), integer.radix()).ok();
        match number.and_then(Strand::find) {
            Some(strand) if strands.contains(&strand) => wrong_value(
                report,
                "strands",
                item,
                &format!("{} twice", strand.number()),
                "Name each strand once.",
            ),
            Some(strand) => strands.push(strand),
            None => report.add(
                item.span().start,
                Problem::Unknown {
                    what: "strand",
                    id: super::table::quote(integer.as_str()),
                },
                list_strands(),
            ),
        }
    }
    if items.is_empty() {
        wrong_value(
            report,
            "strands",
            value,
            "empty",
            "Every activity carries at least one strand, 1 to 4.",
        );
    }
    strands.sort_unstable();
    strands
}

fn list_strands() -> String {
    let strands: Vec<String> = Strand::ALL.iter().map(ToString::to_string).collect();
    format!("The strands are: {}.", strands.join("; "))
}

fn read_due(report: &mut Report<'_>, table: &Table<'_>) -> Option<DueRule> {
    let (entries, offset) = table.table_if_any(report, "due")?;
    let due = Table::open(
        report,
        entries,
        offset,
        format!("the due rule of {}", table.place),
        &["weeks_after_start", "at"],
    );
    let weeks = due.number(report, "weeks_after_start", 0..=MAX_WEEKS);
    let written = match due.find("at") {
        Some(value) => value.get_ref().as_str().or_else(|| {
            wrong_type(report, "at", "a text", value);
            None
        })?,
        None => DEFAULT_DUE_TIME,
    };
    let at = NaiveTime::parse_from_str(written, "%H:%M");
    if at.is_err()
        && let Some(value) = due.find("at")
    {
        wrong_value(
            report,
            "at",
            value,
            &format!("`{written}`"),
            "Write hours and minutes, for example \"16:00\".",
        );
    }
    Some(DueRule {
        weeks_after_start: weeks?,
        at: at.ok()?,
    })
}

/// The prompts by stage. A kind that people can use needs one for each of its stages, since its
/// pages show them; for the others they may still be written.
fn read_prompts(
    report: &mut Report<'_>,
    table: &Table<'_>,
    kind: ActivityKind,
) -> BTreeMap<String, String> {
    let stages: Vec<&str> = kind.stages().iter().map(|stage| stage.id).collect();
    let Some((entries, offset)) = table.table_if_any(report, "prompts") else {
        if kind.is_built() && table.find("prompts").is_none() {
            report.add(
                table.offset,
                Problem::MissingKey {
                    key: "prompts",
                    place: table.place.clone(),
                },
                format!(
                    "Add a table of prompts below the activity, with a text for each stage: {}.",
                    stages.join(", ")
                ),
            );
        }
        return BTreeMap::new();
    };
    let place = format!("the prompts of {}", table.place);
    let prompts = Table::open(report, entries, offset, place, &stages);
    let mut read = BTreeMap::new();
    for stage in kind.stages() {
        if let Some(value) = prompts.find(stage.id) {
            if let Some(text) = read_text(report, stage.id, value, MARKDOWN) {
                read.insert(stage.id.to_owned(), text);
            }
        } else if kind.is_built() {
            report.add(
                offset,
                Problem::MissingKey {
                    key: stage.id,
                    place: prompts.place.clone(),
                },
                format!(
                    "Write a prompt for the stage “{}”: `{} = \"\"\"…\"\"\"`.",
                    stage.title, stage.id
                ),
            );
        }
    }
    read
}
