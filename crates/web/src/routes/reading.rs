//! Work and evidence as they are read, by its participant or an assessor.

use mtl_programme::evidence::{EvidenceItem, EvidenceSource};
use mtl_programme::scenario::{Field, FrozenScenario, ScenarioDraft, Stage};
use url::Url;

use crate::pages::parts::{EvidenceLine, TextPart, WorkPart, counted, file_size};
use crate::state::WebState;
use crate::visitor::Visitor;

/// The texts of a frozen scenario, stage by stage.
pub(super) fn frozen_work(frozen: &FrozenScenario) -> Vec<WorkPart> {
    work_parts(|field| frozen.text(field).to_owned())
}

/// The texts of a draft, stage by stage.
pub(super) fn draft_work(draft: &ScenarioDraft) -> Vec<WorkPart> {
    work_parts(|field| draft.text(field).to_owned())
}

fn work_parts(text: impl Fn(Field) -> String) -> Vec<WorkPart> {
    Stage::ALL
        .into_iter()
        .map(|stage| WorkPart {
            title: stage.title().to_owned(),
            texts: Field::of_stage(stage)
                .map(|field| TextPart {
                    title: field.title().to_owned(),
                    text: text(field),
                })
                .collect(),
        })
        .collect()
}

/// Evidence as a list. `removable_from`: the path of the attempt, while it is a draft.
pub(super) fn evidence_lines(
    state: &WebState,
    visitor: &Visitor,
    evidence: &[EvidenceItem],
    removable_from: Option<&str>,
) -> Vec<EvidenceLine> {
    evidence
        .iter()
        .map(|item| {
            let caption = Some(item.caption.clone()).filter(|caption| !caption.is_empty());
            let remove = removable_from.map(|path| format!("{path}/evidence/{}/remove", item.id));
            match &item.source {
                EvidenceSource::File {
                    name,
                    media_type,
                    size,
                    ..
                } => EvidenceLine {
                    href: format!("/{}", state.bridge.evidence_path(&visitor.visit, item.id)),
                    is_link: false,
                    about: format!("{}, {}", kind_title(media_type.title()), file_size(*size)),
                    note: caption.as_ref().map(|_| name.clone()),
                    name: caption.unwrap_or_else(|| name.clone()),
                    remove,
                },
                EvidenceSource::Link { url } => EvidenceLine {
                    name: caption.unwrap_or_else(|| url.clone()),
                    href: url.clone(),
                    is_link: true,
                    about: match Url::parse(url)
                        .ok()
                        .and_then(|url| url.host_str().map(ToOwned::to_owned))
                    {
                        Some(host) => format!("Link to {host}"),
                        None => "Link".to_owned(),
                    },
                    note: None,
                    remove,
                },
            }
        })
        .collect()
}

/// "a PDF file" as "PDF file".
fn kind_title(title: &str) -> String {
    let bare = title
        .strip_prefix("a ")
        .or_else(|| title.strip_prefix("an "))
        .unwrap_or(title);
    let mut letters = bare.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}

/// "2 files, 1 link".
pub(super) fn evidence_words(evidence: &[EvidenceItem]) -> String {
    let files = evidence
        .iter()
        .filter(|item| matches!(item.source, EvidenceSource::File { .. }))
        .count() as u64;
    let links = evidence.len() as u64 - files;
    match (files, links) {
        (0, 0) => "no files or links".to_owned(),
        (files, 0) => counted(files, "file", "files"),
        (0, links) => counted(links, "link", "links"),
        (files, links) => {
            format!(
                "{}, {}",
                counted(files, "file", "files"),
                counted(links, "link", "links")
            )
        }
    }
}

/// "1,234 words".
pub(super) fn word_count(words: i64) -> String {
    counted(words.unsigned_abs(), "word", "words")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_files_stand_alone() {
        assert_eq!(kind_title("a PDF file"), "PDF file");
        assert_eq!(kind_title("an Excel workbook"), "Excel workbook");
        assert_eq!(kind_title("an OpenDocument text"), "OpenDocument text");
    }
}
