//! Finds and reads the recordings of real platforms.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings")
}

/// A recorded JSON document.
pub(crate) fn read(path: &str) -> Value {
    let path = folder().join(path);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// All recorded launches, by file name.
pub(crate) fn launches() -> Vec<(String, Value)> {
    let mut launches = Vec::new();
    for platform in ["moodle-4.5", "openedx-11.4"] {
        for file in fs::read_dir(folder().join(platform).join("launches")).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let launch = read(&format!("{platform}/launches/{name}"));
            launches.push((format!("{platform}/{name}"), launch));
        }
    }
    launches.sort_by(|a, b| a.0.cmp(&b.0));
    launches
}
