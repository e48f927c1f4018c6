//! Child processes that say on their standard output that they are ready, and are killed with the
//! value that holds them.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// How long a process may take to say that it is ready, also on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// Starts a process and reads what it says until `find` has found what it looks for in the lines
/// so far. What it says afterwards is read and passed over, so that it never waits for a reader.
pub(super) async fn start<T>(
    mut command: Command,
    mut find: impl FnMut(&str) -> Option<T>,
) -> Result<(Child, T)> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let name = format!("{}", command.as_std().get_program().display());
    let mut child = command
        .spawn()
        .with_context(|| format!("{name} does not start"))?;
    let output = child.stdout.take().context("no standard output")?;
    let mut lines = BufReader::new(output).lines();
    let reading = async {
        while let Some(line) = lines.next_line().await? {
            if let Some(found) = find(&line) {
                return Ok(found);
            }
        }
        bail!("{name} ended before it was ready")
    };
    let found = tokio::time::timeout(START_LIMIT, reading)
        .await
        .with_context(|| format!("{name} does not get ready"))??;
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((child, found))
}
