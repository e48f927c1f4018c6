//! Runs one command at a time in the foreground and turns Ctrl-C and SIGTERM into an orderly end,
//! so that what was started beside it (a database) is always put away.

use std::process::{Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

/// How long a command that was told to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(15);

/// The process in the foreground, and the signals that would end it.
///
/// Once this exists the process no longer dies from these signals: each one that arrives is
/// seen by the running command or, between two commands, before the next one starts.
pub(crate) struct Foreground {
    runtime: Runtime,
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

/// What asked the foreground to end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Ctrl-C: a terminal sends it to every process of its group, so the command has it already.
    Interrupt,
    /// SIGTERM or SIGHUP, sent to this process only.
    Terminate,
}

impl Foreground {
    /// Takes over the ending signals of this process.
    pub(crate) fn new() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (interrupt, terminate, hangup) = {
            let _context = runtime.enter();
            (
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
            )
        };
        Ok(Self {
            runtime,
            interrupt,
            terminate,
            hangup,
        })
    }

    /// Runs a command to its end and gives its exit status. Fails when it cannot be started, or
    /// when this process is told to end; the command has ended then, too.
    pub(crate) fn run(&mut self, command: Command) -> Result<ExitStatus> {
        let Self {
            runtime,
            interrupt,
            terminate,
            hangup,
        } = self;
        let name = command.get_program().to_string_lossy().into_owned();
        runtime.block_on(async {
            let mut command = tokio::process::Command::from(command);
            // A signal that came between two commands is still waiting in its stream.
            let early = timeout(Duration::ZERO, ending(interrupt, terminate, hangup)).await;
            if early.is_ok() {
                bail!("interrupted");
            }
            let mut child = command
                .spawn()
                .with_context(|| format!("cannot start `{name}`"))?;
            let ending = tokio::select! {
                status = child.wait() => return Ok(status?),
                ending = ending(interrupt, terminate, hangup) => ending,
            };
            if ending == Ending::Terminate
                && let Some(process) = child.id()
            {
                send_signal("TERM", process);
            }
            if timeout(GRACE, child.wait()).await.is_err() {
                child.kill().await?;
            }
            bail!("interrupted")
        })
    }

    /// Runs a command that has to succeed.
    pub(crate) fn run_ok(&mut self, command: Command) -> Result<()> {
        let shown = show(&command);
        let status = self.run(command)?;
        if !status.success() {
            bail!("`{shown}` failed ({status})");
        }
        Ok(())
    }

    /// Waits until this process is told to end.
    pub(crate) fn wait_for_ending(&mut self) {
        let Self {
            runtime,
            interrupt,
            terminate,
            hangup,
        } = self;
        runtime.block_on(ending(interrupt, terminate, hangup));
    }
}

async fn ending(interrupt: &mut Signal, terminate: &mut Signal, hangup: &mut Signal) -> Ending {
    tokio::select! {
        _ = interrupt.recv() => Ending::Interrupt,
        _ = terminate.recv() => Ending::Terminate,
        _ = hangup.recv() => Ending::Terminate,
    }
}

/// Sends a signal through the shell's built-in `kill`: it is there on every Unix, and needs no
/// unsafe code here. A process that has gone already is no failure.
pub(crate) fn send_signal(name: &str, process: u32) {
    let _gone = Command::new("sh")
        .args(["-c", &format!("kill -{name} {process} 2>/dev/null")])
        .status();
}

/// The command as a person would type it, for messages.
pub(crate) fn show(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_status_of_the_command_is_handed_on() {
        let mut foreground = Foreground::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "exit 3"]);
        assert_eq!(foreground.run(command).unwrap().code(), Some(3));
        let mut command = Command::new("sh");
        command.args(["-c", "exit 3"]);
        let error = foreground.run_ok(command).unwrap_err().to_string();
        assert!(error.starts_with("`sh -c exit 3` failed"), "{error}");
    }

    #[test]
    fn a_command_that_does_not_exist_is_named() {
        let error = Foreground::new()
            .unwrap()
            .run(Command::new("no-such-command"))
            .unwrap_err();
        assert_eq!(error.to_string(), "cannot start `no-such-command`");
    }
}
