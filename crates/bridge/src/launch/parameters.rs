//! The custom parameters that our links carry (LTI Core 1.3, section 5.4.6), all in lower case,
//! since Moodle adds lower-cased copies.

/// The activity that a link opens, `programme/activity`.
pub const PARAMETER_ACTIVITY: &str = "mtl_activity";
/// When the activity is due, as RFC 3339, set by the tutor who placed the link.
pub const PARAMETER_DUE: &str = "mtl_due";
/// The platform's id of the course for which [`PARAMETER_DUE`] was set: a copied course keeps the
/// parameters, and its cohort has dates of its own.
pub const PARAMETER_SET_IN: &str = "mtl_set_in";
/// The date until when the platform takes work for the link; the value asks the platform for it
/// (LTI Core 1.3, appendix C.2).
pub const PARAMETER_PLATFORM_DUE: &str = "mtl_platform_due";
/// What [`PARAMETER_PLATFORM_DUE`] is set to.
pub const PLATFORM_DUE: &str = "$ResourceLink.submission.endDateTime";
