//! Rules for one Rust file: its opening line, its length, what it may not say, and where.

use super::arrows::PURE;
use super::tree::{TextFile, is_fixture};

/// Lines that a file may have without its tests.
const LIMIT: usize = 500;

/// Lines that a file of tests may have.
const TEST_LIMIT: usize = 1000;

/// Marks of unfinished work; clippy finds them too, but not under every `cfg`.
const UNFINISHED: &[&str] = &[
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("FIX", "ME"),
    concat!("#[ign", "ore"),
];

/// How pure code would reach a clock, the environment or randomness.
const IMPURE: &[&str] = &[
    "Utc::now",
    "Local::now",
    "SystemTime",
    "Instant::now",
    "std::env",
    "std::fs",
    "std::net",
    "Uuid::new_v4",
    "Uuid::now_v7",
];

/// How a statement of SQL begins inside a string.
const SQL: &[&str] = &[
    concat!("INS", "ERT INTO "),
    concat!("DEL", "ETE FROM "),
    concat!("CRE", "ATE TABLE "),
    concat!("\"SEL", "ECT "),
    concat!("\"UPD", "ATE "),
    concat!("sql", "x::"),
];

/// What is wrong with a file, by line.
pub(super) fn check(file: &TextFile) -> Vec<(usize, String)> {
    if is_fixture(&file.path) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if !file.text.starts_with("//!") {
        found.push((
            1,
            "open with a `//!` line that says what the file owns".into(),
        ));
    }
    let (counted, limit) = if is_test_file(&file.path) {
        (file.text.lines().count(), TEST_LIMIT)
    } else {
        (lines_without_tests(&file.text), LIMIT)
    };
    if counted > limit {
        found.push((
            counted,
            format!("{counted} lines; split it ({limit} at most)"),
        ));
    }
    let pure = PURE.iter().any(|name| {
        let rest = file.path.strip_prefix("crates/");
        let rest = rest.and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with("/src/"))
    });
    // Whole-system tests look into the databases that the store wrote.
    let with_sql = file.path.starts_with("crates/store/") || file.path.starts_with("tests/");
    for (number, line) in file.lines() {
        let mentions = |words: &'static [&str]| words.iter().filter(|word| line.contains(**word));
        found.extend(mentions(UNFINISHED).map(|word| (number, format!("`{word}` is left over"))));
        if line.trim_start().starts_with("//") {
            continue;
        }
        if pure {
            found.extend(mentions(IMPURE).map(|word| (number, format!("pure code, but `{word}`"))));
        }
        if !with_sql {
            found.extend(mentions(SQL).map(|word| {
                (
                    number,
                    format!("SQL (`{word}`) outside crates/store and tests"),
                )
            }));
        }
    }
    found.extend(attributes_without_reason(&file.text));
    found
}

fn is_test_file(path: &str) -> bool {
    let of_a_crate = path.starts_with("crates/") || path.starts_with("plugins/");
    (of_a_crate && path.contains("/tests/"))
        || path.starts_with("tests/tests/")
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
}

/// Lines outside `#[cfg(test)]` modules. rustfmt puts their first and last lines at the margin.
fn lines_without_tests(text: &str) -> usize {
    let mut counted = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let opens = |next: &&str| next.starts_with("mod ") && next.ends_with('{');
        if line == "#[cfg(test)]" && lines.peek().is_some_and(opens) {
            lines.by_ref().find(|line| *line == "}");
        } else {
            counted += 1;
        }
    }
    counted
}

/// `allow` and `expect` attributes have to say why; most should be `expect`.
fn attributes_without_reason(text: &str) -> Vec<(usize, String)> {
    let openings = ["[allow(", "[expect("];
    let starts = openings
        .iter()
        .flat_map(|opening| text.match_indices(opening));
    starts
        .filter(|(at, _)| text[..*at].ends_with(['#', '!']))
        .filter(|(at, _)| {
            let attribute = &text[*at..];
            let end = attribute.find(")]").unwrap_or(attribute.len());
            !attribute[..end].contains("reason = ")
        })
        .map(|(at, _)| {
            let line = text[..at].lines().count();
            (line, "say why: #[expect(…, reason = \"…\")]".into())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<(usize, String)> {
        check(&TextFile {
            path: path.into(),
            text: text.into(),
        })
    }

    #[test]
    fn a_plain_file_is_fine() {
        let text = "//! Owns nothing.\n\n#[expect(\n    dead_code,\n    reason = \"an example\"\n)]\nfn f() {}\n";
        assert_eq!(problems("crates/lti/src/f.rs", text), []);
    }

    #[test]
    fn a_file_opens_with_what_it_owns() {
        let found = problems("crates/lti/src/f.rs", "use std::fmt;\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, 1);
    }

    #[test]
    fn tests_do_not_count_as_length() {
        let body = "fn f() {}\n".repeat(480);
        let tests = format!(
            "#[cfg(test)]\nmod tests {{\n{}}}\n",
            "    // x\n".repeat(90)
        );
        let text = format!("//! Long.\n{body}{tests}");
        assert_eq!(lines_without_tests(&text), 481);
        assert_eq!(problems("crates/lti/src/f.rs", &text), []);
        let text = format!("{text}{}", "fn g() {}\n".repeat(20));
        let found = problems("crates/lti/src/f.rs", &text);
        assert_eq!(found, [(501, "501 lines; split it (500 at most)".into())]);
        assert_eq!(problems("crates/lti/tests/f.rs", &text), []);
    }

    #[test]
    fn unfinished_work_and_silent_exceptions_are_found() {
        for line in [
            concat!("    to", "do!()"),
            concat!("// FIX", "ME later"),
            concat!("#[ign", "ore = \"slow\"]"),
            concat!("#[al", "low(dead_code)]"),
            concat!("#![al", "low(dead_code)]"),
            concat!("#[exp", "ect(dead_code)]"),
        ] {
            let found = problems("crates/web/src/f.rs", &format!("//! F.\n{line}\n"));
            assert_eq!(found.len(), 1, "{line}: {found:?}");
            assert_eq!(found[0].0, 2, "{line}");
        }
    }

    #[test]
    fn pure_code_knows_no_clock() {
        let text = "//! F.\n// Never Utc::now here.\nlet now = Utc::now();\n";
        let found = problems("crates/lti/src/f.rs", text);
        assert_eq!(found, [(3, "pure code, but `Utc::now`".into())]);
        assert_eq!(problems("crates/lti-client/src/f.rs", text), []);
    }

    #[test]
    fn sql_lives_in_the_store() {
        let text = format!("//! F.\nlet q = {}1\";\n", concat!("\"SEL", "ECT "));
        assert_eq!(problems("crates/web/src/f.rs", &text).len(), 1);
        assert_eq!(problems("crates/store/src/f.rs", &text), []);
    }
}
