//! The committed components, and hosts to run them in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mtl_policy::{CheckedSettings, CompiledCache, CompiledPolicy, Limits, PolicyHost};
use mtl_programme::assessment::ModuleWork;
use serde_json::{Value, json};

use crate::cases;

/// Where the guests are committed.
pub(crate) fn plugins() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins")
}

/// A committed component.
pub(crate) fn committed(guest: &str) -> Vec<u8> {
    std::fs::read(plugins().join(guest).join(format!("{guest}.wasm"))).unwrap()
}

/// The committed component, and the one built from the present sources where CI has built it into
/// the folder that `MTL_BUILT_GUESTS` names.
pub(crate) fn every_build_of(guest: &str) -> Vec<(&'static str, Vec<u8>)> {
    let mut builds = vec![("committed", committed(guest))];
    if let Some(folder) = std::env::var_os("MTL_BUILT_GUESTS") {
        let path = Path::new(&folder).join(format!("{guest}.wasm"));
        builds.push(("built", std::fs::read(path).unwrap()));
    }
    builds
}

/// Limits that a busy test machine does not reach by itself; a guest that never ends still does.
pub(crate) fn patient() -> Limits {
    Limits {
        deadline: Duration::from_secs(2),
        describe_deadline: Duration::from_secs(20),
        ..Limits::default()
    }
}

pub(crate) fn host() -> PolicyHost {
    PolicyHost::new(patient(), CompiledCache::none()).unwrap()
}

/// A guest compiled in this host, with checked settings.
pub(crate) async fn load(
    host: &PolicyHost,
    guest: &str,
    settings: Value,
) -> (CompiledPolicy, CheckedSettings) {
    let policy = host.compile(committed(guest)).await.unwrap();
    let settings = policy.check_settings(&settings).unwrap();
    (policy, settings)
}

/// One component with one mark of 62.
pub(crate) fn small_work() -> ModuleWork {
    cases::module_work(&json!({"components": [{
        "id": "a", "weight": 1, "attempts": [{
            "number": 1, "counts-as": 1, "submitted": "2026-01-12T12:00:00",
            "judgements": [{"id": "j1", "assessor": "tutor", "mark": 6200}],
        }],
    }]}))
}
