//! The stylesheet, the script and the icon: embedded, named by their content, cached for a year.

use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

const CSS: &str = concat!(
    include_str!("../static/css/1-tokens.css"),
    include_str!("../static/css/2-base.css"),
    include_str!("../static/css/3-layout.css"),
    include_str!("../static/css/4-parts.css"),
    include_str!("../static/css/5-picking.css"),
);

const JS: &str = concat!(
    "\"use strict\";\n",
    include_str!("../static/js/drafts.js"),
    include_str!("../static/js/uploads.js"),
    include_str!("../static/js/launch.js"),
    include_str!("../static/js/picking.js"),
    include_str!("../static/js/close.js"),
);

const ICON: &str = include_str!("../static/icon.svg");

/// One embedded file.
#[derive(Clone, Copy)]
pub(crate) struct Asset {
    stem: &'static str,
    extension: &'static str,
    media_type: &'static str,
    content: &'static str,
    hash: u64,
}

/// The stylesheet of all pages.
pub(crate) const STYLE: Asset = Asset::new("app", "css", "text/css; charset=utf-8", CSS);
/// The script of all pages; every page works without it.
pub(crate) const SCRIPT: Asset = Asset::new("app", "js", "text/javascript; charset=utf-8", JS);
/// The icon in the browser's tab.
pub(crate) const FAVICON: Asset = Asset::new("icon", "svg", "image/svg+xml", ICON);

const ALL: [Asset; 3] = [STYLE, SCRIPT, FAVICON];

impl Asset {
    const fn new(
        stem: &'static str,
        extension: &'static str,
        media_type: &'static str,
        content: &'static str,
    ) -> Self {
        let hash = fnv1a(content.as_bytes());
        Self {
            stem,
            extension,
            media_type,
            content,
            hash,
        }
    }

    /// The file name with the content's hash, so that a changed file has a new address.
    pub(crate) fn name(&self) -> String {
        format!("{}.{:016x}.{}", self.stem, self.hash, self.extension)
    }

    /// The path under which it is served.
    pub(crate) fn path(&self) -> String {
        format!("/assets/{}", self.name())
    }

    #[cfg(test)]
    pub(crate) fn content(&self) -> &'static str {
        self.content
    }
}

/// FNV-1a, 64 bits: tells versions of our own files apart, and nothing rests on it but caching.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// `GET /assets/{name}`.
pub(crate) async fn load_asset(Path(name): Path<String>) -> Response {
    const CACHE: (HeaderName, &str) =
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    match ALL.iter().find(|asset| asset.name() == name) {
        Some(asset) => (
            [
                CACHE,
                (header::CONTENT_TYPE, asset.media_type),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ],
            asset.content,
        )
            .into_response(),
        // A page of an older version asks for an older file: not kept, and not to be cached.
        None => (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_with_the_content() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        let name = STYLE.name();
        let parts: Vec<&str> = name.split('.').collect();
        assert!(
            matches!(parts[..], ["app", hash, "css"] if hash.len() == 16),
            "{name}"
        );
    }

    #[tokio::test]
    async fn serves_by_exact_name_only() {
        let found = load_asset(Path(SCRIPT.name())).await;
        assert_eq!(found.status(), StatusCode::OK);
        assert!(
            found.headers()[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let stale = load_asset(Path("app.0000000000000000.js".to_owned())).await;
        assert_eq!(stale.status(), StatusCode::NOT_FOUND);
    }

    /// A strict content security policy lets none of these through, so none may be relied on.
    #[test]
    fn styles_load_nothing_from_elsewhere() {
        assert!(!CSS.contains("url(") && !CSS.contains("@import"));
        assert!(!JS.contains("eval(") && !JS.contains("innerHTML"));
    }
}
