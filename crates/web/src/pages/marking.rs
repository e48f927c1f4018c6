//! Reading a submission and judging it against the criteria.

use askama::Template;

use crate::markdown::CleanHtml;
use crate::moments::Moment;
use crate::pages::parts::{Badge, Crumb, EvidenceLine, FormError, JudgementView, WorkPart};
use crate::pages::shell::Shell;

/// A submission beside the form of one's own judgement.
#[derive(Template)]
#[template(path = "marking/submission.html")]
pub(crate) struct SubmissionPage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) activity: String,
    pub(crate) participant: String,
    pub(crate) attempt: String,
    pub(crate) state: Badge,
    pub(crate) submitted: Option<Moment>,
    /// "3 hours late".
    pub(crate) late: Option<String>,
    pub(crate) errors: Vec<FormError>,
    pub(crate) work: Vec<WorkPart>,
    pub(crate) evidence: Vec<EvidenceLine>,
    pub(crate) digest: Option<String>,
    pub(crate) words: String,
    pub(crate) form: Option<JudgementForm>,
    /// Why there is no form.
    pub(crate) no_form: Option<String>,
    /// Judgements that this person may see.
    pub(crate) judgements: Vec<JudgementView>,
    /// The module's record, for those who may decide.
    pub(crate) record: Option<String>,
}

/// The form of one's own judgement.
pub(crate) struct JudgementForm {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) action: String,
    pub(crate) criteria: Vec<CriterionField>,
    pub(crate) asks_mark: bool,
    pub(crate) mark: String,
    pub(crate) mark_error: Option<String>,
    pub(crate) asks_satisfied: bool,
    pub(crate) satisfied_title: &'static str,
    pub(crate) satisfied_hint: &'static str,
    /// "yes", "no" or nothing.
    pub(crate) satisfied: &'static str,
    pub(crate) satisfied_error: Option<String>,
    pub(crate) comment_label: &'static str,
    pub(crate) comment: String,
    pub(crate) comment_error: Option<String>,
    pub(crate) button: &'static str,
}

/// One criterion to judge.
pub(crate) struct CriterionField {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) guidance: CleanHtml,
    pub(crate) questions: Vec<String>,
    pub(crate) exemplars: Vec<Exemplar>,
    pub(crate) bands: Vec<BandOption>,
    pub(crate) comment: String,
    pub(crate) error: Option<String>,
}

/// What a band looks like in somebody's work.
pub(crate) struct Exemplar {
    pub(crate) title: String,
    pub(crate) extract: String,
    pub(crate) why: String,
}

/// A band that can be chosen.
pub(crate) struct BandOption {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) is_chosen: bool,
}

/// The form that reopens an attempt, or gives it more time.
#[derive(Template)]
#[template(path = "marking/attempt_change.html")]
pub(crate) struct AttemptChangePage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) errors: Vec<FormError>,
    pub(crate) title: String,
    pub(crate) participant: String,
    pub(crate) activity: String,
    pub(crate) attempt: String,
    pub(crate) lead: String,
    pub(crate) action: String,
    pub(crate) zone: String,
    pub(crate) when_label: &'static str,
    pub(crate) when_required: bool,
    pub(crate) when: String,
    pub(crate) when_error: Option<String>,
    /// Whether to ask if mitigating circumstances were accepted.
    pub(crate) asks_mitigation: bool,
    pub(crate) reason: String,
    pub(crate) reason_hint: &'static str,
    pub(crate) reason_error: Option<String>,
    pub(crate) button: &'static str,
    pub(crate) cancel: String,
}
