//! What `deny.toml` asks of dependencies, held here too, since cargo-deny is not on every machine:
//! licences that the list satisfies, no banned crate, nothing from outside the registry.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use cargo_metadata::{Metadata, Package};

/// The parts of `deny.toml` that are enforced here.
struct Rules {
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
}

pub(super) fn check(metadata: &Metadata, deny_toml: &str) -> Result<Vec<String>> {
    let rules = parse_rules(deny_toml)?;
    let ids: BTreeSet<_> = metadata
        .resolve
        .iter()
        .flat_map(|resolve| &resolve.nodes)
        .map(|node| &node.id)
        .collect();
    Ok(metadata
        .packages
        .iter()
        .filter(|package| ids.contains(&package.id))
        .filter_map(|package| {
            let what = check_package(package, &rules)?;
            Some(format!("{} {}: {what}", package.name, package.version))
        })
        .collect())
}

fn check_package(package: &Package, rules: &Rules) -> Option<String> {
    if rules.banned.contains(package.name.as_str()) {
        return Some("is banned by deny.toml".into());
    }
    let source = package.source.as_ref().map(|source| source.repr.as_str());
    if let Some(source) = source.filter(|source| !source.starts_with("registry+")) {
        return Some(format!("comes from {source}, not from the registry"));
    }
    match package.license.as_deref() {
        None => Some("states no licence".into()),
        Some(licence) if satisfied(licence, &rules.licences) => None,
        Some(licence) => Some(format!("licence `{licence}` is not allowed")),
    }
}

fn parse_rules(deny_toml: &str) -> Result<Rules> {
    let table: toml::Table = deny_toml.parse().context("deny.toml")?;
    let licences = table
        .get("licenses")
        .and_then(|licenses| licenses.get("allow"))
        .and_then(|allow| allow.clone().try_into().ok())
        .context("deny.toml: [licenses] allow is not a list of licences")?;
    let bans = table
        .get("bans")
        .and_then(|bans| bans.get("deny")?.as_array())
        .context("deny.toml: [bans] deny is not a list")?;
    // A ban with `wrappers` is an arrow, and stands in arrows.rs.
    let banned = bans
        .iter()
        .filter(|ban| ban.get("wrappers").is_none())
        .filter_map(|ban| Some(ban.get("crate")?.as_str()?.to_owned()))
        .collect();
    Ok(Rules { licences, banned })
}

/// Whether the allowed licences satisfy an SPDX expression (annex D of SPDX 2.3: `WITH` binds
/// tightest, then `AND`, then `OR`), or the older form of crates with `/` for `OR`.
fn satisfied(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = Words {
        words: spaced.split_whitespace().collect(),
        next: 0,
    };
    let verdict = any_of(&mut words, allowed);
    verdict == Some(true) && words.next == words.words.len()
}

struct Words<'a> {
    words: Vec<&'a str>,
    next: usize,
}

impl<'a> Words<'a> {
    fn take(&mut self) -> Option<&'a str> {
        let word = self.words.get(self.next).copied();
        self.next += 1;
        word
    }

    fn take_if(&mut self, expected: &str) -> bool {
        let found = self.words.get(self.next) == Some(&expected);
        self.next += usize::from(found);
        found
    }
}

fn any_of(words: &mut Words, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut verdict = all_of(words, allowed)?;
    while words.take_if("OR") {
        verdict |= all_of(words, allowed)?;
    }
    Some(verdict)
}

fn all_of(words: &mut Words, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut verdict = one(words, allowed)?;
    while words.take_if("AND") {
        verdict &= one(words, allowed)?;
    }
    Some(verdict)
}

fn one(words: &mut Words, allowed: &BTreeSet<String>) -> Option<bool> {
    if words.take_if("(") {
        let verdict = any_of(words, allowed)?;
        return words.take_if(")").then_some(verdict);
    }
    let licence = words.take()?;
    if words.take_if("WITH") {
        let exception = words.take()?;
        return Some(allowed.contains(&format!("{licence} WITH {exception}")));
    }
    Some(allowed.contains(licence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_satisfied_by_what_is_allowed() {
        let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]
            .map(str::to_owned)
            .into();
        for (expression, verdict) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("GPL-3.0-only/MIT", true),
            ("MIT AND GPL-3.0-only", false),
            ("MIT AND (GPL-3.0-only OR ISC)", true),
            ("GPL-3.0-only OR MIT AND ISC", true),
            ("(GPL-3.0-only OR MIT) AND BSD-3-Clause", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
            ("MIT WITH Other-exception", false),
            ("", false),
            ("MIT OR", false),
            ("(MIT", false),
            ("MIT ISC", false),
        ] {
            assert_eq!(satisfied(expression, &allowed), verdict, "{expression}");
        }
    }

    #[test]
    fn the_rules_are_read_from_deny_toml() {
        let rules = parse_rules(
            r#"
            licenses.allow = ["MIT"]
            bans.deny = [{ crate = "rsa" }, { crate = "sqlx", wrappers = ["mtl-store"] }]
            "#,
        )
        .unwrap();
        assert!(rules.licences.contains("MIT"));
        assert_eq!(rules.banned.into_iter().collect::<Vec<_>>(), ["rsa"]);
        assert!(parse_rules("[bans]\ndeny = []").is_err());
        assert!(parse_rules("[licenses]\nallow = []").is_err());
    }
}
