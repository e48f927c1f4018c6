//! Names and Role Provisioning Services 2.0: who is in the course.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use url::Url;

use crate::claims::{Context, deserialize_optional_text, deserialize_text};
use crate::html_entities::unescape_html;
use crate::role::Roles;

/// Read the roster.
pub const SCOPE_MEMBERSHIP_READ: &str =
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly";
/// Media type of a roster.
pub const MEDIA_MEMBERSHIPS: &str = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json";

/// One page of a roster (NRPS 2.0 §2.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MembershipContainer {
    /// The roster's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The course.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// The people on this page.
    pub members: Vec<Member>,
}

impl MembershipContainer {
    /// Reads one page. A bare list is taken too (Open edX answers `[]` for nobody), and a member that
    /// cannot be read is left out.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Page<'a> {
            #[serde(default, deserialize_with = "deserialize_optional_text")]
            id: Option<String>,
            #[serde(borrow)]
            context: Option<&'a RawValue>,
            #[serde(borrow)]
            members: Vec<&'a RawValue>,
        }

        let is_list = json.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        let page = if is_list {
            Page {
                id: None,
                context: None,
                members: serde_json::from_slice(json)?,
            }
        } else {
            serde_json::from_slice(json)?
        };
        Ok(Self {
            id: page.id,
            context: page
                .context
                .and_then(|raw| serde_json::from_str(raw.get()).ok()),
            members: page
                .members
                .into_iter()
                .filter_map(|raw| serde_json::from_str(raw.get()).ok())
                .collect(),
        })
    }
}

/// A person in the course (NRPS 2.0 §2.2). Names are plain text: Moodle's HTML escapes are undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The person's id, as in `sub` of their launches.
    #[serde(deserialize_with = "deserialize_text")]
    pub user_id: String,
    /// Their roles. Moodle's teaching assistants are `Learner` here and `Instructor` in launches.
    #[serde(default)]
    pub roles: Roles,
    /// Whether they take part.
    #[serde(default)]
    pub status: MembershipStatus,
    /// Full name.
    #[serde(
        default,
        deserialize_with = "deserialize_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Given name.
    #[serde(
        default,
        deserialize_with = "deserialize_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub given_name: Option<String>,
    /// Family name.
    #[serde(
        default,
        deserialize_with = "deserialize_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub family_name: Option<String>,
    /// Middle name.
    #[serde(
        default,
        deserialize_with = "deserialize_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub middle_name: Option<String>,
    /// E-mail address.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
    /// Picture: a URL, as it came.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub picture: Option<String>,
    /// Id in the student record system.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub lis_person_sourcedid: Option<String>,
    /// Id in LTI 1.1.
    #[serde(
        default,
        deserialize_with = "deserialize_optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub lti11_legacy_user_id: Option<String>,
    /// The groups that they are in, where they were asked for (Course Groups 1.0 §4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_enrollments: Vec<GroupEnrollment>,
}

/// One group that a person is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupEnrollment {
    /// The group's id.
    #[serde(deserialize_with = "deserialize_text")]
    pub group_id: String,
}

/// Whether a person takes part in the course.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
pub enum MembershipStatus {
    /// Takes part; also where the platform does not say.
    #[default]
    Active,
    /// Is still listed but may not take part.
    Inactive,
    /// Has left; only in differences.
    Deleted,
}

impl<'de> Deserialize<'de> for MembershipStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserialize_optional_text(deserializer)?.unwrap_or_default();
        Ok(if text.eq_ignore_ascii_case("inactive") {
            Self::Inactive
        } else if text.eq_ignore_ascii_case("deleted") {
            Self::Deleted
        } else {
            Self::Active
        })
    }
}

fn deserialize_name<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let name = deserialize_optional_text(deserializer)?;
    Ok(name
        .filter(|name| !name.is_empty())
        .map(|name| unescape_html(&name)))
}

/// Which part of a roster to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct MembershipFilter<'a> {
    /// Only people with this role: a full URI or a short name.
    pub role: Option<&'a str>,
    /// Only people who can open this link, with what they would send.
    pub resource_link_id: Option<&'a str>,
    /// People on a page. Canvas gives 50 at most; Moodle gives no pages without it.
    pub limit: Option<u32>,
    /// Each person with their groups, where the platform knows Course Groups.
    pub with_groups: bool,
}

impl MembershipFilter<'_> {
    /// The roster's URL with the filter in its query.
    pub fn to_url(&self, roster: &Url) -> Url {
        let mut url = roster.clone();
        let asks = self.role.is_some() || self.resource_link_id.is_some() || self.limit.is_some();
        if asks || self.with_groups {
            let mut query = url.query_pairs_mut();
            if let Some(role) = self.role {
                query.append_pair("role", role);
            }
            if let Some(link) = self.resource_link_id {
                query.append_pair("rlid", link);
            }
            if let Some(limit) = self.limit {
                query.append_pair("limit", &limit.to_string());
            }
            if self.with_groups {
                query.append_pair("groups", "true");
            }
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_list_and_odd_members_are_taken() {
        assert_eq!(
            MembershipContainer::parse(b"[]").unwrap(),
            MembershipContainer::default()
        );
        let page = MembershipContainer::parse(
            br#"{"id":"x","context":7,"members":[
                {"user_id":4,"roles":"Learner","status":"Inactive","name":"A &amp; B","email":null,
                 "group_enrollments":[{"group_id":7}]},
                {"name":"nobody"}, 7,
                {"user_id":"5","status":"Deleted"}]}"#,
        )
        .unwrap();
        assert_eq!(page.members.len(), 2);
        assert_eq!(page.members[0].user_id, "4");
        assert_eq!(page.members[0].name.as_deref(), Some("A & B"));
        assert_eq!(page.members[0].status, MembershipStatus::Inactive);
        assert!(page.members[0].roles.is_learner());
        assert_eq!(page.members[0].group_enrollments[0].group_id, "7");
        assert_eq!(page.members[1].status, MembershipStatus::Deleted);
        assert!(MembershipContainer::parse(b"<html>").is_err());
        assert!(MembershipContainer::parse(b"{}").is_err());
    }

    #[test]
    fn a_filter_keeps_the_query_that_is_there() {
        let roster = Url::parse("https://lms.example/m?a=1").unwrap();
        let filter = MembershipFilter {
            role: Some("Learner"),
            resource_link_id: Some("r&1"),
            limit: Some(50),
            with_groups: true,
        };
        assert_eq!(
            filter.to_url(&roster).as_str(),
            "https://lms.example/m?a=1&role=Learner&rlid=r%261&limit=50&groups=true"
        );
        assert_eq!(MembershipFilter::default().to_url(&roster), roster);
    }
}
