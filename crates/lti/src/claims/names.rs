//! The names of the LTI claims, as they stand in a token.

/// Which message this is.
pub const MESSAGE_TYPE: &str = "https://purl.imsglobal.org/spec/lti/claim/message_type";
/// The version of LTI: always [`VERSION_1_3`].
pub const VERSION: &str = "https://purl.imsglobal.org/spec/lti/claim/version";
/// The only version that we speak.
pub const VERSION_1_3: &str = "1.3.0";
/// Which deployment of the tool on the platform.
pub const DEPLOYMENT_ID: &str = "https://purl.imsglobal.org/spec/lti/claim/deployment_id";
/// The page of ours that the person is to see.
pub const TARGET_LINK_URI: &str = "https://purl.imsglobal.org/spec/lti/claim/target_link_uri";
/// The person's roles.
pub const ROLES: &str = "https://purl.imsglobal.org/spec/lti/claim/roles";
/// The people that a mentor looks after.
pub const ROLE_SCOPE_MENTOR: &str = "https://purl.imsglobal.org/spec/lti/claim/role_scope_mentor";
/// The course.
pub const CONTEXT: &str = "https://purl.imsglobal.org/spec/lti/claim/context";
/// The link in the course.
pub const RESOURCE_LINK: &str = "https://purl.imsglobal.org/spec/lti/claim/resource_link";
/// How the platform shows us, and where people go back to.
pub const LAUNCH_PRESENTATION: &str =
    "https://purl.imsglobal.org/spec/lti/claim/launch_presentation";
/// Which product the platform is.
pub const TOOL_PLATFORM: &str = "https://purl.imsglobal.org/spec/lti/claim/tool_platform";
/// Custom parameters of the tool and the link.
pub const CUSTOM: &str = "https://purl.imsglobal.org/spec/lti/claim/custom";
/// Ids of the student record system.
pub const LIS: &str = "https://purl.imsglobal.org/spec/lti/claim/lis";
/// Ids that the platform used for us in LTI 1.1.
pub const LTI1P1: &str = "https://purl.imsglobal.org/spec/lti/claim/lti1p1";
/// Whose work a submission review opens.
pub const FOR_USER: &str = "https://purl.imsglobal.org/spec/lti/claim/for_user";
/// Assignment and Grade Services.
pub const AGS_ENDPOINT: &str = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint";
/// Names and Role Provisioning Services.
pub const NRPS_ENDPOINT: &str = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice";
/// Course Groups.
pub const GROUPS_ENDPOINT: &str = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice";
/// Platform Notification Service.
pub const NOTIFICATION_SERVICE: &str =
    "https://purl.imsglobal.org/spec/lti/claim/platformnotificationservice";
/// What a notice is about.
pub const NOTICE: &str = "https://purl.imsglobal.org/spec/lti/claim/notice";
/// The courses that a course was copied from.
pub const ORIGIN_CONTEXTS: &str = "https://purl.imsglobal.org/spec/lti/claim/origin_contexts";
/// What a picker may answer.
pub const DEEP_LINKING_SETTINGS: &str =
    "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings";
/// What was picked.
pub const CONTENT_ITEMS: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items";
/// The platform's own data, echoed in the answer of a picker.
pub const DEEP_LINKING_DATA: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/data";
/// Words for the person after picking.
pub const DEEP_LINKING_MESSAGE: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/msg";
/// Words for the platform's log after picking.
pub const DEEP_LINKING_LOG: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/log";
/// Words for the person when picking failed.
pub const DEEP_LINKING_ERROR_MESSAGE: &str =
    "https://purl.imsglobal.org/spec/lti-dl/claim/errormsg";
/// Words for the platform's log when picking failed.
pub const DEEP_LINKING_ERROR_LOG: &str = "https://purl.imsglobal.org/spec/lti-dl/claim/errorlog";
