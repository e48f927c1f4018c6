//! The pages of a professional scenario for the participant: write, look back, submit, read.

use askama::Template;

use crate::markdown::CleanHtml;
use crate::moments::Moment;
use crate::pages::activity::ActivityHead;
use crate::pages::parts::{
    Badge, ChainStep, Crumb, EvidenceLine, FormError, JudgementView, WorkPart,
};
use crate::pages::shell::Shell;

/// The page on which a stage is written.
#[derive(Template)]
#[template(path = "participant/scenario.html")]
pub(crate) struct ScenarioPage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) head: ActivityHead,
    pub(crate) errors: Vec<FormError>,
    pub(crate) instructions: CleanHtml,
    pub(crate) earlier: Vec<EarlierView>,
    /// Whether nothing was written yet, so that the instructions stand open.
    pub(crate) is_new: bool,
    pub(crate) steps: Vec<Step>,
    pub(crate) asides: Vec<AsideView>,
    pub(crate) stage: StageView,
    pub(crate) next_step: Option<Step>,
    /// The path of this attempt.
    pub(crate) action: String,
    pub(crate) attempt: String,
    pub(crate) revision: u32,
    pub(crate) writer: String,
    pub(crate) saved: Option<Moment>,
    pub(crate) words: String,
    pub(crate) versions: Option<String>,
    pub(crate) evidence: Vec<EvidenceLine>,
    pub(crate) evidence_words: String,
    /// Shown on the evidence stage.
    pub(crate) upload: Option<UploadView>,
}

/// One step of the way through the stages.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) progress: Progress,
    pub(crate) is_current: bool,
}

/// How far a stage is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    Empty,
    Part,
    Done,
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "empty-step",
            Self::Part => "part",
            Self::Done => "done",
        })
    }
}

impl Step {
    fn sign(&self) -> &'static str {
        if self.progress == Progress::Done {
            "✓"
        } else {
            ""
        }
    }

    fn words(&self) -> &'static str {
        match self.progress {
            Progress::Empty => " (nothing written)",
            Progress::Part => " (begun)",
            Progress::Done => " (written)",
        }
    }
}

/// The stage that is open.
pub(crate) struct StageView {
    pub(crate) id: &'static str,
    pub(crate) number: u8,
    pub(crate) title: &'static str,
    pub(crate) prompt: CleanHtml,
    pub(crate) fields: Vec<FieldView>,
}

/// One text field.
pub(crate) struct FieldView {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) help: &'static str,
    pub(crate) is_required: bool,
    /// The class that sets its height.
    pub(crate) size: &'static str,
    pub(crate) text: String,
    pub(crate) error: Option<String>,
}

/// A text that lies aside until the participant chooses.
pub(crate) struct AsideView {
    pub(crate) number: u32,
    pub(crate) stage: &'static str,
    pub(crate) field: &'static str,
    pub(crate) text: String,
}

/// The limits of an upload, said before it.
pub(crate) struct UploadView {
    pub(crate) limits: String,
    pub(crate) accept: String,
    pub(crate) max_bytes: u64,
}

/// The list of earlier versions.
#[derive(Template)]
#[template(path = "participant/versions.html")]
pub(crate) struct VersionsPage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) activity: String,
    pub(crate) action: String,
    pub(crate) versions: Vec<VersionLine>,
}

/// One version in the list.
pub(crate) struct VersionLine {
    pub(crate) number: u32,
    pub(crate) at: Moment,
    pub(crate) words: Option<String>,
    pub(crate) is_current: bool,
}

/// One earlier version.
#[derive(Template)]
#[template(path = "participant/version.html")]
pub(crate) struct VersionPage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) activity: String,
    pub(crate) action: String,
    pub(crate) number: u32,
    pub(crate) at: Moment,
    pub(crate) can_restore: bool,
    pub(crate) work: Vec<WorkPart>,
}

/// The last look before the work is frozen.
#[derive(Template)]
#[template(path = "participant/submit.html")]
pub(crate) struct SubmitPage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) head: ActivityHead,
    pub(crate) errors: Vec<FormError>,
    /// What keeps it from being submitted.
    pub(crate) gaps: Vec<GapLine>,
    /// What is worth a second look.
    pub(crate) advice: Vec<GapLine>,
    pub(crate) action: String,
    /// The page to go on working.
    pub(crate) edit: String,
    pub(crate) revision: u32,
    pub(crate) words: String,
    pub(crate) evidence_words: String,
    /// What lateness means, where it is late.
    pub(crate) late: Option<String>,
    pub(crate) work: Vec<WorkPart>,
    pub(crate) evidence: Vec<EvidenceLine>,
}

/// Something that is still missing, linked to its place.
pub(crate) struct GapLine {
    pub(crate) text: String,
    pub(crate) href: String,
}

/// The frozen work, with its result once released.
#[derive(Template)]
#[template(path = "participant/submitted.html")]
pub(crate) struct SubmittedPage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) head: ActivityHead,
    pub(crate) result: Option<ResultView>,
    pub(crate) judgements: Vec<JudgementView>,
    pub(crate) work: Vec<WorkPart>,
    pub(crate) evidence: Vec<EvidenceLine>,
    pub(crate) submitted: Moment,
    pub(crate) words: String,
    pub(crate) digest: String,
    pub(crate) other_attempts: Vec<AttemptLine>,
    pub(crate) earlier: Vec<EarlierView>,
}

/// What was handed in before, with what was said and decided about it once that was released.
pub(crate) struct EarlierView {
    /// "Attempt 1, submitted 23 November 2026, 14:05 GMT".
    pub(crate) label: String,
    pub(crate) mark: Option<String>,
    pub(crate) state: Option<Badge>,
    pub(crate) judgements: Vec<JudgementView>,
    pub(crate) work: Vec<WorkPart>,
    pub(crate) evidence: Vec<EvidenceLine>,
}

/// A released result: of this piece of work, and of the module that it counts for.
pub(crate) struct ResultView {
    pub(crate) mark: Option<String>,
    pub(crate) state: Badge,
    pub(crate) module: String,
    pub(crate) module_mark: Option<String>,
    pub(crate) module_state: Badge,
    pub(crate) reason: String,
    pub(crate) released: Moment,
    pub(crate) next_steps: Vec<String>,
    pub(crate) chain: Vec<ChainStep>,
}

/// One of several attempts.
pub(crate) struct AttemptLine {
    pub(crate) label: String,
    pub(crate) is_current: bool,
}
