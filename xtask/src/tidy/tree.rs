//! The files of the working folder, as the other rules see them.

use std::fs;
use std::path::Path;

use anyhow::Result;

/// Every file of the working folder but what builds and runs leave behind.
pub(super) struct Tree {
    /// All paths, relative to the root, with `/` between the parts.
    pub(super) paths: Vec<String>,
    /// Those that are text.
    pub(super) files: Vec<TextFile>,
}

/// One text file.
pub(super) struct TextFile {
    /// Relative to the root, with `/` between the parts.
    pub(super) path: String,
    pub(super) text: String,
}

impl TextFile {
    /// What stands after the last dot of the file's name.
    pub(super) fn extension(&self) -> Option<&str> {
        let name = self.path.rsplit('/').next()?;
        name.rsplit_once('.').map(|(_, extension)| extension)
    }

    /// Each line with its number, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }
}

/// Recorded or hostile material, kept as it came: rules about our own writing do not apply.
pub(super) fn is_fixture(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "fixtures" | "recordings"))
}

/// The text of one file, if it is there.
pub(super) fn text<'a>(files: &'a [TextFile], path: &str) -> Option<&'a str> {
    files
        .iter()
        .find(|file| file.path == path)
        .map(|file| file.text.as_str())
}

/// Reads the working folder.
pub(super) fn read(root: &Path) -> Result<Tree> {
    let mut tree = Tree {
        paths: Vec::new(),
        files: Vec::new(),
    };
    read_folder(root, "", &mut tree)?;
    tree.paths.sort();
    Ok(tree)
}

fn read_folder(folder: &Path, prefix: &str, tree: &mut Tree) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            continue;
        };
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() && !is_left_behind(&path, &name) {
            read_folder(&entry.path(), &format!("{path}/"), tree)?;
        } else if kind.is_file() {
            if let Ok(text) = String::from_utf8(fs::read(entry.path())?) {
                let path = path.clone();
                tree.files.push(TextFile { path, text });
            }
            tree.paths.push(path);
        }
    }
    Ok(())
}

/// Folders that builds, runs and version control make; all of them are in `.gitignore`.
fn is_left_behind(path: &str, name: &str) -> bool {
    matches!(name, ".git" | "target" | "node_modules") || path == "data"
}
