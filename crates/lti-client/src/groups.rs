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
        let damaged = "a page of the groups of a course";
        self.read_all(access, url, MEDIA_GROUPS, parse_groups, damaged)
            .await
    }

    /// Reads the sets of groups to the last page (Course Groups 1.0 section 3.3).
    pub async fn list_group_sets(
        &self,
        access: &PlatformAccess,
        url: &Url,
    ) -> Result<Vec<GroupSet>, ServiceError> {
        let damaged = "a page of the sets of groups";
        self.read_all(access, url, MEDIA_GROUP_SETS, parse_group_sets, damaged)
            .await
    }

    async fn read_all<T: Send>(
        &self,
        access: &PlatformAccess,
        url: &Url,
        media: &'static str,
        parse: fn(&[u8]) -> Result<Vec<T>, serde_json::Error>,
        damaged: &'static str,
    ) -> Result<Vec<T>, ServiceError> {
        let mut all = Vec::new();
        let take = |_: &_, _: &_, body: &[u8]| {
            all.extend(parse(body).map_err(|_| ServiceError::unreadable(damaged))?);
            Ok(())
        };
        self.calls
            .read_pages(access, SCOPE_CONTEXT_GROUP_READ, url.clone(), media, take)
            .await?;
        Ok(all)
    }
}
