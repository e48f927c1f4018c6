//! Policies as WebAssembly components: built from `plugins/`, and held against the committed ones.
//!
//! The small Rust policies are committed beside a digest of the sources that they were built from,
//! so that nobody needs a wasm toolchain to run the bridge. Where rustup cannot get the target,
//! Debian's compiler with a standard library built from its sources does as well.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use sha2::{Digest as _, Sha256};
use wit_component::ComponentEncoder;

const TARGET: &str = "wasm32-unknown-unknown";

/// The crates of `plugins/` that are committed as components, by folder.
const GUESTS: &[&str] = &["hostile", "uk-masters"];

/// Debian's compiler, and the place of its libraries for the target.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LIBRARIES: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

/// The folder for components that are built for the tests, beside the committed ones: the tests of
/// `mtl-policy` run the golden cases on what they find there, too.
const BUILT_GUESTS: &str = "MTL_BUILT_GUESTS";

/// Builds every guest and writes it, with its digests, to where it is committed; or, where the
/// environment names a folder in `MTL_BUILT_GUESTS`, into that folder alone.
pub(crate) fn build_guests(workspace_root: &Path) -> Result<()> {
    let built = build(workspace_root)?;
    if let Some(folder) = std::env::var_os(BUILT_GUESTS) {
        fs::create_dir_all(&folder)?;
        for (guest, component) in GUESTS.iter().zip(built) {
            fs::write(Path::new(&folder).join(format!("{guest}.wasm")), component)?;
        }
        return Ok(());
    }
    for (guest, component) in GUESTS.iter().zip(built) {
        fs::write(component_path(workspace_root, guest), &component)?;
        let digests = digests(workspace_root, guest, &component)?;
        fs::write(digests_path(workspace_root, guest), digests)?;
    }
    Ok(())
}

/// Fails where a committed component is not of the present sources, or was changed by hand.
pub(crate) fn check_guests_fresh(workspace_root: &Path) -> Result<()> {
    for guest in GUESTS {
        let path = component_path(workspace_root, guest);
        let component =
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let written = fs::read_to_string(digests_path(workspace_root, guest)).unwrap_or_default();
        ensure!(
            written == digests(workspace_root, guest, &component)?,
            "plugins/{guest}/{guest}.wasm is not of the present sources; run `cargo xtask guests` \
             and commit what it writes"
        );
    }
    Ok(())
}

fn component_path(root: &Path, guest: &str) -> PathBuf {
    root.join("plugins")
        .join(guest)
        .join(format!("{guest}.wasm"))
}

fn digests_path(root: &Path, guest: &str) -> PathBuf {
    component_path(root, guest).with_extension("sha256")
}

/// The digest of the sources and that of the component, a line each.
fn digests(root: &Path, guest: &str, component: &[u8]) -> Result<String> {
    let sources = sources_digest(root, guest)?;
    let component = hex(&Sha256::digest(component));
    Ok(format!("{sources}  sources\n{component}  component\n"))
}

/// SHA-256 over everything a guest is built from: paths in order, lengths and contents.
fn sources_digest(root: &Path, guest: &str) -> Result<String> {
    let mut files = vec![
        PathBuf::from("plugins/Cargo.lock"),
        PathBuf::from("plugins/Cargo.toml"),
    ];
    for folder in [
        Path::new("crates/policy-sdk"),
        &Path::new("plugins").join(guest),
    ] {
        add_sources(root, folder, &mut files)?;
    }
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        let contents = fs::read(root.join(&file))
            .with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.to_string_lossy().replace('\\', "/");
        digest.update(format!("{name}\0{}\0", contents.len()));
        digest.update(contents);
    }
    Ok(hex(&digest.finalize()))
}

/// Adds the files of a folder that can change what is built: not golden cases, not what is built.
fn add_sources(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let listed = fs::read_dir(root.join(folder))
        .with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for entry in listed {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "cases" {
                add_sources(root, &path, files)?;
            }
            continue;
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("rs" | "toml" | "json" | "wit")) {
            files.push(path);
        }
    }
    Ok(())
}

/// Builds and encodes every guest, in the order of [`GUESTS`].
fn build(root: &Path) -> Result<Vec<Vec<u8>>> {
    let toolchain = Toolchain::find_or_install()?;
    let target_dir = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("guests");
    let mut command = toolchain.cargo();
    command
        .args(["build", "--release", "--locked", "--target", TARGET])
        .arg("--manifest-path")
        .arg(root.join("plugins/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target_dir)
        .env(flags_variable("RUSTFLAGS"), rust_flags(root)?);
    for guest in GUESTS {
        command.args(["--package", &format!("mtl-{guest}")]);
    }
    run(command)?;
    let modules = target_dir.join(TARGET).join("release");
    GUESTS
        .iter()
        .map(|guest| {
            let module = format!("mtl_{}.wasm", guest.replace('-', "_"));
            let module = fs::read(modules.join(module))?;
            encode(&module).with_context(|| format!("cannot encode {guest} as a component"))
        })
        .collect()
}

/// A core module with its interface as a component.
fn encode(module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)?
        .encode()
}

/// Flags for guests: no paths of this machine in what is built, and a stack that a policy needs,
/// not the megabyte of a program.
fn rust_flags(root: &Path) -> Result<String> {
    let remapped = [remap(root, "/mtl-bridge")?, remap(&cargo_home(), "/cargo")?];
    Ok(format!(
        "-Clink-arg=-zstack-size=131072 {}",
        remapped.join(" ")
    ))
}

/// The flag that writes one folder as another.
fn remap(from: &Path, to: &str) -> Result<String> {
    let from = from.to_str().context("a folder's name is no text")?;
    ensure!(
        !from.contains(' '),
        "the folder {from:?} has a blank in its name, which compiler flags cannot have"
    );
    Ok(format!("--remap-path-prefix={from}={to}"))
}

fn cargo_home() -> PathBuf {
    std::env::var_os("CARGO_HOME").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        PathBuf::from,
    )
}

/// A compiler that has the standard library for the target.
enum Toolchain {
    /// The one that builds everything else, with the target added by rustup.
    Own,
    /// Debian's, linked by the own one's `rust-lld`.
    Debian { linker: PathBuf },
}

impl Toolchain {
    fn find_or_install() -> Result<Self> {
        if let Some(found) = Self::find()? {
            return Ok(found);
        }
        let added = Command::new("rustup")
            .args(["target", "add", TARGET])
            .status();
        if added.is_ok_and(|status| status.success()) && Self::own_has_target()? {
            return Ok(Self::Own);
        }
        if !(Path::new("/etc/debian_version").exists() && is_root()) {
            bail!(
                "no compiler for {TARGET}: `rustup target add {TARGET}` failed. On Debian or \
                 Ubuntu, as root, this task installs rustc-web and rust-web-src and builds the \
                 standard library itself"
            );
        }
        install_debian()?;
        Self::find()?.context("Debian's compiler was installed, but has no library for the target")
    }

    fn find() -> Result<Option<Self>> {
        if Self::own_has_target()? {
            return Ok(Some(Self::Own));
        }
        if Path::new(DEBIAN_RUSTC).exists() && has_library(Path::new(DEBIAN_LIBRARIES)) {
            return Ok(Some(Self::Debian {
                linker: own_linker()?,
            }));
        }
        Ok(None)
    }

    fn own_has_target() -> Result<bool> {
        let libraries = ask("rustc", &["--print", "target-libdir", "--target", TARGET])?;
        Ok(has_library(Path::new(&libraries)))
    }

    fn cargo(&self) -> Command {
        let mut command = Command::new("cargo");
        command.env_remove("RUSTC_WRAPPER").env_remove("RUSTFLAGS");
        if let Self::Debian { linker } = self {
            command
                .env("RUSTC", DEBIAN_RUSTC)
                .env(flags_variable("LINKER"), linker);
        }
        command
    }
}

/// Installs Debian's compiler, and builds the standard library for the target from its sources.
fn install_debian() -> Result<()> {
    for arguments in [
        &["update"][..],
        &[
            "install",
            "-y",
            "--no-install-recommends",
            "rustc-web",
            "rust-web-src",
        ],
    ] {
        let mut command = Command::new("apt-get");
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        run(command)?;
    }
    // An empty crate, so that building it builds what every crate depends on.
    let seed = tempfile::tempdir()?;
    fs::create_dir(seed.path().join("src"))?;
    fs::write(seed.path().join("src/lib.rs"), "#![no_std]\n")?;
    fs::write(
        seed.path().join("Cargo.toml"),
        "[package]\nname = \"stdseed\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n",
    )?;
    let flags = format!("-Cembed-bitcode=yes {}", remap(&cargo_home(), "/cargo")?);
    let mut command = Command::new("cargo");
    command
        .current_dir(seed.path())
        .args(["build", "--release", "--target", TARGET])
        .args(["-Zbuild-std=std,panic_abort", "--target-dir", "target"])
        .env_remove("RUSTC_WRAPPER")
        .env("RUSTC", DEBIAN_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env(flags_variable("RUSTFLAGS"), flags);
    run(command)?;
    fs::create_dir_all(DEBIAN_LIBRARIES)?;
    let built = seed.path().join("target").join(TARGET).join("release/deps");
    for entry in fs::read_dir(built)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let library = path
            .extension()
            .is_some_and(|extension| extension == "rlib");
        if library && !name.to_string_lossy().starts_with("libstdseed") {
            fs::copy(path, Path::new(DEBIAN_LIBRARIES).join(name))?;
        }
    }
    Ok(())
}

fn has_library(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

fn own_linker() -> Result<PathBuf> {
    let sysroot = ask("rustc", &["--print", "sysroot"])?;
    let host = ask("rustc", &["--print", "host-tuple"])?;
    let linker = Path::new(&sysroot)
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-lld");
    ensure!(linker.exists(), "{} is missing", linker.display());
    Ok(linker)
}

fn is_root() -> bool {
    ask("id", &["-u"]).is_ok_and(|id| id == "0")
}

fn flags_variable(what: &str) -> String {
    format!("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_{what}")
}

fn ask(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .with_context(|| format!("cannot run {program}"))?;
    ensure!(
        output.status.success(),
        "{program} {} failed",
        arguments.join(" ")
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn run(mut command: Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
