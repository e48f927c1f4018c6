//! `cargo xtask test` and `cargo xtask soak`: everything that the tests need, then the tests.

use std::ffi::OsString;
use std::process::{Command, ExitStatus};

use anyhow::Result;

use crate::browser::Browser;
use crate::foreground::Foreground;
use crate::postgres::Database;
use crate::python::Python;
use crate::workspace::Workspace;

/// The package whose tests start the `mtl-bridge` program.
const WHOLE_SYSTEM: &str = "mtl-tests";

/// How often `soak` kills the bridge on each database.
const SOAK_KILLS: &str = "200";

/// Runs the tests: all of them, or what the further arguments of the test runner leave. The
/// runner's own summary is the last thing that is printed.
pub(crate) fn test(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitStatus> {
    let mut foreground = Foreground::new()?;
    let means = Means::provide(&mut foreground, workspace)?;

    let packages = selected_packages(arguments);
    if packages.is_empty() || packages.iter().any(|name| name == WHOLE_SYSTEM) {
        workspace.build(&mut foreground)?;
    }
    let nextest = workspace.has_subcommand("nextest");
    if nextest && arguments.is_empty() {
        // nextest leaves the examples in the documentation out; they go first, for the summary.
        let mut command = workspace.cargo(&["test", "--workspace", "--doc", "--quiet"]);
        means.tell(&mut command, workspace);
        foreground.run_ok(command)?;
    }
    let mut command = if nextest {
        workspace.cargo(&["nextest", "run"])
    } else {
        workspace.cargo(&["test", "--no-fail-fast"])
    };
    if packages.is_empty() {
        command.arg("--workspace");
    }
    command.args(arguments);
    means.tell(&mut command, workspace);
    foreground.run(command)
}

/// Kills the bridge under load far more often than the ordinary tests do.
pub(crate) fn soak(workspace: &Workspace) -> Result<ExitStatus> {
    let mut foreground = Foreground::new()?;
    let means = Means::provide(&mut foreground, workspace)?;
    workspace.build(&mut foreground)?;
    let mut command = if workspace.has_subcommand("nextest") {
        let mut command = workspace.cargo(&["nextest", "run", "--workspace", "--profile", "soak"]);
        command.args([
            "--no-capture",
            "-E",
            "package(mtl-tests) and test(/(^|::|_)kill/)",
        ]);
        command
    } else {
        workspace.cargo(&["test", "--workspace", "kill", "--", "--nocapture"])
    };
    command.env("MTL_KILLS", SOAK_KILLS);
    means.tell(&mut command, workspace);
    foreground.run(command)
}

/// What the tests need besides the workspace.
struct Means {
    browser: Browser,
    database: Database,
    python: Python,
}

impl Means {
    fn provide(foreground: &mut Foreground, workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            browser: Browser::provide(foreground)?,
            python: Python::provide(foreground, workspace)?,
            database: Database::provide(foreground)?,
        })
    }

    /// Tells the tests where everything is.
    fn tell(&self, command: &mut Command, workspace: &Workspace) {
        self.browser.tell(command);
        self.python.tell(command);
        command
            .env("MTL_TEST_POSTGRES_URL", self.database.url())
            .env("MTL_TEST_BRIDGE", workspace.program("debug"));
    }
}

/// The packages that `-p` or `--package` name, in any of the ways that cargo takes.
fn selected_packages(arguments: &[OsString]) -> Vec<String> {
    let mut packages = Vec::new();
    let mut words = arguments.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        if word == "-p" || word == "--package" {
            packages.extend(words.next().map(Into::into));
        } else if let Some(name) = word
            .strip_prefix("--package=")
            .or_else(|| word.strip_prefix("-p").filter(|_| !word.starts_with("--")))
        {
            packages.push(name.trim_start_matches('=').to_owned());
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_recognised_as_cargo_takes_them() {
        for (arguments, packages) in [
            ("", &[][..]),
            ("launch", &[]),
            ("-p mtl-lti launch", &["mtl-lti"]),
            ("-pmtl-lti --package=mtl-xapi", &["mtl-lti", "mtl-xapi"]),
            ("--package mtl-lti -E test(x)", &["mtl-lti"]),
            ("--profile soak", &[]),
            ("x -- -p 3", &[]),
        ] {
            let words: Vec<OsString> = arguments.split_whitespace().map(OsString::from).collect();
            assert_eq!(selected_packages(&words), packages, "{arguments}");
        }
    }
}
