//! Earlier versions of a draft: the list, one of them, and going back to it.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::draft::AttemptPath;
use super::reading::{draft_work, word_count};
use super::work::{activity_path, crumbs, load_place};
use crate::pages::parts::Crumb;
use crate::pages::scenario::{VersionLine, VersionPage, VersionsPage};
use crate::problem::Problem;
use crate::render::{go, page};
use crate::state::WebState;
use crate::visitor::{At, Posted, Visitor};

/// The number of a version: the draft's revision.
#[derive(Deserialize)]
pub(super) struct VersionNumber {
    number: u32,
}

/// `GET …/versions`.
pub(super) async fn list(
    State(state): State<WebState>,
    visitor: Visitor,
    At(path): At<AttemptPath>,
) -> Result<Response, Problem> {
    let key = path.key()?;
    let place = load_place(&state, &key)?;
    let versions = state
        .bridge
        .list_versions(&visitor.visit, path.attempt)
        .await?;
    let mut crumbs = crumbs(&visitor, &place);
    crumbs.push(Crumb::new(
        &place.activity.title,
        activity_path(&visitor, &key),
    ));
    page(&VersionsPage {
        shell: visitor.shell("Earlier versions", "home"),
        crumbs,
        activity: place.activity.title.clone(),
        action: format!("{}/{}", activity_path(&visitor, &key), path.attempt),
        versions: versions
            .iter()
            .enumerate()
            .map(|(index, version)| VersionLine {
                number: u32::try_from(version.revision).unwrap_or_default(),
                at: visitor.moment(version.saved_at),
                words: Some(word_count(version.words)),
                is_current: index == 0,
            })
            .collect(),
    })
}

/// `GET …/versions/{number}`.
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    At(path): At<AttemptPath>,
    At(version): At<VersionNumber>,
) -> Result<Response, Problem> {
    let key = path.key()?;
    let place = load_place(&state, &key)?;
    let number = version.number;
    let versions = state
        .bridge
        .list_versions(&visitor.visit, path.attempt)
        .await?;
    let newest = versions.first().map_or(0, |version| version.revision);
    let listed = versions
        .iter()
        .find(|version| version.revision == i64::from(number))
        .ok_or(Problem::NotFound)?;
    let draft = state
        .bridge
        .load_version(&visitor.visit, path.attempt, i64::from(number))
        .await?;
    let work = state.bridge.open_work(&visitor.visit, &key).await?;
    let action = format!("{}/{}", activity_path(&visitor, &key), path.attempt);
    let mut crumbs = crumbs(&visitor, &place);
    crumbs.push(Crumb::new(
        &place.activity.title,
        activity_path(&visitor, &key),
    ));
    crumbs.push(Crumb::new("Earlier versions", format!("{action}/versions")));
    page(&VersionPage {
        shell: visitor.shell(format!("Version {number}"), "home"),
        crumbs,
        activity: place.activity.title.clone(),
        number,
        at: visitor.moment(listed.saved_at),
        can_restore: work.current.id == path.attempt
            && work.current.is_draft()
            && listed.revision != newest,
        work: draft_work(&draft),
        action,
    })
}

/// `POST …/versions/{number}/restore`.
pub(super) async fn restore(
    State(state): State<WebState>,
    At(path): At<AttemptPath>,
    At(version): At<VersionNumber>,
    Posted { visitor, .. }: Posted,
) -> Result<Response, Problem> {
    state
        .bridge
        .restore_version(&visitor.visit, path.attempt, i64::from(version.number))
        .await?;
    Ok(go(&format!(
        "{}?done=restored",
        activity_path(&visitor, &path.key()?)
    )))
}
