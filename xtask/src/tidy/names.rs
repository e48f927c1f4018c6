//! Names of files and folders, and text that belongs to one machine or is a secret.

use super::tree::{TextFile, is_fixture};

/// Words that say nothing about what a file owns.
const EMPTY_WORDS: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "managers",
];

/// Beginnings of paths that exist on one machine only.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/t", "mp/"),
    concat!("C:\\Us", "ers\\"),
];

const PRIVATE_KEY: &str = concat!("PRIVATE ", "KEY-----");

/// What is wrong with a path, if anything.
pub(super) fn check(path: &str) -> Option<String> {
    if is_fixture(path) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if looks_secret(name) {
        return Some(format!(
            "{path}: looks like a secret; secrets are not kept here"
        ));
    }
    let code = path.strip_suffix(".rs").unwrap_or_else(|| {
        // Of other files only the folders are ours to name.
        path.rsplit_once('/').map_or("", |(folders, _)| folders)
    });
    let word = code
        .split(['/', '_', '-'])
        .find(|word| EMPTY_WORDS.contains(&word.to_ascii_lowercase().as_str()))?;
    Some(format!("{path}: `{word}` says nothing; name what it owns"))
}

fn looks_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ends = [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore"];
    ends.iter().any(|end| name.ends_with(end))
        || name == ".env"
        || name.starts_with(".env.")
        || name.starts_with("id_rsa")
        || name.starts_with("id_ed25519")
        || (name.starts_with("credentials.") && name != "credentials.rs")
}

/// What is wrong with a file's text, by line.
pub(super) fn check_contents(file: &TextFile) -> Vec<(usize, String)> {
    if is_fixture(&file.path) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in file.lines() {
        for start in MACHINE_PATHS {
            if line
                .match_indices(start)
                .any(|(at, _)| begins_path(line, at))
            {
                found.push((number, format!("`{start}…` is a path of one machine")));
            }
        }
        if line.contains(PRIVATE_KEY) {
            found.push((number, "a private key; make it when it is needed".into()));
        }
    }
    found
}

/// Whether an absolute path begins here, rather than a part of a longer path or URL.
fn begins_path(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    before.is_none_or(|c| !c.is_alphanumeric() && !"._-~/}>)".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_nothing_are_refused() {
        for (path, fine) in [
            ("crates/lti/src/claims/context.rs", true),
            ("crates/lti/src/utils.rs", false),
            ("crates/lti/src/utils/url.rs", false),
            ("crates/store/src/session_manager.rs", false),
            ("crates/store/src/community.rs", true),
            ("crates/web/assets/common/logo.svg", false),
            ("crates/lti/tests/fixtures/common/misc.json", true),
            ("config/misc.toml", true),
        ] {
            assert_eq!(check(path).is_none(), fine, "{path}");
        }
    }

    #[test]
    fn files_that_look_like_secrets_are_refused() {
        for (path, fine) in [
            ("config/tool.pem", false),
            (".env", false),
            ("tests/.env.local", false),
            ("config/mtl-bridge.toml", true),
            ("crates/store/src/secret.rs", true),
            ("crates/store/src/credentials.rs", true),
            ("config/credentials.json", false),
        ] {
            assert_eq!(check(path).is_none(), fine, "{path}");
        }
    }

    #[test]
    fn paths_of_one_machine_are_refused() {
        for (text, fine) in [
            (concat!("open(\"/ho", "me/kim/x\")"), false),
            (concat!("cd /t", "mp/x"), false),
            (concat!("https://lms.example/ho", "me/kim"), true),
            (concat!("/var/t", "mp/x"), true),
            ("-----BEGIN PUBLIC KEY-----", true),
            (concat!("-----BEGIN PRIVATE ", "KEY-----"), false),
        ] {
            let file = TextFile {
                path: "docs/x.md".into(),
                text: text.into(),
            };
            assert_eq!(check_contents(&file).is_empty(), fine, "{text}");
        }
    }
}
