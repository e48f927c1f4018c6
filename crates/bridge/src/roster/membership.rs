//! What a person is in a course, where the launch and the platform's list do not say the same.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_store::work::MemberRow;

use crate::visit::Standing;

/// How long the roles of a launch count beside other ones on the list. Moodle's teaching assistants
/// are instructors in launches and learners on the list, so the list alone would make them
/// participants; but somebody who has not come for a third of a year is what the list says.
const LAUNCH_COUNTS: TimeDelta = TimeDelta::days(120);

/// How exactly the time of a launch is kept.
const SEEN_TO_WITHIN: TimeDelta = TimeDelta::hours(1);

/// What the person is, for lists of people. What they may do themselves comes from their own launch
/// alone.
pub(crate) fn standing_of(row: &MemberRow, now: DateTime<Utc>) -> Standing {
    let listed = Standing::of_roles(&row.listed_roles);
    let Some(seen) = row.last_seen_at else {
        return listed;
    };
    let launched = Standing::of_roles(&row.roles);
    if row.listed_at.is_none() || row.left_at.is_some() {
        return launched;
    }
    let changed_since = row.changed_at.is_some_and(|changed| changed > seen);
    if now - seen > LAUNCH_COUNTS || changed_since {
        listed
    } else {
        launched
    }
}

/// Whether the person has left the course: the list says so, or a whole list was read without them
/// since they last came. Instructors need not be on it (Moodle leaves administrators out).
pub(crate) fn has_left(row: &MemberRow, standing: Standing) -> bool {
    let is_listed = row.listed_at.is_some() && row.left_at.is_none();
    if is_listed {
        return false;
    }
    let Some(seen) = row.last_seen_at else {
        return row.left_at.is_some();
    };
    let was_listed = row.left_at.is_some();
    let belongs_on_it = was_listed || standing.participant || standing.coach;
    row.left_at.is_some_and(|left| left >= seen)
        || (belongs_on_it
            && row
                .whole_at
                .is_some_and(|whole| whole > seen + SEEN_TO_WITHIN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mtl_programme::PersonId;
    use uuid::Uuid;

    fn day(number: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + number)
    }

    fn member(launched: Option<(&str, i64)>, listed: Option<&str>) -> MemberRow {
        MemberRow {
            person: PersonId(Uuid::nil()),
            name: None,
            roles: launched
                .iter()
                .map(|(role, _)| (*role).to_owned())
                .collect(),
            last_seen_at: launched.map(|(_, seen)| day(seen)),
            listed_roles: listed.iter().map(|role| (*role).to_owned()).collect(),
            listed_at: listed.map(|_| day(10)),
            changed_at: None,
            left_at: None,
            groups: Vec::new(),
            whole_at: Some(day(10)),
        }
    }

    #[test]
    fn a_teaching_assistant_whom_moodle_lists_as_a_learner_stays_one() {
        let assistant = member(Some(("Instructor", 5)), Some("Learner"));
        assert!(standing_of(&assistant, day(10)).tutor);
        // Not for ever, and not when the list changes its mind.
        assert!(standing_of(&assistant, day(126)).participant);
        let demoted = MemberRow {
            changed_at: Some(day(8)),
            ..assistant
        };
        assert!(standing_of(&demoted, day(10)).participant);
        let back = MemberRow {
            last_seen_at: Some(day(9)),
            ..demoted
        };
        assert!(standing_of(&back, day(10)).tutor);
    }

    #[test]
    fn who_never_launched_is_what_the_list_says() {
        assert!(standing_of(&member(None, Some("Learner")), day(10)).participant);
        assert!(standing_of(&member(None, Some("Mentor")), day(10)).coach);
        assert!(standing_of(&member(Some(("Learner", 5)), None), day(10)).participant);
    }

    #[test]
    fn who_left_is_known_by_the_list_or_by_missing_from_it() {
        let left = |row: &MemberRow| has_left(row, standing_of(row, day(10)));
        let listed = member(Some(("Learner", 5)), Some("Learner"));
        assert!(!left(&listed));
        assert!(!left(&member(None, Some("Learner"))));
        let gone = MemberRow {
            left_at: Some(day(10)),
            ..listed
        };
        assert!(left(&gone));
        // They came again after that; then a whole list was read without them.
        let again = MemberRow {
            last_seen_at: Some(day(11)),
            ..gone.clone()
        };
        assert!(!left(&again));
        let gone_again = MemberRow {
            whole_at: Some(day(12)),
            ..again
        };
        assert!(left(&gone_again));
        // Never listed: a participant has left, an administrator never stands there.
        assert!(left(&member(Some(("Learner", 5)), None)));
        assert!(!left(&member(Some(("Learner", 11)), None)));
        assert!(!left(&member(Some(("Instructor", 5)), None)));
        let unread = MemberRow {
            whole_at: None,
            ..member(Some(("Learner", 5)), None)
        };
        assert!(!left(&unread));
    }
}
