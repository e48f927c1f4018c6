//! Compiling in a process of its own: a component that makes the compiler use all memory or never
//! end stops that process, and nothing else.
//!
//! The program reads the component from its standard input and writes to its standard output the
//! engine's compatibility hash (64 hex digits), then the machine code. A component that does not
//! compile is the exit code 2 with the reason instead. The kernel's limits stop everything else.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use rlimit::Resource;

use crate::compile::{check_bytes, translate};
use crate::engine;
use crate::failure::Incompatibility;
use crate::limits::Limits;

/// The length of a compatibility hash in hex digits.
const COMPAT: usize = 64;
/// Machine code may have so many times the bytes that a component may have.
const CODE_PER_BYTE: usize = 16;
/// The exit code of a component that does not compile.
const DOES_NOT_COMPILE: u8 = 2;

/// The program that compiles.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompilerProgram {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl CompilerProgram {
    /// A program which, with these arguments, does what [`compile_confined`] does.
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
        }
    }

    /// The machine code of a component for the engine of that compatibility.
    pub(crate) fn translate(
        &self,
        limits: &Limits,
        compat: &str,
        component: &[u8],
    ) -> Result<Vec<u8>, Incompatibility> {
        let failed = |error: std::io::Error| {
            Incompatibility::Host(format!("the compiler could not be run: {error}"))
        };
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            // What the bridge knows by its environment is nothing to the compiler.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        // It reads all before it writes, so nobody waits for the other. One that has ended already
        // tells by its status why it did not read.
        if let Some(mut input) = child.stdin.take() {
            let _ = input.write_all(component);
        }
        let mut output = Vec::new();
        if let Some(answer) = child.stdout.take() {
            let most = limits.component_bytes.saturating_mul(CODE_PER_BYTE);
            let mut answer = answer.take(u64::try_from(most).unwrap_or(u64::MAX));
            answer.read_to_end(&mut output).map_err(failed)?;
        }
        let status = child.wait().map_err(failed)?;
        if !status.success() {
            return Err(why_it_ended(status, &output, limits));
        }
        match output.split_at_checked(COMPAT) {
            Some((hash, code)) if hash == compat.as_bytes() => Ok(code.to_owned()),
            _ => Err(Incompatibility::Host(
                "the compiler is of another version than this process".to_owned(),
            )),
        }
    }
}

fn why_it_ended(status: ExitStatus, output: &[u8], limits: &Limits) -> Incompatibility {
    if status.code() == Some(i32::from(DOES_NOT_COMPILE)) {
        return Incompatibility::DoesNotCompile {
            reason: String::from_utf8_lossy(output).into_owned(),
        };
    }
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(TIME_IS_UP) {
        return Incompatibility::CompileTime {
            limit: limits.compile_time,
        };
    }
    Incompatibility::CompileStopped {
        limit: limits.compile_memory_bytes,
        status: status.to_string(),
    }
}

/// `SIGXCPU`, the same number on all Unix systems that Rust's standard library knows.
#[cfg(unix)]
const TIME_IS_UP: i32 = 24;

/// What the compiler's process does: takes its limits, compiles its standard input to its standard
/// output, and ends.
pub fn compile_confined(limits: &Limits) -> ExitCode {
    match compile(limits) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Incompatibility::DoesNotCompile { reason }) => {
            let _ = std::io::stdout().write_all(reason.as_bytes());
            ExitCode::from(DOES_NOT_COMPILE)
        }
        Err(_) => ExitCode::FAILURE,
    }
}

fn compile(limits: &Limits) -> Result<(), Incompatibility> {
    let failed = |error: &dyn std::fmt::Display| Incompatibility::Host(error.to_string());
    confine(limits).map_err(|error| failed(&error))?;
    let mut component = Vec::new();
    let most = u64::try_from(limits.component_bytes).unwrap_or(u64::MAX);
    std::io::stdin()
        .take(most.saturating_add(1))
        .read_to_end(&mut component)
        .map_err(|error| failed(&error))?;
    check_bytes(&component, limits.component_bytes)?;
    let engine = engine::new_engine(limits).map_err(|error| failed(&error))?;
    let code = translate(&engine, &component)?;
    let mut output = std::io::stdout().lock();
    output
        .write_all(engine::compatibility(&engine).as_bytes())
        .and_then(|()| output.write_all(&code))
        .and_then(|()| output.flush())
        .map_err(|error| failed(&error))
}

/// Asks the kernel for less: no files, no core dump, so much memory and so much time.
fn confine(limits: &Limits) -> std::io::Result<()> {
    let seconds = limits.compile_time.as_secs().max(1);
    let memory = u64::try_from(limits.compile_memory_bytes).unwrap_or(u64::MAX);
    for (resource, most) in [
        (Resource::CORE, 0),
        (Resource::FSIZE, 0),
        // What is written to, which leaves out the address space that the engine only reserves.
        (Resource::DATA, memory),
    ] {
        resource.set(most, most)?;
    }
    // At the first the kernel sends SIGXCPU, at the second SIGKILL.
    Resource::CPU.set(seconds, seconds + 1)
}
