//! Course Groups 1.0: the groups of a course.

use mtl_lti::groups::{
    Group, GroupSet, MEDIA_GROUP_SETS, MEDIA_GROUPS, SCOPE_CONTEXT_GROUP_READ, parse_group_sets,
    parse_groups,
};
use url::Url;

use crate::calls::Calls;
use crate::{PlatformAccess, ServiceError};

/// Calls for groups.
#[derive(Clone, Debug)]
pub struct Groups {
    calls: Calls,
}

impl Groups {
    pub(crate) fn new(calls: Calls) -> Self {
        Self { calls }
    }

    /// Reads the groups of a course to the last page (Course Groups 1.0 section 3.2).
    pub async fn list_groups(
        &self,
        access: &PlatformAccess,
        url: &Url,
    ) -> Result<Vec<Group>, ServiceError> {
        let mut groups = Vec::new();
        let take = |_: &_, _: &_, body: &[u8]| {
            let page = parse_groups(body)
                .map_err(|_| ServiceError::unreadable("a page of the groups of a course"))?;
            groups.extend(page);
            Ok(())
        };
        self.calls
            .read_pages(
                access,
                SCOPE_CONTEXT_GROUP_READ,
                url.clone(),
                MEDIA_GROUPS,
                take,
            )
            .await?;
        Ok(groups)
    }

    /// Reads the sets of groups to the last page (Course Groups 1.0 section 3.3).
    pub async fn list_group_sets(
        &self,
        access: &PlatformAccess,
        url: &Url,
    ) -> Result<Vec<GroupSet>, ServiceError> {
        let mut sets = Vec::new();
        let take = |_: &_, _: &_, body: &[u8]| {
            let page = parse_group_sets(body)
                .map_err(|_| ServiceError::unreadable("a page of the sets of groups"))?;
            sets.extend(page);
            Ok(())
        };
        self.calls
            .read_pages(
                access,
                SCOPE_CONTEXT_GROUP_READ,
                url.clone(),
                MEDIA_GROUP_SETS,
                take,
            )
            .await?;
        Ok(sets)
    }
}
