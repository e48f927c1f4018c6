//! Compiled policies on disk.

use std::fs;
use std::path::{Path, PathBuf};

use mtl_policy::{CompiledCache, PolicyHost};
use serde_json::json;

use crate::guests::{load, patient, small_work};

const KEY: [u8; 32] = [7; 32];

async fn decides(folder: &Path, key: [u8; 32]) {
    let host = PolicyHost::new(patient(), CompiledCache::in_folder(folder, &key)).unwrap();
    let (policy, settings) = load(&host, "uk-masters", json!({})).await;
    assert!(host.find_compiled(policy.digest()).is_some());
    host.decide_module(&policy, &small_work(), &settings)
        .await
        .unwrap();
}

fn only_file(folder: &Path) -> PathBuf {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().collect();
    assert_eq!(files.len(), 1);
    files.remove(0).unwrap().path()
}

#[tokio::test]
async fn a_compiled_policy_is_kept_and_a_changed_one_is_compiled_anew() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("compiled");
    decides(&folder, KEY).await;
    let file = only_file(&folder);
    let whole = fs::read(&file).unwrap();
    let written = fs::metadata(&file).unwrap().modified().unwrap();

    decides(&folder, KEY).await;
    let untouched = fs::metadata(&file).unwrap().modified().unwrap();
    assert_eq!(untouched, written, "it was compiled though it was there");

    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let mut other_tag = whole.clone();
    other_tag[0] ^= 1;
    for tampered in [flipped, other_tag, whole[..100].to_vec(), Vec::new()] {
        fs::write(&file, &tampered).unwrap();
        decides(&folder, KEY).await;
        assert_ne!(
            fs::read(&file).unwrap(),
            tampered,
            "what was changed was kept"
        );
    }

    // Made by somebody with another key: as good as changed.
    let before = fs::read(&file).unwrap();
    decides(&folder, [8; 32]).await;
    assert_ne!(fs::read(&file).unwrap(), before);
}
