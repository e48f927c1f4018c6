//! The scopes that the bridge uses, and what they are for in words.

use mtl_lti::ags::{SCOPE_LINE_ITEM, SCOPE_RESULT_READ, SCOPE_SCORE};
use mtl_lti::groups::SCOPE_CONTEXT_GROUP_READ;
use mtl_lti::launch::SCOPE_NOTICE_HANDLERS;
use mtl_lti::nrps::SCOPE_MEMBERSHIP_READ;

/// The scopes that every platform should grant.
pub const USED_SCOPES: [&str; 4] = [
    SCOPE_SCORE,
    SCOPE_RESULT_READ,
    SCOPE_LINE_ITEM,
    SCOPE_MEMBERSHIP_READ,
];

/// Scopes of services that few platforms have: asked for only where a platform says that it has them.
pub const FURTHER_SCOPES: [&str; 2] = [SCOPE_CONTEXT_GROUP_READ, SCOPE_NOTICE_HANDLERS];

/// What a scope is for, as an administrator reads it; the scope itself where it is not one of ours.
pub fn scope_words(scope: &str) -> &str {
    match scope {
        SCOPE_SCORE => "Send marks and feedback to the gradebook",
        SCOPE_RESULT_READ => "Read back the marks that it sent, to be sure that they arrived",
        SCOPE_LINE_ITEM => "Add and find the gradebook columns that its marks belong to",
        SCOPE_MEMBERSHIP_READ => "Read who is in a course, and as what",
        SCOPE_CONTEXT_GROUP_READ => "Read which groups a course has",
        SCOPE_NOTICE_HANDLERS => "Be told when a course is copied",
        other => other,
    }
}
