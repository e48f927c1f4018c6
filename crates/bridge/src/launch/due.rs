//! The due date that a launch brings for its link.

use chrono::{DateTime, Utc};
use mtl_lti::VerifiedLaunch;

use super::parameters::{PARAMETER_DUE, PARAMETER_PLATFORM_DUE, PARAMETER_SET_IN};

/// The platform's own date, which a teacher may have changed there; else the one that the tutor set
/// when they placed the link, as long as the launch comes from the course that it was set for.
pub(super) fn due_of_link(launch: &VerifiedLaunch) -> Option<DateTime<Utc>> {
    let date = |name: &str| -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(launch.custom(name)?)
            .ok()
            .map(|date| date.with_timezone(&Utc))
    };
    date(PARAMETER_PLATFORM_DUE).or_else(|| {
        let course = launch.context().map_or("", |context| context.id.as_str());
        (launch.custom(PARAMETER_SET_IN).unwrap_or_default() == course)
            .then(|| date(PARAMETER_DUE))
            .flatten()
    })
}
