//! Every error as people and programs see it: the one place where errors become HTTP and are
//! logged.
//!
//! A handler returns a [`Problem`]; the response carries it up to [`crate::headers::finish`], which
//! knows who asked, how, and under which request id, and has it rendered here.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mtl_bridge_core::administration::AdminError;
use mtl_bridge_core::launch::{BindError, LaunchError, LaunchFailure};
use mtl_bridge_core::marking::MarkingError;
use mtl_bridge_core::picking::PickError;
use mtl_bridge_core::policies::PolicyError;
use mtl_bridge_core::registering::RegisterError;
use mtl_bridge_core::statement_list::StatementListError;
use mtl_bridge_core::visit::VisitError;
use mtl_bridge_core::work::WorkError;

use crate::administration_problems::{admin_status, admin_words, register_status, register_words};
use crate::forms::PostedForm;
use crate::kept_text::kept_text;
use crate::pages::problem::ProblemPage;
use crate::pages::shell::Shell;
use crate::render::page_with;
use crate::telemetry::RequestId;
use crate::visitor::Visitor;
pub(crate) use crate::words::sentence;

/// Why a request was not done.
#[derive(Debug)]
pub(crate) enum Problem {
    /// A login or launch was refused.
    Launch(Box<LaunchFailure>),
    /// There is no session for this launch.
    Visit(VisitError),
    /// The same while something was posted, which is given back.
    Ended {
        error: VisitError,
        path: String,
        form: PostedForm,
    },
    /// The form's token is of another session: given back to be sent again.
    StaleForm { path: String, form: PostedForm },
    /// The same for a file, which the browser must send again.
    StaleUpload,
    /// The request was made by another site's page.
    CrossSite,
    /// A posted form is longer than any of ours can be.
    FormTooLarge,
    /// A launch's token is longer than any platform's.
    TokenTooLarge,
    /// An upload is longer than evidence may be; how many bytes that is.
    FileTooLarge { most: u64 },
    /// A request that none of our pages makes.
    Malformed(&'static str),
    /// Nothing is there.
    NotFound,
    /// The path is there, for another method.
    WrongMethod,
    /// The LMS gave no role that the programme knows.
    NoStanding,
    /// The administration.
    Admin(AdminError),
    /// A platform's registration.
    Register(RegisterError),
    /// A participant's work.
    Work(WorkError),
    /// Marking.
    Marking(MarkingError),
    /// Our fault.
    Internal(String),
    /// A panic, already logged where it happened.
    Panicked,
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        Self::Work(error)
    }
}

impl From<MarkingError> for Problem {
    fn from(error: MarkingError) -> Self {
        match error {
            MarkingError::Work(error) => Self::Work(error),
            other => Self::Marking(other),
        }
    }
}

impl From<BindError> for Problem {
    fn from(error: BindError) -> Self {
        match error {
            BindError::NotAllowed => Self::Marking(MarkingError::NotAllowed),
            BindError::UnknownActivity(_) => Self::NotFound,
            BindError::Store(error) => Self::Marking(MarkingError::Store(error)),
            BindError::Cached(error) => Self::Internal(error.to_string()),
        }
    }
}

impl From<PickError> for Problem {
    fn from(error: PickError) -> Self {
        match error {
            PickError::NotAllowed => Self::Marking(MarkingError::NotAllowed),
            PickError::Store(error) => Self::Marking(MarkingError::Store(error)),
            PickError::OnlyOne => Self::Malformed("one activity, and no more"),
            PickError::NothingAccepted => Self::Malformed("a place that takes activities"),
            PickError::OpensTooLate(_) => Self::Malformed("an opening before the due date"),
            PickError::NotPicking | PickError::Unavailable(_) => Self::NotFound,
            error => Self::Internal(error.to_string()),
        }
    }
}

impl From<StatementListError> for Problem {
    fn from(error: StatementListError) -> Self {
        Self::Marking(match error {
            StatementListError::NotAllowed => MarkingError::NotAllowed,
            StatementListError::Store(error) => MarkingError::Store(error),
        })
    }
}

impl From<PolicyError> for Problem {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::NotAllowed => Self::Marking(MarkingError::NotAllowed),
            PolicyError::Store(error) => Self::Marking(MarkingError::Store(error)),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<LaunchFailure> for Problem {
    fn from(failure: LaunchFailure) -> Self {
        Self::Launch(Box::new(failure))
    }
}

impl From<LaunchError> for Problem {
    fn from(error: LaunchError) -> Self {
        LaunchFailure::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// What a person reads.
pub(crate) struct Words {
    pub(crate) title: &'static str,
    pub(crate) happened: String,
    pub(crate) advice: &'static str,
}

const OPEN_AGAIN: &str = "Open the activity again from your course.";
pub(crate) const GO_BACK: &str = "Go back one page and load it again.";

impl Problem {
    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Launch(failure) if failure.error.is_fault() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Launch(_) | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Visit(error) | Self::Ended { error, .. } => visit_status(error),
            Self::StaleForm { .. } | Self::StaleUpload => StatusCode::CONFLICT,
            Self::CrossSite | Self::NoStanding => StatusCode::FORBIDDEN,
            Self::FormTooLarge | Self::TokenTooLarge | Self::FileTooLarge { .. } => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Admin(error) => admin_status(error),
            Self::Register(error) => register_status(error),
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Work(error) => work_status(error),
            Self::Marking(error) => marking_status(error),
            Self::Internal(_) | Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable name in logs and answers.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Launch(failure) => failure.error.code(),
            Self::Visit(error) | Self::Ended { error, .. } => error.code(),
            Self::StaleForm { .. } | Self::StaleUpload => "form_token",
            Self::CrossSite => "cross_site",
            Self::FormTooLarge => "form_too_large",
            Self::TokenTooLarge => "token_too_large",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::Malformed(_) => "malformed",
            Self::NotFound => "not_found",
            Self::WrongMethod => "wrong_method",
            Self::NoStanding => "no_standing",
            Self::Admin(error) => error.code(),
            Self::Register(error) => error.code(),
            Self::Work(error) => error.code(),
            Self::Marking(error) => error.code(),
            Self::Internal(_) => "internal",
            Self::Panicked => "panicked",
        }
    }

    /// Logs it, once. What the person did is a warning at most; our own fault is an error.
    fn log(&self, reference: &str) {
        let (code, status) = (self.code(), self.status().as_u16());
        match self {
            Self::Launch(failure) if failure.error.is_fault() => {
                tracing::error!(code, status, reference, error = %failure.error, "launch failed");
            }
            Self::Launch(failure) => {
                tracing::warn!(code, status, reference, reason = %failure.error, "launch refused");
            }
            Self::Admin(error) if status >= 500 => {
                tracing::error!(code, status, reference, %error, "failed");
            }
            Self::Register(error) if error.is_fault() => {
                tracing::error!(code, status, reference, %error, "registration failed");
            }
            Self::Register(error) => {
                tracing::warn!(code, status, reference, reason = %error, "registration refused");
            }
            Self::Work(error) if error.is_fault() => {
                tracing::error!(code, status, reference, %error, "failed");
            }
            Self::Marking(error) if status >= 500 => {
                tracing::error!(code, status, reference, %error, "failed");
            }
            Self::Visit(error) | Self::Ended { error, .. } if status >= 500 => {
                tracing::error!(code, status, reference, %error, "failed");
            }
            Self::Internal(reason) => tracing::error!(code, status, reference, reason, "failed"),
            Self::Panicked => tracing::error!(code, status, reference, "failed"),
            _ => tracing::info!(code, status, reference, "not done"),
        }
    }

    fn words(&self) -> Words {
        let words = |title, happened: &str, advice| Words {
            title,
            happened: happened.to_owned(),
            advice,
        };
        match self {
            Self::Launch(failure) => {
                let said = failure.error.words();
                let advice = match failure.entered {
                    Some(_) => "Go on where you were, or open the activity again from your course.",
                    None => said.advice,
                };
                words(said.title, said.happened, advice)
            }
            Self::Visit(error) | Self::Ended { error, .. } => visit_words(error),
            Self::StaleForm { .. } => words(
                "Please send this once more",
                "This page is from before MTL Bridge changed its keys, so we ask you to confirm that it was you who sent it.",
                "Look over your text below and send it again. Nothing was lost.",
            ),
            Self::StaleUpload => words(
                "Please choose the file again",
                "That page is from before MTL Bridge changed its keys. Nothing was added.",
                "Go back, load the page again, and upload the file once more.",
            ),
            Self::CrossSite => words(
                "This did not come from MTL Bridge",
                "Another site’s page tried to do something here in your name. Nothing was changed.",
                OPEN_AGAIN,
            ),
            Self::FormTooLarge => words(
                "That is too much text at once",
                "The form is larger than MTL Bridge can take. Nothing was changed.",
                "Go back, shorten the text, or put a part of it into an evidence file.",
            ),
            Self::TokenTooLarge => words(
                "Your learning site sent too much",
                "The message that should say who you are is larger than MTL Bridge accepts.",
                "Please tell your LMS administrator, with the reference code below.",
            ),
            Self::FileTooLarge { most } => Words {
                title: "That file is too large",
                happened: format!(
                    "A file can have up to {}. Nothing was added.",
                    crate::pages::parts::file_size(*most)
                ),
                advice: "Make it smaller (pictures are often the reason), or add a link to it.",
            },
            Self::Malformed(what) => Words {
                title: "That request could not be read",
                happened: format!("It lacks something that it must have: {what}."),
                advice: GO_BACK,
            },
            Self::NotFound => words(
                "There is nothing here",
                "The page does not exist, or is not yours to see.",
                OPEN_AGAIN,
            ),
            Self::WrongMethod => words(
                "This page cannot be opened like that",
                "It is only reached from a form on another page.",
                OPEN_AGAIN,
            ),
            Self::NoStanding => words(
                "Your course has no part for you here",
                "Your learning site says that you are neither learner, mentor nor teacher in this course, so there is nothing that MTL Bridge could show you.",
                "Ask whoever runs the course to give you your role in it, then open the activity again.",
            ),
            Self::Admin(error) => admin_words(error),
            Self::Register(error) => register_words(error),
            Self::Work(error) => work_words(error),
            Self::Marking(error) => marking_words(error),
            Self::Internal(_) | Self::Panicked => fault_words(),
        }
    }

    /// The whole answer: a page, or JSON for our scripts.
    pub(crate) fn render(
        &self,
        visitor: Option<&Visitor>,
        wants_json: bool,
        id: &RequestId,
    ) -> Response {
        let reference = match self {
            Self::Launch(failure) => failure.reference.as_str(),
            _ => id.0.as_str(),
        };
        self.log(reference);
        let status = self.status();
        let words = self.words();
        if wants_json {
            let mut body = serde_json::json!({
                "code": self.code(),
                "title": words.title,
                "detail": format!("{} {}", words.happened, words.advice),
                "reference": reference,
            });
            if let (Self::StaleForm { .. }, Some(visitor)) = (self, visitor) {
                body["form_token"] = visitor.form_token.clone().into();
            }
            return (status, axum::Json(body)).into_response();
        }
        let shell = match visitor {
            Some(visitor) => visitor.shell(words.title, ""),
            None => Shell::bare(words.title),
        };
        let page = match self {
            Self::Ended { path, form, .. } | Self::StaleForm { path, form } => {
                page_with(status, &kept_text(shell, &words, path, form, reference))
            }
            _ => page_with(
                status,
                &ProblemPage {
                    home: match self {
                        Self::Launch(failure) => {
                            let launch = failure.entered;
                            launch.map(|launch| ("Go on", format!("/l/{launch}/")))
                        }
                        _ => visitor.map(|v| ("Back to the start", format!("{}/", v.base()))),
                    },
                    shell,
                    title: words.title.to_owned(),
                    happened: words.happened,
                    advice: words.advice.to_owned(),
                    back: match self {
                        Self::Launch(failure) => failure.way_back().map(String::from),
                        _ => None,
                    },
                    reference: Some(reference.to_owned()),
                },
            ),
        };
        page.unwrap_or_else(|_| (status, words.title).into_response())
    }
}

pub(crate) fn fault_words() -> Words {
    Words {
        title: "Something went wrong on our side",
        happened: "MTL Bridge could not do this just now. What was saved before is safe."
            .to_owned(),
        advice: "Wait a minute and try again. If it happens again, tell your tutor the reference code.",
    }
}

fn visit_status(error: &VisitError) -> StatusCode {
    match error {
        VisitError::NoSession | VisitError::Expired => StatusCode::UNAUTHORIZED,
        VisitError::OtherPerson => StatusCode::FORBIDDEN,
        VisitError::UnknownLaunch => StatusCode::NOT_FOUND,
        VisitError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn visit_words(error: &VisitError) -> Words {
    let (title, happened, advice) = match error {
        VisitError::NoSession | VisitError::Expired => (
            "Your session has ended",
            "You are no longer signed in to MTL Bridge here. What was saved before is safe.",
            "Open the activity again from your course. If there is text below, do that in another tab, then come back and send it again; to be quite safe, copy it first.",
        ),
        VisitError::OtherPerson => (
            "This page belongs to somebody else’s visit",
            "Somebody else has signed in to MTL Bridge in this browser since this page was opened.",
            OPEN_AGAIN,
        ),
        VisitError::UnknownLaunch => (
            "There is nothing here",
            "This visit does not exist any more.",
            OPEN_AGAIN,
        ),
        VisitError::Store(_) => return fault_words(),
    };
    Words {
        title,
        happened: happened.to_owned(),
        advice,
    }
}

fn work_status(error: &WorkError) -> StatusCode {
    match error {
        WorkError::UnknownActivity(_) | WorkError::NotFound => StatusCode::NOT_FOUND,
        WorkError::NotAllowed => StatusCode::FORBIDDEN,
        WorkError::AddressExpired => StatusCode::GONE,
        WorkError::AlreadySubmitted | WorkError::Changed | WorkError::KindNotBuilt => {
            StatusCode::CONFLICT
        }
        error if error.is_fault() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn work_words(error: &WorkError) -> Words {
    match error {
        error if error.is_fault() => fault_words(),
        WorkError::NotFound | WorkError::UnknownActivity(_) => Problem::NotFound.words(),
        WorkError::NotAllowed => not_allowed(),
        WorkError::AddressExpired => Words {
            title: "This address has run out",
            happened: "Files can be fetched for a few minutes after their page was opened."
                .to_owned(),
            advice: "Go back to the page with the file, load it again, and follow the link.",
        },
        other => Words {
            title: "That could not be done",
            happened: sentence(&other.to_string()),
            advice: GO_BACK,
        },
    }
}

fn marking_status(error: &MarkingError) -> StatusCode {
    match error {
        MarkingError::NotAllowed => StatusCode::FORBIDDEN,
        MarkingError::NotFound => StatusCode::NOT_FOUND,
        MarkingError::Store(_) | MarkingError::Policy(_) => StatusCode::SERVICE_UNAVAILABLE,
        MarkingError::Work(error) => work_status(error),
        MarkingError::NotSubmitted | MarkingError::NotReleasable | MarkingError::NoPolicy => {
            StatusCode::CONFLICT
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn marking_words(error: &MarkingError) -> Words {
    match error {
        MarkingError::Store(_) => fault_words(),
        MarkingError::NotAllowed => not_allowed(),
        MarkingError::NotFound => Problem::NotFound.words(),
        MarkingError::Work(error) => work_words(error),
        MarkingError::NoPolicy => Words {
            title: "There is no policy for this module",
            happened: "No assessment policy is installed for this module, so it cannot be decided."
                .to_owned(),
            advice: "Ask your programme lead; an operator installs policies.",
        },
        other => Words {
            title: "That could not be done",
            happened: sentence(&other.to_string()),
            advice: GO_BACK,
        },
    }
}

fn not_allowed() -> Words {
    Words {
        title: "This is not yours to do",
        happened: "Your role in this course does not let you do that. Nothing was changed."
            .to_owned(),
        advice: "If you think that it should, ask your programme lead.",
    }
}
