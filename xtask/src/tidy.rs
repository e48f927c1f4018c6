//! House rules that no compiler checks: who may use whom, what pure code never mentions, where
//! SQL lives, names, lengths, licences, links. `cargo xtask tidy` runs them all.

mod arrows;
mod dependencies;
mod documents;
mod names;
mod rust_source;
mod tree;

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{Metadata, MetadataCommand};

use tree::TextFile;

/// Holds the working folder against every rule, prints what is wrong, and fails if anything is.
pub(crate) fn run(root: &Path) -> Result<()> {
    let problems = find_problems(root)?;
    if problems.is_empty() {
        eprintln!("xtask: tidy");
        return Ok(());
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    bail!("tidy found {} problem(s)", problems.len())
}

/// Every problem as `path:line: what is wrong`, in the order of the paths.
fn find_problems(root: &Path) -> Result<Vec<String>> {
    let tree = tree::read(root)?;
    let metadata = load_metadata(root)?;
    let mut problems = arrows::check(&metadata, root);
    let deny = tree::text(&tree.files, "deny.toml").context("deny.toml is missing")?;
    problems.extend(dependencies::check(&metadata, deny)?);
    problems.extend(tree.paths.iter().filter_map(|path| names::check(path)));
    for file in &tree.files {
        problems.extend(check_file(file));
    }
    problems.extend(documents::check(&tree));
    problems.sort();
    Ok(problems)
}

fn check_file(file: &TextFile) -> Vec<String> {
    let mut found = names::check_contents(file);
    match file.extension() {
        Some("rs") => found.extend(rust_source::check(file)),
        Some("sql") if !file.path.starts_with("crates/store/") => {
            found.push((1, "SQL lives in crates/store".into()));
        }
        _ if file.path == "rust-toolchain.toml" && file.text.contains("targets") => {
            let why = "no targets: rustup would download them before anything is built";
            found.push((1, why.into()));
        }
        _ if file.path.ends_with("Cargo.toml") => found.extend(check_manifest(file)),
        _ => {}
    }
    found
        .into_iter()
        .map(|(line, message)| format!("{}:{line}: {message}", file.path))
        .collect()
}

/// Every member of the workspace takes its lints.
fn check_manifest(file: &TextFile) -> Option<(usize, String)> {
    let ours = file.path != "Cargo.toml" && !file.path.starts_with("plugins/");
    (ours && !file.text.contains("[lints]\nworkspace = true")).then(|| {
        (
            1,
            "take the workspace's lints: [lints] workspace = true".into(),
        )
    })
}

/// What cargo knows, for the platform that is shipped, so that every machine comes to one verdict.
fn load_metadata(root: &Path) -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options(vec![
            "--locked".into(),
            "--filter-platform=x86_64-unknown-linux-gnu".into(),
        ])
        .exec()
        .context("cargo metadata failed")
}
