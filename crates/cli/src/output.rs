//! What commands print: text for people, JSON for scripts.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks on its streams"
)]

use serde::Serialize;

/// Prints a line.
pub(crate) fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

/// Prints what went wrong, with its causes.
pub(crate) fn problem(error: &anyhow::Error) {
    eprintln!("mtl-bridge: {error}");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !error.to_string().contains(&cause) {
            eprintln!("  because: {cause}");
        }
    }
}

/// Prints a value as JSON.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints rows in columns.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) {
    let widths: Vec<usize> = (0..headings.len())
        .map(|at| {
            rows.iter()
                .map(|row| row[at].chars().count())
                .chain([headings[at].chars().count()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let print = |cells: &[&str]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        println!("{}", padded.join("  ").trim_end());
    };
    print(headings);
    for row in rows {
        print(&row.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
