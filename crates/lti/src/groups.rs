//! Course Groups 1.0: the groups of a course, and the sets that they form.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::claims::{deserialize_optional_text, deserialize_text};
use crate::html_entities::unescape_html;

/// Read groups and sets.
pub const SCOPE_CONTEXT_GROUP_READ: &str =
    "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly";
/// Media type of a list of groups.
pub const MEDIA_GROUPS: &str = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json";
/// Media type of a list of sets.
pub const MEDIA_GROUP_SETS: &str = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json";

/// A group of people in a course (Course Groups 1.0 §3.2). Who is in it stands in the roster, where
/// that is asked for with `groups=true`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Unique in the course.
    #[serde(deserialize_with = "deserialize_text")]
    pub id: String,
    /// The name that people know.
    #[serde(default, deserialize_with = "deserialize_optional_text")]
    pub name: Option<String>,
    /// What the group is for, in the platform's words.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub tag: Option<String>,
    /// The set that it belongs to.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub set_id: Option<String>,
}

/// A set of groups, such as all laboratory groups (Course Groups 1.0 §3.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSet {
    /// Unique in the course.
    #[serde(deserialize_with = "deserialize_text")]
    pub id: String,
    /// The name that people know.
    #[serde(default, deserialize_with = "deserialize_optional_text")]
    pub name: Option<String>,
}

/// Reads a page of groups; one that cannot be read is left out.
pub fn parse_groups(json: &[u8]) -> Result<Vec<Group>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        groups: Vec<&'a RawValue>,
    }
    let page: Page<'_> = serde_json::from_slice(json)?;
    let read = |raw: &RawValue| serde_json::from_str::<Group>(raw.get()).ok();
    Ok(page
        .groups
        .into_iter()
        .filter_map(read)
        .map(|group| Group {
            name: plain(group.name),
            ..group
        })
        .collect())
}

/// Reads a page of sets; one that cannot be read is left out.
pub fn parse_group_sets(json: &[u8]) -> Result<Vec<GroupSet>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        sets: Vec<&'a RawValue>,
    }
    let page: Page<'_> = serde_json::from_slice(json)?;
    let read = |raw: &RawValue| serde_json::from_str::<GroupSet>(raw.get()).ok();
    Ok(page
        .sets
        .into_iter()
        .filter_map(read)
        .map(|set| GroupSet {
            name: plain(set.name),
            ..set
        })
        .collect())
}

/// Moodle escapes names as for a page; an empty one is none.
fn plain(name: Option<String>) -> Option<String> {
    name.filter(|name| !name.is_empty())
        .map(|name| unescape_html(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_sets_are_read_and_odd_ones_left_out() {
        let groups = parse_groups(
            br#"{"id":"https://lms.example/groups","groups":[
                {"id":7,"name":"Tuesday &amp; Friday","set_id":"1","tag":"lab"},
                {"name":"without id"}, 4,
                {"id":"8","name":"","set_id":null}]}"#,
        )
        .unwrap();
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].id, "7");
        assert_eq!(groups[0].name.as_deref(), Some("Tuesday & Friday"));
        assert_eq!(groups[0].set_id.as_deref(), Some("1"));
        assert_eq!((&groups[1].name, &groups[1].set_id), (&None, &None));
        let sets = parse_group_sets(br#"{"sets":[{"id":"1","name":"Labs"}]}"#).unwrap();
        assert_eq!(sets[0].name.as_deref(), Some("Labs"));
        assert!(parse_groups(b"[]").is_err());
        assert!(parse_group_sets(br#"{"groups":[]}"#).is_err());
    }
}
