//! The scopes that platforms grant (AGS 2.0 section 3.1, NRPS 2.0 section 3.4).

pub(crate) const LINE_ITEM: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem";
pub(crate) const LINE_ITEM_READ_ONLY: &str =
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly";
pub(crate) const RESULT_READ_ONLY: &str =
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly";
pub(crate) const SCORE: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/score";
pub(crate) const MEMBERSHIP_READ_ONLY: &str =
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly";
/// Platform Notification Service 1.0 section 3; Canvas alone has it.
pub(crate) const NOTICE_HANDLERS: &str = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers";
/// The scopes that every flavour has.
pub(crate) const ALL: [&str; 5] = [
    LINE_ITEM,
    LINE_ITEM_READ_ONLY,
    RESULT_READ_ONLY,
    SCORE,
    MEMBERSHIP_READ_ONLY,
];
