//! Reading values out of a TOML table with their places: every mistake goes into one report, and
//! reading goes on with a stand-in, so that a person sees all mistakes at once.

use std::str::FromStr as _;

use toml::de::{DeTable, DeValue};

use super::errors::{CatalogueError, CatalogueErrors, Problem};
use crate::mark::Mark;

/// A value of the file with its place.
pub(super) type Value<'t> = toml::Spanned<DeValue<'t>>;

/// The longest value that an error quotes, in characters.
const MAX_QUOTED: usize = 60;

/// Collects mistakes by their place in the file.
pub(super) struct Report<'t> {
    file: &'t str,
    text: &'t str,
    errors: Vec<(usize, Problem, String)>,
}

impl<'t> Report<'t> {
    pub(super) const fn new(file: &'t str, text: &'t str) -> Self {
        Self {
            file,
            text,
            errors: Vec::new(),
        }
    }

    /// Notes a mistake at a byte offset of the file.
    pub(super) fn add(&mut self, offset: usize, problem: Problem, mend: impl Into<String>) {
        self.errors.push((offset, problem, mend.into()));
    }

    pub(super) const fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// The line of a byte offset, from 1.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.place_of(offset).0
    }

    fn place_of(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }

    /// Everything that was noted, in the order of the file.
    pub(super) fn into_errors(mut self) -> CatalogueErrors {
        self.errors.sort_by_key(|(offset, _, _)| *offset);
        let errors = std::mem::take(&mut self.errors);
        CatalogueErrors(
            errors
                .into_iter()
                .map(|(offset, problem, mend)| {
                    let (line, column) = self.place_of(offset);
                    CatalogueError {
                        file: self.file.to_owned(),
                        line,
                        column,
                        problem,
                        mend,
                    }
                })
                .collect(),
        )
    }
}

/// A table of the file, of which it is known what it may hold.
pub(super) struct Table<'t> {
    entries: &'t DeTable<'t>,
    /// Where the table begins.
    pub(super) offset: usize,
    /// What errors call it, for example "the module `m1`".
    pub(super) place: String,
}

impl<'t> Table<'t> {
    /// Opens a table and reports the keys that mean nothing in it.
    pub(super) fn open(
        report: &mut Report<'_>,
        entries: &'t DeTable<'t>,
        offset: usize,
        place: String,
        known: &[&str],
    ) -> Self {
        for key in entries.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let problem = Problem::UnknownKey {
                    key: quote(name),
                    place: place.clone(),
                };
                report.add(key.span().start, problem, suggest("key", name, known));
            }
        }
        Self {
            entries,
            offset,
            place,
        }
    }

    /// The value of a key that may be left out.
    pub(super) fn find(&self, key: &str) -> Option<&'t Value<'t>> {
        self.entries.get(key)
    }

    /// The place of a key's value, or of the table where the key is missing.
    pub(super) fn offset_of(&self, key: &str) -> usize {
        self.find(key)
            .map_or(self.offset, |value| value.span().start)
    }

    fn load(&self, report: &mut Report<'_>, key: &'static str) -> Option<&'t Value<'t>> {
        let found = self.find(key);
        if found.is_none() {
            let problem = Problem::MissingKey {
                key,
                place: self.place.clone(),
            };
            report.add(self.offset, problem, format!("Add `{key} = …` to it."));
        }
        found
    }

    /// A text that must be there and hold something; empty after a mistake.
    pub(super) fn text(&self, report: &mut Report<'_>, key: &'static str, max: usize) -> String {
        self.load(report, key)
            .and_then(|value| read_text(report, key, value, max))
            .unwrap_or_default()
    }

    /// A list of texts that may be left out.
    pub(super) fn texts(
        &self,
        report: &mut Report<'_>,
        key: &'static str,
        max: usize,
    ) -> Vec<String> {
        let Some(value) = self.find(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            wrong_type(report, key, "a list of texts", value);
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| read_text(report, key, item, max))
            .collect()
    }

    /// A whole number in a range that must be there.
    pub(super) fn number(
        &self,
        report: &mut Report<'_>,
        key: &'static str,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let value = self.load(report, key)?;
        read_number(report, key, value, range)
    }

    /// A whole number in a range that may be left out.
    pub(super) fn number_if_any(
        &self,
        report: &mut Report<'_>,
        key: &'static str,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        read_number(report, key, self.find(key)?, range)
    }

    /// Yes or no; `false` where it is left out.
    pub(super) fn flag(&self, report: &mut Report<'_>, key: &'static str) -> bool {
        let Some(value) = self.find(key) else {
            return false;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            wrong_type(report, key, "true or false", value);
            false
        })
    }

    /// A mark that must be there.
    pub(super) fn mark(&self, report: &mut Report<'_>, key: &'static str) -> Option<Mark> {
        let value = self.load(report, key)?;
        read_mark(report, key, value)
    }

    /// A mark that may be left out.
    pub(super) fn mark_if_any(&self, report: &mut Report<'_>, key: &'static str) -> Option<Mark> {
        read_mark(report, key, self.find(key)?)
    }

    /// The tables of a list that must have at least one.
    pub(super) fn tables(
        &self,
        report: &mut Report<'_>,
        key: &'static str,
        header: &str,
    ) -> Vec<(&'t DeTable<'t>, usize)> {
        let found = self.tables_if_any(report, key);
        if found.is_empty()
            && self
                .find(key)
                .is_none_or(|value| value.get_ref().is_array())
        {
            let problem = Problem::MissingKey {
                key,
                place: self.place.clone(),
            };
            report.add(
                self.offset_of(key),
                problem,
                format!("Add at least one `[[{header}]]`."),
            );
        }
        found
    }

    /// The tables of a list that may be left out.
    pub(super) fn tables_if_any(
        &self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Vec<(&'t DeTable<'t>, usize)> {
        let Some(value) = self.find(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            wrong_type(report, key, "a list of tables", value);
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| {
                let table = item.get_ref().as_table();
                if table.is_none() {
                    wrong_type(report, key, "a list of tables", item);
                }
                table.map(|table| (table, item.span().start))
            })
            .collect()
    }

    /// A table that may be left out.
    pub(super) fn table_if_any(
        &self,
        report: &mut Report<'_>,
        key: &'static str,
    ) -> Option<(&'t DeTable<'t>, usize)> {
        let value = self.find(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            wrong_type(report, key, "a table", value);
        }
        table.map(|table| (table, value.span().start))
    }
}

/// A text that must hold something, without blanks around it.
pub(super) fn read_text(
    report: &mut Report<'_>,
    key: &str,
    value: &Value<'_>,
    max: usize,
) -> Option<String> {
    let Some(text) = value.get_ref().as_str() else {
        wrong_type(report, key, "a text", value);
        return None;
    };
    let text = text.trim();
    if text.is_empty() {
        let problem = Problem::Empty {
            key: key.to_owned(),
        };
        report.add(
            value.span().start,
            problem,
            "Write a text, or leave the key out if it is optional.",
        );
        return None;
    }
    let chars = text.chars().count();
    if chars > max {
        wrong_value(
            report,
            key,
            value,
            &format!("{chars} characters long"),
            format!("It can have {max} characters."),
        );
        return None;
    }
    Some(text.to_owned())
}

fn read_number(
    report: &mut Report<'_>,
    key: &'static str,
    value: &Value<'_>,
    range: std::ops::RangeInclusive<u32>,
) -> Option<u32> {
    let Some(integer) = value.get_ref().as_integer() else {
        wrong_type(report, key, "a whole number", value);
        return None;
    };
    let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok();
    let within = number.filter(|number| range.contains(number));
    if within.is_none() {
        wrong_value(
            report,
            key,
            value,
            integer.as_str(),
            format!(
                "Use a whole number from {} to {}.",
                range.start(),
                range.end()
            ),
        );
    }
    within
}

fn read_mark(report: &mut Report<'_>, key: &'static str, value: &Value<'_>) -> Option<Mark> {
    let written = match value.get_ref() {
        DeValue::Integer(integer) => integer.as_str(),
        DeValue::Float(float) => float.as_str(),
        _ => {
            wrong_type(report, key, "a mark from 0 to 100", value);
            return None;
        }
    };
    match Mark::from_str(written) {
        Ok(mark) => Some(mark),
        Err(error) => {
            wrong_value(report, key, value, written, error.to_string());
            None
        }
    }
}

pub(super) fn wrong_type(
    report: &mut Report<'_>,
    key: &str,
    expected: &'static str,
    value: &Value<'_>,
) {
    let found = match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    let problem = Problem::WrongType {
        key: quote(key),
        expected,
        found,
    };
    let mend = match (expected, value.get_ref()) {
        ("a text", _) => "Put it in quotation marks.".to_owned(),
        ("a whole number" | "a mark from 0 to 100", DeValue::String(_)) => {
            "Write the number without quotation marks.".to_owned()
        }
        ("true or false", _) => "Write true or false, without quotation marks.".to_owned(),
        ("a list of texts", _) => "Write it in square brackets: [\"…\", \"…\"].".to_owned(),
        ("a list of tables", _) => {
            format!("Begin each one with a line in double brackets that ends in `{key}]]`.")
        }
        _ => format!("Write {expected}."),
    };
    report.add(value.span().start, problem, mend);
}

pub(super) fn wrong_value(
    report: &mut Report<'_>,
    key: &str,
    value: &Value<'_>,
    written: &str,
    mend: impl Into<String>,
) {
    let problem = Problem::WrongValue {
        key: quote(key),
        value: quote(written),
    };
    report.add(value.span().start, problem, mend);
}

/// The mend for a word that is not one of those known: the one that was probably meant, or all.
pub(super) fn suggest(what: &str, written: &str, known: &[&str]) -> String {
    let lower = written.to_lowercase().replace('_', "-");
    let nearest = known
        .iter()
        .map(|word| {
            let near = strsim::jaro_winkler(&lower, &word.replace('_', "-"));
            (near, *word)
        })
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match nearest {
        Some((near, word)) if near >= 0.85 => format!("Did you mean `{word}`?"),
        Some(_) => format!(
            "Known here: {}.",
            known
                .iter()
                .map(|word| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        None => format!("Remove it: no {what} is known here."),
    }
}

/// Files can hold anything, so what is quoted of them is short and on one line.
pub(super) fn quote(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_QUOTED)
        .collect()
}
