//! Names and Role Provisioning Services 2.0: who is in the course.

use std::collections::HashSet;

use mtl_lti::claims::Context;
use mtl_lti::nrps::{
    MEDIA_MEMBERSHIPS, Member, MembershipContainer, MembershipFilter, SCOPE_MEMBERSHIP_READ,
};
use mtl_lti::paging::find_differences;
use url::Url;

use crate::calls::{Calls, links};
use crate::{PlatformAccess, ServiceError};

/// Canvas gives no more, and only 10 where it is not asked.
const PAGE: u32 = 50;

/// Calls for rosters.
#[derive(Clone, Debug)]
pub struct Nrps {
    calls: Calls,
}

/// A whole roster.
#[derive(Clone, Default, Debug)]
pub struct Roster {
    /// The course, as far as the platform says.
    pub context: Option<Context>,
    /// Everyone, each once.
    pub members: Vec<Member>,
    /// Where to ask for changes from now on, where the platform offers it.
    pub differences: Option<Url>,
}

impl Nrps {
    pub(crate) fn new(calls: Calls) -> Self {
        Self { calls }
    }

    /// Reads a roster to its last page (NRPS 2.0 section 2.4). A filter may be in the query of the URL
    /// ([`MembershipFilter::to_url`]); look through the members again, since Moodle forgets the role on
    /// the second page.
    pub async fn list_members(
        &self,
        access: &PlatformAccess,
        url: &Url,
    ) -> Result<Roster, ServiceError> {
        let asks_for_pages = url.query_pairs().any(|(name, _)| name == "limit");
        let limit = (!asks_for_pages).then_some(PAGE);
        let first = MembershipFilter {
            limit,
            ..MembershipFilter::default()
        }
        .to_url(url);
        let mut roster = Roster::default();
        let mut seen = HashSet::new();
        let take = |headers: &_, url: &_, body: &[u8]| {
            let page = MembershipContainer::parse(body)
                .map_err(|_| ServiceError::unreadable("a page of a roster"))?;
            roster.context = roster.context.take().or(page.context);
            roster.differences =
                find_differences(links(headers), url).or(roster.differences.take());
            // Pages shift when someone joins while they are read.
            let new = page
                .members
                .into_iter()
                .filter(|member| seen.insert(member.user_id.clone()));
            roster.members.extend(new);
            Ok(())
        };
        self.calls
            .read_pages(
                access,
                SCOPE_MEMBERSHIP_READ,
                first,
                MEDIA_MEMBERSHIPS,
                take,
            )
            .await?;
        Ok(roster)
    }
}
