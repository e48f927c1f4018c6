//! Compiled policies on disk, under a MAC.
//!
//! The engine runs whatever machine code it is given, so a file is loaded only if this process's
//! key made it: for this component, this engine and these bytes.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The length of a tag in bytes.
const TAG: usize = 32;

/// Where compiled policies are kept, and the key that authenticates them.
#[derive(Clone)]
pub struct CompiledCache {
    folder: Option<PathBuf>,
    key: hmac::Key,
}

impl CompiledCache {
    /// Keeps compiled policies in a folder, which is made if need be. The key has to be secret and
    /// the same at every start, or everything is compiled anew.
    pub fn in_folder(folder: impl Into<PathBuf>, key: &[u8; 32]) -> Self {
        Self {
            folder: Some(folder.into()),
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
        }
    }

    /// Keeps nothing on disk.
    pub fn none() -> Self {
        Self {
            folder: None,
            // Seals what never leaves the process.
            key: hmac::Key::new(hmac::HMAC_SHA256, &[0; 32]),
        }
    }

    /// Machine code that was just made by this process, sealed.
    pub(crate) fn seal(&self, digest: &str, compat: &str, code: &[u8]) -> Vec<u8> {
        let tag = self.tag(digest, compat, code);
        [tag.as_ref(), code].concat()
    }

    /// The component of sealed machine code; `None` where the seal is not ours.
    pub(crate) fn open(
        &self,
        engine: &Engine,
        digest: &str,
        compat: &str,
        sealed: &[u8],
    ) -> Option<wasmtime::Result<Component>> {
        let (tag, code) = sealed.split_at_checked(TAG)?;
        hmac::verify(&self.key, &signed(digest, compat, code), tag).ok()?;
        Some(load(engine, code))
    }

    /// The sealed file of a policy; `None` where there is none that can be read.
    pub(crate) fn read(&self, digest: &str, compat: &str) -> Option<Vec<u8>> {
        fs::read(path(self.folder.as_deref()?, digest, compat)).ok()
    }

    /// Writes the sealed file of a policy, whole or not at all.
    pub(crate) fn write(&self, digest: &str, compat: &str, sealed: &[u8]) -> std::io::Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        fs::create_dir_all(folder)?;
        let whole = path(folder, digest, compat);
        let part = whole.with_extension(format!("part-{}", std::process::id()));
        let mut file = fs::File::create(&part)?;
        file.write_all(sealed)?;
        file.sync_all()?;
        fs::rename(part, whole)
    }

    fn tag(&self, digest: &str, compat: &str, code: &[u8]) -> hmac::Tag {
        hmac::sign(&self.key, &signed(digest, compat, code))
    }
}

/// The digest and the hash are hex of fixed length, so that no two messages are alike.
fn signed(digest: &str, compat: &str, code: &[u8]) -> Vec<u8> {
    [
        b"mtl-policy-code-1",
        digest.as_bytes(),
        compat.as_bytes(),
        code,
    ]
    .concat()
}

fn path(folder: &Path, digest: &str, compat: &str) -> PathBuf {
    folder.join(format!(
        "{digest}-{}.policy",
        compat.get(..16).unwrap_or(compat)
    ))
}

#[expect(
    unsafe_code,
    reason = "the one place where compiled code is loaded, after its MAC was checked in `open`"
)]
fn load(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the MAC shows that this very code came out of `compile` for this component and this
    // engine, made by a process that holds our key.
    unsafe { Component::deserialize(engine, code) }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
