//! Programs of the operating system that the tests need: found, or installed where that is
//! possible without asking (root on Debian or Ubuntu), or an error with the line to type.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::foreground::Foreground;

/// Finds something with `find`; when it is not there, installs `packages` and looks again.
///
/// `what` names the thing in messages.
pub(crate) fn find_or_install<T>(
    foreground: &mut Foreground,
    what: &str,
    packages: &[&str],
    find: impl Fn() -> Option<T>,
) -> Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let line = format!("apt-get install -y {}", packages.join(" "));
    if !(on_debian() && numeric_id(&["-u"])? == 0) {
        bail!(
            "{what} is needed by the tests and was not found; on Debian or Ubuntu: sudo {line}\n\
             (the tests never skip in silence what they cannot run)"
        );
    }
    eprintln!("xtask: {what} was not found; {line}");
    for arguments in [
        &["update", "--quiet"][..],
        &["install", "-y", "--quiet", "--no-install-recommends"][..],
    ] {
        let mut command = Command::new("apt-get");
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        if arguments[0] == "install" {
            command.args(packages);
        }
        foreground.run_ok(command)?;
    }
    find().with_context(|| format!("{what} was installed, and still cannot be found"))
}

fn on_debian() -> bool {
    Path::new("/etc/debian_version").exists() && find_in_path(&["apt-get"]).is_some()
}

/// The first of these programs that is on the search path.
pub(crate) fn find_in_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}

/// Asks `id` for a number: `["-u"]` is the own user, `["-u", "postgres"]` another's.
pub(crate) fn numeric_id(arguments: &[&str]) -> Result<u32> {
    let output = Command::new("id")
        .args(arguments)
        .output()
        .context("cannot run `id`")?;
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .with_context(|| format!("`id {}` gave no number", arguments.join(" ")))
}
