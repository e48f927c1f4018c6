//! Roles in all the vocabularies that platforms use (LTI Core 1.3 §A.2), and what they let us conclude.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MEMBERSHIP: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership";
const INSTITUTION: &str = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#";
const SYSTEM: &str = "http://purl.imsglobal.org/vocab/lis/v2/system/person#";
const TEST_USER: &str = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser";

/// One role of a person, with the level that it holds at.
///
/// Only context roles say what someone may do in the course that they launched from: a person who
/// teaches elsewhere has [`Role::Institution`] `Instructor` in a course where they study.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// In the course (`…/membership#Learner`, or the short name `Learner`).
    Context(ContextRole),
    /// A finer role in the course (`…/membership/Instructor#TeachingAssistant`): its principal role and its own name.
    ContextSub(ContextRole, String),
    /// In the institution (`…/institution/person#Student`).
    Institution(InstitutionRole),
    /// On the platform as a system (`…/system/person#SysAdmin`).
    System(SystemRole),
    /// The platform's "student view" (`…/lti/system/person#TestUser`): not a real person.
    TestUser,
    /// Anything else, as it came.
    Other(String),
}

macro_rules! role_names {
    ($(#[$doc:meta])* $name:ident { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the variants are the vocabulary's own words")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// The name in the vocabulary.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }

            /// The role of that name; letters may be of either case, since platforms differ.
            pub fn find(name: &str) -> Option<Self> {
                $(if name.eq_ignore_ascii_case(stringify!($variant)) { return Some(Self::$variant); })+
                None
            }
        }
    };
}

role_names! {
    /// Principal roles in a context (LTI Core 1.3 §A.2.3.1).
    ContextRole { Administrator, ContentDeveloper, Instructor, Learner, Mentor, Manager, Member, Officer, None }
}
role_names! {
    /// Roles in the institution (LTI Core 1.3 §A.2.2).
    InstitutionRole {
        Administrator, Faculty, Guest, None, Other, Staff, Student, Alumni, Instructor, Learner, Member, Mentor,
        Observer, ProspectiveStudent,
    }
}
role_names! {
    /// Roles on the platform as a system (LTI Core 1.3 §A.2.1).
    SystemRole { Administrator, None, AccountAdmin, Creator, SysAdmin, SysSupport, User }
}

impl Role {
    /// Reads a role in any of the forms that platforms send: full URIs, URIs of sub-roles, the short
    /// names of context roles, and the URNs of LTI 1.1.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        find_role(text).unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// The full URI; for [`Role::Other`] what came.
    pub fn as_uri(&self) -> Cow<'_, str> {
        match self {
            Self::Context(role) => format!("{MEMBERSHIP}#{}", role.as_str()).into(),
            Self::ContextSub(role, sub) => format!("{MEMBERSHIP}/{}#{sub}", role.as_str()).into(),
            Self::Institution(role) => format!("{INSTITUTION}{}", role.as_str()).into(),
            Self::System(role) => format!("{SYSTEM}{}", role.as_str()).into(),
            Self::TestUser => TEST_USER.into(),
            Self::Other(text) => text.as_str().into(),
        }
    }

    /// The principal role in the context, also of a sub-role.
    pub fn context_role(&self) -> Option<ContextRole> {
        match self {
            Self::Context(role) | Self::ContextSub(role, _) => Some(*role),
            _ => None,
        }
    }

    fn is_assistant(&self) -> bool {
        // Also TeachingAssistantSection, TeachingAssistantOffering and the other kinds.
        matches!(self, Self::ContextSub(ContextRole::Instructor, sub) if sub.starts_with("TeachingAssistant"))
    }
}

fn find_role(text: &str) -> Option<Role> {
    if let Some(rest) = strip_scheme(text, "//purl.imsglobal.org/vocab/") {
        if rest == "lti/system/person#TestUser" {
            return Some(Role::TestUser);
        }
        let rest = rest.strip_prefix("lis/v2/")?;
        if let Some(name) = rest.strip_prefix("institution/person#") {
            return InstitutionRole::find(name).map(Role::Institution);
        }
        if let Some(name) = rest.strip_prefix("system/person#") {
            return SystemRole::find(name).map(Role::System);
        }
        let rest = rest.strip_prefix("membership")?;
        return match rest.as_bytes().first()? {
            b'#' => find_context_role(&rest[1..]),
            b'/' => {
                let (principal, sub) = rest[1..].split_once('#')?;
                find_sub_role(principal, sub)
            }
            _ => None,
        };
    }
    if let Some(rest) = text.strip_prefix("urn:lti:role:ims/lis/") {
        return find_context_role(rest);
    }
    if let Some(name) = text.strip_prefix("urn:lti:instrole:ims/lis/") {
        return InstitutionRole::find(name).map(Role::Institution);
    }
    if let Some(name) = text.strip_prefix("urn:lti:sysrole:ims/lis/") {
        return SystemRole::find(name).map(Role::System);
    }
    find_context_role(text)
}

fn strip_scheme<'a>(text: &'a str, rest: &str) -> Option<&'a str> {
    text.strip_prefix("http:")
        .or_else(|| text.strip_prefix("https:"))?
        .strip_prefix(rest)
}

/// `Learner`, `Instructor/TeachingAssistant` (LTI 1.1), `Instructor#TeachingAssistant`, `TeachingAssistant`.
fn find_context_role(name: &str) -> Option<Role> {
    if let Some((principal, sub)) = name.split_once(['/', '#']) {
        return find_sub_role(principal, sub);
    }
    if name.starts_with("TeachingAssistant") {
        return Some(Role::ContextSub(ContextRole::Instructor, name.to_owned()));
    }
    ContextRole::find(name).map(Role::Context)
}

fn find_sub_role(principal: &str, sub: &str) -> Option<Role> {
    if sub.is_empty() {
        return None;
    }
    ContextRole::find(principal).map(|role| Role::ContextSub(role, sub.to_owned()))
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.as_uri())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&Cow::<'de, str>::deserialize(deserializer)?))
    }
}

/// The roles of one person in one launch or one membership, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// No roles.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The roles one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Role> {
        self.0.iter()
    }

    /// Whether the platform named no role at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Studies in this course.
    pub fn is_learner(&self) -> bool {
        self.has_context_role(ContextRole::Learner)
    }

    /// Teaches in this course. True too for an assistant whose platform also sends `Instructor`, which
    /// Canvas does: ask [`Roles::is_teaching_assistant`] first where it matters. Moodle sends a teaching
    /// assistant as `Instructor` without saying more.
    pub fn is_instructor(&self) -> bool {
        self.0.iter().any(|role| {
            role.context_role() == Some(ContextRole::Instructor) && !role.is_assistant()
        })
    }

    /// Assists in teaching this course.
    pub fn is_teaching_assistant(&self) -> bool {
        self.0.iter().any(Role::is_assistant)
    }

    /// Looks after named people of this course (`role_scope_mentor` names them).
    pub fn is_mentor(&self) -> bool {
        self.has_context_role(ContextRole::Mentor)
    }

    /// Designs the content of this course.
    pub fn is_content_developer(&self) -> bool {
        self.has_context_role(ContextRole::ContentDeveloper)
    }

    /// Administers this course, the institution or the platform.
    pub fn is_administrator(&self) -> bool {
        self.0.iter().any(|role| {
            role.context_role() == Some(ContextRole::Administrator)
                || matches!(
                    role,
                    Role::Institution(InstitutionRole::Administrator)
                        | Role::System(
                            SystemRole::Administrator
                                | SystemRole::SysAdmin
                                | SystemRole::AccountAdmin
                        )
                )
        })
    }

    /// The platform's "student view", not a real person.
    pub fn is_test_user(&self) -> bool {
        self.0.contains(&Role::TestUser)
    }

    fn has_context_role(&self, wanted: ContextRole) -> bool {
        self.0
            .iter()
            .any(|role| role.context_role() == Some(wanted))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Roles {
    type Item = &'a Role;
    type IntoIter = std::slice::Iter<'a, Role>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'de> Deserialize<'de> for Roles {
    /// A list, or one role alone; entries that are not text are left out.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = crate::claims::deserialize_text_list(deserializer)?;
        Ok(texts.iter().map(|text| Role::parse(text)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vocabulary_is_read() {
        use ContextRole::{Administrator, Instructor, Learner, Mentor};
        let table = [
            (
                "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",
                Role::Context(Learner),
            ),
            (
                "https://purl.imsglobal.org/vocab/lis/v2/membership#Learner",
                Role::Context(Learner),
            ),
            (
                "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant",
                Role::ContextSub(Instructor, "TeachingAssistant".into()),
            ),
            (
                "http://purl.imsglobal.org/vocab/lis/v2/membership/instructor#Grader",
                Role::ContextSub(Instructor, "Grader".into()),
            ),
            (
                "http://purl.imsglobal.org/vocab/lis/v2/membership#TeachingAssistant",
                Role::ContextSub(Instructor, "TeachingAssistant".into()),
            ),
            (
                "http://purl.imsglobal.org/vocab/lis/v2/membership/Mentor#Advisor",
                Role::ContextSub(Mentor, "Advisor".into()),
            ),
            (
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student",
                Role::Institution(InstitutionRole::Student),
            ),
            (
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#None",
                Role::Institution(InstitutionRole::None),
            ),
            (
                "http://purl.imsglobal.org/vocab/lis/v2/system/person#SysAdmin",
                Role::System(SystemRole::SysAdmin),
            ),
            (
                "http://purl.imsglobal.org/vocab/lis/v2/system/person#None",
                Role::System(SystemRole::None),
            ),
            (
                "http://purl.imsglobal.org/vocab/lti/system/person#TestUser",
                Role::TestUser,
            ),
            ("Instructor", Role::Context(Instructor)),
            (
                "Instructor#TeachingAssistant",
                Role::ContextSub(Instructor, "TeachingAssistant".into()),
            ),
            ("urn:lti:role:ims/lis/Learner", Role::Context(Learner)),
            (
                "urn:lti:role:ims/lis/Administrator",
                Role::Context(Administrator),
            ),
            (
                "urn:lti:role:ims/lis/TeachingAssistant",
                Role::ContextSub(Instructor, "TeachingAssistant".into()),
            ),
            (
                "urn:lti:role:ims/lis/Instructor/TeachingAssistant",
                Role::ContextSub(Instructor, "TeachingAssistant".into()),
            ),
            (
                "urn:lti:instrole:ims/lis/Student",
                Role::Institution(InstitutionRole::Student),
            ),
            (
                "urn:lti:sysrole:ims/lis/SysAdmin",
                Role::System(SystemRole::SysAdmin),
            ),
        ];
        for (text, role) in table {
            assert_eq!(Role::parse(text), role, "{text}");
            assert_eq!(Role::parse(&role.as_uri()), role, "{text} there and back");
        }
    }

    #[test]
    fn what_is_not_in_a_vocabulary_is_kept_and_means_nothing() {
        for text in [
            "",
            "Wizard",
            "http://purl.imsglobal.org/vocab/lis/v2/membership",
            "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor",
            "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#",
            "http://purl.imsglobal.org/vocab/lis/v2/memberships#Instructor",
            "http://example.org/vocab/lis/v2/membership#Instructor",
        ] {
            assert_eq!(Role::parse(text), Role::Other(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn only_context_roles_make_an_instructor() {
        let roles: Roles = serde_json::from_str(
            r#"["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor", "Learner", 7, null]"#,
        )
        .unwrap();
        assert!(roles.is_learner());
        assert!(!roles.is_instructor());
        assert!(!roles.is_administrator());
    }

    #[test]
    fn an_assistant_is_told_from_an_instructor() {
        let assistant: Roles = [Role::parse("Instructor#TeachingAssistant")]
            .into_iter()
            .collect();
        assert!(assistant.is_teaching_assistant());
        assert!(!assistant.is_instructor());
        let both: Roles = [
            Role::parse("Instructor"),
            Role::parse("Instructor#TeachingAssistant"),
        ]
        .into_iter()
        .collect();
        assert!(both.is_teaching_assistant() && both.is_instructor());
    }

    #[test]
    fn one_role_need_not_be_a_list() {
        let roles: Roles = serde_json::from_str(r#""Mentor""#).unwrap();
        assert!(roles.is_mentor());
    }
}
