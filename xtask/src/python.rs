//! A Python with other people's LTI libraries, for the tests that hold us against them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::foreground::Foreground;
use crate::system_packages::{find_in_path, find_or_install};
use crate::workspace::Workspace;

/// What is installed, each file with its hash.
const REQUIREMENTS: &str = "tests/independent/requirements.txt";
/// What the scripts import first.
const IMPORTS: &str = "import flask, lti1p3platform, pylti1p3";

/// A Python that has the packages.
pub(crate) struct Python(PathBuf);

impl Python {
    /// Takes the one that `MTL_TEST_PYTHON` names; else makes an environment in the target folder,
    /// once for each version of the requirements.
    pub(crate) fn provide(foreground: &mut Foreground, workspace: &Workspace) -> Result<Self> {
        if let Some(named) = std::env::var_os("MTL_TEST_PYTHON").map(PathBuf::from) {
            ensure!(
                succeeds(Command::new(&named).args(["-c", IMPORTS])),
                "MTL_TEST_PYTHON is {}, which lacks the packages of {REQUIREMENTS}: {} -m pip \
                 install --require-hashes -r {REQUIREMENTS}",
                named.display(),
                named.display()
            );
            return Ok(Self(named));
        }
        let requirements = workspace.root.join(REQUIREMENTS);
        let wanted = std::fs::read_to_string(&requirements)
            .with_context(|| format!("{} cannot be read", requirements.display()))?;
        let folder = workspace.target.join("test-python");
        let python = folder.join("bin/python");
        let installed = folder.join("installed.txt");
        let ready = std::fs::read_to_string(&installed).is_ok_and(|text| text == wanted)
            && succeeds(Command::new(&python).args(["-c", IMPORTS]));
        if !ready {
            make(foreground, &folder, &requirements)?;
            std::fs::write(&installed, wanted)?;
        }
        Ok(Self(python))
    }

    /// Tells a command where it is: `MTL_TEST_PYTHON`.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env("MTL_TEST_PYTHON", &self.0);
    }
}

fn make(foreground: &mut Foreground, folder: &Path, requirements: &Path) -> Result<()> {
    let system = find_or_install(
        foreground,
        "Python 3 with venv",
        &["python3", "python3-venv"],
        || {
            // The first one of the path may be another than the one that the package belongs to.
            let pythons = find_in_path(&["python3"]).into_iter();
            pythons
                .chain([PathBuf::from("/usr/bin/python3")])
                .find(|python| {
                    succeeds(Command::new(python).args(["-c", "import ensurepip, venv"]))
                })
        },
    )?;
    let mut command = Command::new(system);
    command.args(["-m", "venv", "--clear"]).arg(folder);
    foreground.run_ok(command)?;
    let mut command = Command::new(folder.join("bin/python"));
    command
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .args(["--no-deps", "--require-hashes", "--requirement"])
        .arg(requirements);
    foreground.run_ok(command)
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
