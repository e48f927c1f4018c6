//! What an administrator reads when a sign-in, a change or a registration could not be done.

use axum::http::StatusCode;
use mtl_bridge_core::administration::AdminError;
use mtl_bridge_core::institutions::SetupError;
use mtl_bridge_core::registering::RegisterError;

use crate::problem::{GO_BACK, Problem, Words, fault_words};
use crate::words::sentence;

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        Self::Admin(error)
    }
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        Self::Register(error)
    }
}

pub(crate) fn admin_status(error: &AdminError) -> StatusCode {
    match error {
        AdminError::LinkSpent => StatusCode::GONE,
        AdminError::NoSession => StatusCode::UNAUTHORIZED,
        AdminError::UnknownPlatform => StatusCode::NOT_FOUND,
        AdminError::Store(error) | AdminError::Setup(SetupError::Store(error))
            if error.code() == "store_not_found" =>
        {
            StatusCode::NOT_FOUND
        }
        AdminError::Setup(SetupError::Store(_)) | AdminError::Store(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        AdminError::Setup(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

pub(crate) fn admin_words(error: &AdminError) -> Words {
    const NEW_LINK: &str =
        "Ask whoever runs MTL Bridge for a new sign-in link (mtl-bridge admin-link).";
    match error {
        AdminError::LinkSpent => Words {
            title: "This sign-in link does not work any more",
            happened: "Each link works once, within half an hour.".to_owned(),
            advice: NEW_LINK,
        },
        AdminError::NoSession => Words {
            title: "You are not signed in",
            happened: "This page is for administrators, and your sign-in has ended or was in \
                       another browser. Nothing was changed."
                .to_owned(),
            advice: NEW_LINK,
        },
        AdminError::Setup(SetupError::Store(_)) | AdminError::Store(_)
            if admin_status(error) != StatusCode::NOT_FOUND =>
        {
            fault_words()
        }
        AdminError::Setup(error @ SetupError::Field { .. }) => Words {
            title: "That could not be done",
            happened: sentence(&error.to_string()),
            advice: GO_BACK,
        },
        _ => Words {
            title: "There is nothing here",
            happened: "It does not exist any more, or belongs to another institution.".to_owned(),
            advice: "Go back to the list of platforms and load it again.",
        },
    }
}

pub(crate) fn register_status(error: &RegisterError) -> StatusCode {
    match error {
        RegisterError::UnknownInvitation => StatusCode::NOT_FOUND,
        RegisterError::InvitationExpired | RegisterError::InvitationUsed => StatusCode::GONE,
        RegisterError::OtherOwner => StatusCode::CONFLICT,
        RegisterError::Fetch(_) | RegisterError::Refused(_) | RegisterError::Answer(_) => {
            StatusCode::BAD_GATEWAY
        }
        RegisterError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

pub(crate) fn register_words(error: &RegisterError) -> Words {
    let said = error.words();
    Words {
        title: said.title,
        happened: said.happened,
        advice: said.advice,
    }
}
