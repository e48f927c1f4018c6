//! From the text of a catalogue file to a programme, with every mistake in one report.

use toml::de::DeTable;

use super::check::{Ids, ReadWeight, check_feeds, check_grading, check_weights};
use super::criteria::CriteriaSet;
use super::errors::{CatalogueErrors, Problem};
use super::model::{Component, Element, Module, Phase, Programme};
use super::read_activity::read_activity;
use super::read_criteria::read_criteria_set;
use super::table::{Report, Table, quote, suggest, wrong_value};
use crate::assessment::Grading;

/// The longest title, in characters: gradebooks cut longer ones.
pub(super) const TITLE: usize = 120;
/// The longest sentence, in characters.
pub(super) const SENTENCE: usize = 1_000;
/// The longest Markdown text, in characters.
pub(super) const MARKDOWN: usize = 20_000;

/// Reads a programme from the text of its TOML file. `file_name` is only quoted in errors.
///
/// # Errors
/// Everything that is wrong, with line, column and mend; where the file is no TOML at all, only
/// what is wrong with its syntax.
pub fn parse_programme(file_name: &str, text: &str) -> Result<Programme, CatalogueErrors> {
    let mut report = Report::new(file_name, text);
    let (document, faults) = DeTable::parse_recoverable(text);
    for fault in faults {
        let offset = fault.span().map_or(text.len(), |span| span.start);
        report.add(
            offset,
            Problem::Syntax(quote(fault.message())),
            "Look at this line and the one before it: often a quotation mark or bracket is missing.",
        );
    }
    if !report.is_clean() {
        return Err(report.into_errors());
    }
    let programme = read_programme(&mut report, document.get_ref());
    if report.is_clean() {
        Ok(programme)
    } else {
        Err(report.into_errors())
    }
}

/// What is unique in the whole programme, and what references lead to.
pub(super) struct Names<'a> {
    pub(super) modules: Ids,
    pub(super) activities: Ids,
    pub(super) criteria_sets: &'a [CriteriaSet],
    /// The programme's level, which modules have unless they say otherwise.
    pub(super) level: u32,
}

fn read_programme<'t>(report: &mut Report<'_>, document: &'t DeTable<'t>) -> Programme {
    let file = Table::open(
        report,
        document,
        0,
        "the file".to_owned(),
        &["programme", "criteria_sets", "phases"],
    );
    let head = file.table_if_any(report, "programme");
    if head.is_none() && file.find("programme").is_none() {
        report.add(
            0,
            Problem::MissingKey {
                key: "programme",
                place: file.place.clone(),
            },
            "Begin the file with a table `[programme]`.",
        );
    }
    let empty = DeTable::new();
    let (entries, offset) = head.unwrap_or((&empty, 0));
    let table = Table::open(
        report,
        entries,
        offset,
        "the programme".to_owned(),
        &["id", "title", "award", "level", "credits", "summary"],
    );
    let has_head = head.is_some();
    let mut programme = Programme {
        id: String::new(),
        title: String::new(),
        award: String::new(),
        level: 7,
        credits: 0,
        summary: String::new(),
        phases: Vec::new(),
        criteria_sets: Vec::new(),
    };
    let mut credits = None;
    if has_head {
        programme.id = Ids::of("programme").read(report, &table);
        programme.title = table.text(report, "title", TITLE);
        programme.award = table.text(report, "award", TITLE);
        programme.level = table.number(report, "level", 4..=8).unwrap_or(7);
        credits = table.number(report, "credits", 1..=1_000);
        programme.credits = credits.unwrap_or(0);
        programme.summary = table.text(report, "summary", MARKDOWN);
    }

    let mut set_ids = Ids::of("criteria set");
    for (entries, offset) in file.tables(report, "criteria_sets", "criteria_sets") {
        let set = read_criteria_set(report, &mut set_ids, entries, offset);
        programme.criteria_sets.push(set);
    }

    let mut phase_ids = Ids::of("phase");
    let mut names = Names {
        modules: Ids::of("module"),
        activities: Ids::of("activity"),
        criteria_sets: &programme.criteria_sets,
        level: programme.level,
    };
    let mut module_credits = Vec::new();
    let mut phases = Vec::new();
    for (entries, offset) in file.tables(report, "phases", "phases") {
        let phase = read_phase(
            report,
            &mut phase_ids,
            &mut names,
            &mut module_credits,
            entries,
            offset,
        );
        phases.push(phase);
    }
    check_credits(report, credits, table.offset_of("credits"), &module_credits);
    programme.phases = phases;
    programme
}

/// The modules' credits must make the award's. Nothing is said where one could not be read.
fn check_credits(
    report: &mut Report<'_>,
    award: Option<u32>,
    offset: usize,
    modules: &[Option<u32>],
) {
    let (Some(award), Some(modules)) = (award, modules.iter().copied().collect::<Option<Vec<_>>>())
    else {
        return;
    };
    let sum: u64 = modules.iter().map(|credits| u64::from(*credits)).sum();
    if sum != u64::from(award) && !modules.is_empty() {
        let written: Vec<String> = modules.iter().map(u32::to_string).collect();
        report.add(
            offset,
            Problem::Credits {
                sum,
                credits: award,
            },
            format!(
                "The modules have {}. Correct the award's credits or a module's.",
                written.join(" + ")
            ),
        );
    }
}

fn read_phase<'t>(
    report: &mut Report<'_>,
    ids: &mut Ids,
    names: &mut Names<'_>,
    credits: &mut Vec<Option<u32>>,
    entries: &'t DeTable<'t>,
    offset: usize,
) -> Phase {
    let place = place_of("phase", entries);
    let table = Table::open(
        report,
        entries,
        offset,
        place,
        &["id", "title", "summary", "modules"],
    );
    let mut phase = Phase {
        id: ids.read(report, &table),
        title: table.text(report, "title", TITLE),
        summary: table.text(report, "summary", MARKDOWN),
        modules: Vec::new(),
    };
    for (entries, offset) in table.tables(report, "modules", "phases.modules") {
        let (module, read) = read_module(report, names, entries, offset);
        phase.modules.push(module);
        credits.push(read);
    }
    phase
}

fn read_module<'t>(
    report: &mut Report<'_>,
    names: &mut Names<'_>,
    entries: &'t DeTable<'t>,
    offset: usize,
) -> (Module, Option<u32>) {
    let place = place_of("module", entries);
    let table = Table::open(
        report,
        entries,
        offset,
        place,
        &[
            "id",
            "title",
            "credits",
            "level",
            "summary",
            "outcomes",
            "flags",
            "components",
            "activities",
        ],
    );
    let credits = table.number(report, "credits", 1..=360);
    let mut module = Module {
        id: names.modules.read(report, &table),
        title: table.text(report, "title", TITLE),
        credits: credits.unwrap_or(0),
        level: table
            .number_if_any(report, "level", 4..=8)
            .unwrap_or(names.level),
        summary: table.text(report, "summary", MARKDOWN),
        outcomes: table.texts(report, "outcomes", SENTENCE),
        flags: table.texts(report, "flags", TITLE),
        components: Vec::new(),
        activities: Vec::new(),
    };

    let mut ids = Ids::of("component");
    let mut weights = Vec::new();
    let mut components = Vec::new();
    for (entries, offset) in table.tables(report, "components", "phases.modules.components") {
        let component = read_component(report, &mut ids, &mut weights, names, entries, offset);
        components.push((component, offset));
    }
    check_weights(report, &table.place, &weights);

    let mut activities = Vec::new();
    for (entries, offset) in table.tables(report, "activities", "phases.modules.activities") {
        activities.push(read_activity(report, names, entries, offset));
    }
    check_feeds(report, &components, &activities);
    module.components = components.into_iter().map(|(part, _)| part).collect();
    module.activities = activities.into_iter().map(|(part, _)| part).collect();
    (module, credits)
}

fn read_component<'t>(
    report: &mut Report<'_>,
    ids: &mut Ids,
    weights: &mut Vec<ReadWeight>,
    names: &Names<'_>,
    entries: &'t DeTable<'t>,
    offset: usize,
) -> Component {
    let place = place_of("component", entries);
    let table = Table::open(
        report,
        entries,
        offset,
        place,
        &[
            "id",
            "title",
            "grading",
            "weight",
            "must_pass",
            "minimum",
            "word_limit",
            "criteria",
            "elements",
        ],
    );
    let id = ids.read(report, &table);
    let grading = read_grading(report, &table);
    check_grading(report, &table, grading);
    let mut weight = None;
    if grading == Grading::Marked {
        weight = table.number(report, "weight", 1..=100);
        weights.push(ReadWeight {
            weight,
            offset: table.offset_of("weight"),
        });
    }
    let criteria = table.text(report, "criteria", TITLE);
    let known: Vec<&str> = names
        .criteria_sets
        .iter()
        .map(|set| set.id.as_str())
        .collect();
    if !criteria.is_empty() && !known.contains(&criteria.as_str()) {
        report.add(
            table.offset_of("criteria"),
            Problem::Unknown {
                what: "criteria set",
                id: quote(&criteria),
            },
            suggest("criteria set", &criteria, &known),
        );
    }
    Component {
        id,
        title: table.text(report, "title", TITLE),
        grading,
        weight: weight.unwrap_or(0),
        must_pass: table.flag(report, "must_pass"),
        minimum: match grading {
            Grading::Marked => table.mark_if_any(report, "minimum"),
            Grading::PassFail => None,
        },
        word_limit: table.number_if_any(report, "word_limit", 1..=100_000),
        criteria,
        elements: read_elements(report, &table),
    }
}

fn read_grading(report: &mut Report<'_>, table: &Table<'_>) -> Grading {
    const KNOWN: [&str; 2] = ["marked", "pass-fail"];
    let Some(value) = table.find("grading") else {
        return Grading::Marked;
    };
    match value.get_ref().as_str() {
        Some("marked") => Grading::Marked,
        Some("pass-fail") => Grading::PassFail,
        Some(other) => {
            let mend = suggest("grading", other, &KNOWN);
            wrong_value(report, "grading", value, &format!("`{other}`"), mend);
            Grading::Marked
        }
        None => {
            super::table::wrong_type(report, "grading", "a text", value);
            Grading::Marked
        }
    }
}

fn read_elements(report: &mut Report<'_>, component: &Table<'_>) -> Vec<Element> {
    let mut ids = Ids::of("element");
    let mut weights = Vec::new();
    let mut elements = Vec::new();
    for (entries, offset) in component.tables_if_any(report, "elements") {
        let place = place_of("element", entries);
        let table = Table::open(
            report,
            entries,
            offset,
            place,
            &["id", "title", "weight", "must_pass", "minimum"],
        );
        let weight = table.number(report, "weight", 1..=100);
        weights.push(ReadWeight {
            weight,
            offset: table.offset_of("weight"),
        });
        elements.push(Element {
            id: ids.read(report, &table),
            title: table.text(report, "title", TITLE),
            weight: weight.unwrap_or(0),
            must_pass: table.flag(report, "must_pass"),
            minimum: table.mark_if_any(report, "minimum"),
        });
    }
    check_weights(report, &component.place, &weights);
    elements
}

/// What errors call a table: its kind and its id, if it has one.
pub(super) fn place_of(kind: &str, entries: &DeTable<'_>) -> String {
    entries
        .get("id")
        .and_then(|value| value.get_ref().as_str())
        .map_or_else(
            || format!("this {kind}"),
            |id| format!("the {kind} `{}`", quote(id)),
        )
}
