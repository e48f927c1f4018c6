//! A Python script in a process of its own, which ends with the test.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::harness::installation::root;

/// A running script.
pub(crate) struct Script(Child);

impl Script {
    /// Starts a script of `tests/independent` and waits until it listens.
    pub(crate) fn start(name: &str, options: &[(&str, &str)]) -> Result<Self> {
        let python = std::env::var_os("MTL_TEST_PYTHON")
            .map(PathBuf::from)
            .context(
                "MTL_TEST_PYTHON names no Python with the packages of \
                 tests/independent/requirements.txt; `cargo xtask test` makes one",
            )?;
        let mut command = Command::new(&python);
        command
            .arg(root().join("tests/independent").join(name))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        for (option, value) in options {
            command.args([option, value]);
        }
        let mut child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", python.display()))?;
        let output = child.stdout.take().context("no output")?;
        let script = Self(child);
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        ensure!(line.trim() == "ready", "{name} did not start: {line:?}");
        Ok(script)
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
