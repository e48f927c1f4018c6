//! The arrows between the crates, and which of them may use which heavy dependency:
//! the table and the invariants of docs/ARCHITECTURE.md, held against `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};

/// No clock, no environment, no I/O: time, keys and random bytes come in as values.
pub(super) const PURE: &[&str] = &["lti", "xapi", "programme", "policy-sdk"];

/// What each crate may use of ours, by folder name. Crates that are not listed (the command
/// line, the tasks, the whole-system tests) put everything together and may use all.
const ARROWS: &[(&str, &[&str])] = &[
    ("lti", &[]),
    ("xapi", &[]),
    ("programme", &[]),
    ("policy-sdk", &[]),
    ("policy", &["programme", "lti", "xapi"]),
    ("store", &["programme", "lti", "xapi"]),
    ("outbound", &[]),
    ("lti-client", &["lti", "outbound", "xapi", "programme"]),
    ("lrs-client", &["xapi", "outbound", "lti", "programme"]),
    ("lrs", &["xapi", "store", "lti", "programme"]),
    (
        "bridge",
        &[
            "lti",
            "xapi",
            "programme",
            "policy",
            "store",
            "lti-client",
            "lrs-client",
        ],
    ),
    ("web", &["bridge", "lrs", "lti", "xapi", "programme"]),
    ("demo-lms", &["lti"]),
];

/// Crates that may use all of ours.
const TOGETHER: &[&str] = &["cli", "xtask", "tests"];

/// Crates whose tests, too, keep to the arrows; the tests of the others may use any of ours
/// (the service is tested with the demonstration LMS as its platform, over a real store).
const STRICT_IN_TESTS: &[&str] = &["lti", "xapi", "programme", "policy-sdk", "demo-lms"];

/// What pure code never reaches, directly or through anything that it uses.
const NEVER_IN_PURE: &[&str] = &[
    "axum",
    "axum-core",
    "hyper",
    "mio",
    "rand",
    "reqwest",
    "sqlx",
    "sqlx-core",
    "tokio",
    "tower-http",
    "wasmtime",
];

/// Heavy or delicate dependencies, and the only crates that may name them.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("askama", &["web", "demo-lms"]),
    ("axum", &["web", "lrs", "demo-lms", "cli", "tests"]),
    ("clap", &["cli", "xtask"]),
    ("fantoccini", &["tests"]),
    ("figment", &["cli"]),
    ("jsonwebtoken", &["lti", "lti-client", "demo-lms", "tests"]),
    ("metrics-exporter-prometheus", &["web", "cli"]),
    ("object_store", &["bridge", "cli"]),
    (
        "reqwest",
        &[
            "outbound",
            "lti-client",
            "lrs-client",
            "demo-lms",
            "tests",
            "xtask",
        ],
    ),
    ("sqlx", &["store"]),
    ("wasmtime", &["policy"]),
    ("wit-component", &["policy", "xtask", "cli"]),
];

/// One crate of ours, and what it uses directly.
#[derive(Default)]
struct Uses {
    folder: String,
    /// Names of packages used by the crate itself or its build script.
    normal: BTreeSet<String>,
    /// Names of packages used by its tests.
    in_tests: BTreeSet<String>,
    /// Names of every package that `normal` brings in.
    reached: BTreeSet<String>,
}

pub(super) fn check(metadata: &Metadata, root: &Path) -> Vec<String> {
    let folders: BTreeMap<String, String> = metadata
        .workspace_packages()
        .iter()
        .map(|package| (package.name.to_string(), folder_of(package, root)))
        .collect();
    let reach = Reach::new(metadata);
    let members: Vec<Uses> = metadata
        .workspace_packages()
        .iter()
        .map(|package| {
            let of_kind = |test: bool| {
                let wanted = move |kind| (kind == DependencyKind::Development) == test;
                let dependencies = package.dependencies.iter();
                dependencies
                    .filter(|dependency| wanted(dependency.kind))
                    .map(|dependency| dependency.name.clone())
                    .collect()
            };
            Uses {
                folder: folders[package.name.as_str()].clone(),
                normal: of_kind(false),
                in_tests: of_kind(true),
                reached: reach.from(&package.id),
            }
        })
        .collect();
    members
        .iter()
        .flat_map(|member| check_member(member, &folders))
        .collect()
}

/// `crates/lti-client` is `lti-client`; `xtask` and `tests` are themselves.
fn folder_of(package: &Package, root: &Path) -> String {
    let folder = package.manifest_path.parent();
    let relative = folder.and_then(|folder| folder.as_std_path().strip_prefix(root).ok());
    let relative = relative.unwrap_or(Path::new(package.name.as_str()));
    let shown = relative.to_string_lossy();
    shown.strip_prefix("crates/").unwrap_or(&shown).to_owned()
}

fn check_member(member: &Uses, folders: &BTreeMap<String, String>) -> Vec<String> {
    let folder = member.folder.as_str();
    let mut problems = Vec::new();
    let mut report = |what: String| problems.push(format!("{folder}: {what}"));

    let may_use = ARROWS.iter().find(|(name, _)| *name == folder);
    match may_use {
        None if TOGETHER.contains(&folder) => {}
        None => report("has no line in the table of arrows (xtask/src/tidy/arrows.rs)".into()),
        Some((_, allowed)) => {
            let ours = |names: &BTreeSet<String>| -> Vec<String> {
                names
                    .iter()
                    .filter_map(|name| folders.get(name).cloned())
                    .filter(|used| !allowed.contains(&used.as_str()))
                    .collect()
            };
            for used in ours(&member.normal) {
                report(format!("may not use `{used}`"));
            }
            if STRICT_IN_TESTS.contains(&folder) {
                for used in ours(&member.in_tests) {
                    report(format!("may not use `{used}`, not even in its tests"));
                }
            }
        }
    }
    if PURE.contains(&folder) {
        for never in NEVER_IN_PURE {
            if member.reached.contains(*never) {
                report(format!("is pure and may not reach `{never}`"));
            }
        }
    }
    for (name, allowed) in ONLY_IN {
        if member.normal.contains(*name) && !allowed.contains(&folder) {
            let allowed = allowed.join(", ");
            report(format!("may not use `{name}`, which is for {allowed}"));
        }
    }
    problems
}

/// Which package brings in which, tests aside.
struct Reach<'a> {
    names: BTreeMap<&'a PackageId, &'a str>,
    edges: BTreeMap<&'a PackageId, Vec<&'a PackageId>>,
}

impl<'a> Reach<'a> {
    fn new(metadata: &'a Metadata) -> Self {
        let packages = metadata.packages.iter();
        let nodes = metadata
            .resolve
            .iter()
            .flat_map(|resolve| &resolve.nodes)
            .map(|node| {
                let used = node.deps.iter().filter(|dependency| {
                    let mut kinds = dependency.dep_kinds.iter();
                    kinds.any(|kind| kind.kind == DependencyKind::Normal)
                });
                (&node.id, used.map(|dependency| &dependency.pkg).collect())
            });
        Self {
            names: packages
                .map(|package| (&package.id, package.name.as_str()))
                .collect(),
            edges: nodes.collect(),
        }
    }

    fn from(&self, start: &PackageId) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![start];
        while let Some(package) = waiting.pop() {
            for next in self.edges.get(package).into_iter().flatten() {
                if seen.insert(*next) {
                    waiting.push(next);
                }
            }
        }
        seen.into_iter()
            .filter_map(|id| self.names.get(id))
            .map(|name| (*name).to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(folder: &str, normal: &[&str], in_tests: &[&str], reached: &[&str]) -> Vec<String> {
        let folders = ["lti", "store", "bridge", "web", "demo-lms", "cli"]
            .map(|folder| (format!("mtl-{folder}"), folder.to_owned()));
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let member = Uses {
            folder: folder.into(),
            normal: set(normal),
            in_tests: set(in_tests),
            reached: set(reached),
        };
        check_member(&member, &folders.into())
    }

    #[test]
    fn arrows_that_the_table_has_are_fine() {
        for (folder, normal, in_tests) in [
            (
                "web",
                &["mtl-bridge", "mtl-lti", "axum"][..],
                &["mtl-store"][..],
            ),
            ("store", &["mtl-lti", "sqlx"], &[]),
            ("cli", &["mtl-web", "mtl-demo-lms", "mtl-store"], &[]),
            ("demo-lms", &["mtl-lti", "axum", "reqwest"], &["insta"]),
        ] {
            assert_eq!(problems(folder, normal, in_tests, &[]), [""; 0], "{folder}");
        }
    }

    #[test]
    fn arrows_that_the_table_lacks_are_named() {
        assert_eq!(
            problems("web", &["mtl-store", "sqlx"], &[], &[]),
            [
                "web: may not use `store`",
                "web: may not use `sqlx`, which is for store"
            ]
        );
        assert_eq!(
            problems("demo-lms", &[], &["mtl-bridge"], &[]),
            ["demo-lms: may not use `bridge`, not even in its tests"]
        );
        assert_eq!(
            problems("lti", &["reqwest"], &[], &["reqwest", "tokio", "url"]),
            [
                "lti: is pure and may not reach `reqwest`",
                "lti: is pure and may not reach `tokio`",
                "lti: may not use `reqwest`, which is for outbound, lti-client, lrs-client, demo-lms, tests, xtask"
            ]
        );
        assert_eq!(
            problems("novelty", &[], &[], &[]),
            ["novelty: has no line in the table of arrows (xtask/src/tidy/arrows.rs)"]
        );
    }
}
