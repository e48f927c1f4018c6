//! Documents that cannot go stale unseen: links lead somewhere, and the map names every crate.

use super::tree::{TextFile, Tree, is_fixture};

const MAP: &str = "docs/ARCHITECTURE.md";

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let documents = tree
        .files
        .iter()
        .filter(|file| file.extension() == Some("md") && !is_fixture(&file.path));
    let mut problems: Vec<String> = documents
        .flat_map(|document| dead_links(document, &tree.paths))
        .collect();
    problems.extend(check_map(tree));
    problems
}

fn check_map(tree: &Tree) -> Vec<String> {
    let Some(map) = super::tree::text(&tree.files, MAP) else {
        return vec![format!(
            "{MAP}: is missing; it names every crate and its arrows"
        )];
    };
    let manifests = tree.paths.iter().filter_map(|path| {
        let folder = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
        (!folder.contains('/')).then_some(folder)
    });
    manifests
        .filter(|folder| !map.contains(&format!("`{folder}`")))
        .map(|folder| format!("{MAP}:1: does not name the crate `{folder}`"))
        .collect()
}

/// Links to files of this repository that are not there.
fn dead_links(document: &TextFile, paths: &[String]) -> Vec<String> {
    let folder = document
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let mut fenced = false;
    let mut problems = Vec::new();
    for (number, line) in document.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for target in link_targets(line) {
            if !leads_somewhere(folder, target, paths) {
                let path = &document.path;
                problems.push(format!(
                    "{path}:{number}: link to `{target}`, which is missing"
                ));
            }
        }
    }
    problems
}

/// The targets of `[text](target "title")` in one line, outside code spans.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("](")
        .filter(|(at, _)| line[..*at].matches('`').count().is_multiple_of(2))
        .filter_map(|(at, opening)| {
            let rest = &line[at + opening.len()..];
            let target = &rest[..rest.find(')')?];
            target.split_whitespace().next()
        })
}

fn leads_somewhere(folder: &str, target: &str, paths: &[String]) -> bool {
    let elsewhere = ["http://", "https://", "mailto:", "#"];
    if elsewhere.iter().any(|start| target.starts_with(start)) {
        return true;
    }
    let file = target.split('#').next().unwrap_or(target);
    let Some(path) = resolve(folder, file) else {
        return false;
    };
    let as_folder = format!("{path}/");
    path.is_empty()
        || paths
            .iter()
            .any(|known| *known == path || known.starts_with(&as_folder))
}

/// A relative link as a path from the root; nothing when it leads out of the repository.
fn resolve(folder: &str, link: &str) -> Option<String> {
    let (start, link) = match link.strip_prefix('/') {
        Some(from_root) => ("", from_root),
        None => (folder, link),
    };
    let mut parts: Vec<&str> = start.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(path: &str, text: &str) -> TextFile {
        TextFile {
            path: path.into(),
            text: text.into(),
        }
    }

    #[test]
    fn links_lead_somewhere() {
        let paths = ["README.md", "docs/LTI.md", "crates/lti/src/lib.rs"].map(str::to_owned);
        for (link, fine) in [
            ("LTI.md", true),
            ("LTI.md#roles", true),
            ("../README.md", true),
            ("../crates/lti", true),
            ("../crates/lti/", true),
            ("/README.md", true),
            ("#here", true),
            ("https://example.org/x", true),
            ("README.md", false),
            ("../../README.md", false),
            ("../crates/lt", false),
        ] {
            let text = format!("See [the `paper`]({link} \"title\") and `[no](link)`.\n");
            let found = dead_links(&document("docs/MAP.md", &text), &paths);
            assert_eq!(found.is_empty(), fine, "{link}: {found:?}");
        }
    }

    #[test]
    fn links_in_code_are_no_links() {
        let text = "```\n[a](b)\n```\n[a](b)\n";
        assert_eq!(
            dead_links(&document("README.md", text), &[]),
            ["README.md:4: link to `b`, which is missing"]
        );
    }

    #[test]
    fn the_map_names_every_crate() {
        let tree = Tree {
            paths: ["crates/lti/Cargo.toml", "crates/lrs/Cargo.toml"]
                .map(str::to_owned)
                .into(),
            files: vec![document(MAP, "| `lti` | messages |\n")],
        };
        assert_eq!(
            check(&tree),
            ["docs/ARCHITECTURE.md:1: does not name the crate `lrs`"]
        );
    }
}
