//! The resource About: open to all, in any version (Communication 2.8).

use axum::Json;
use mtl_xapi::Version;
use serde_json::{Value, json};

pub(crate) async fn about() -> Json<Value> {
    let mut versions = vec!["1.0.0"];
    versions.extend(Version::ALL.map(Version::header));
    Json(json!({ "version": versions }))
}
