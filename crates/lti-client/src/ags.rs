//! Assignment and Grade Services 2.0: line items, scores, results.

use mtl_lti::ags::{
    GradeResult, LineItem, MEDIA_LINE_ITEM, MEDIA_LINE_ITEMS, MEDIA_RESULTS, MEDIA_SCORE,
    SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ, SCOPE_RESULT_READ, SCOPE_SCORE, results_url, scores_url,
};
use serde_json::value::RawValue;
use url::Url;

use crate::calls::{Ask, Calls};
use crate::{PlatformAccess, ServiceError};

/// Calls to gradebooks.
#[derive(Clone, Debug)]
pub struct Ags {
    calls: Calls,
}

/// Which line items to list (AGS 2.0 section 3.2.6). The platform is asked for these only, and what it
/// gives is looked through again, since not every platform does what it is asked.
#[derive(Clone, Copy, Default, Debug)]
pub struct LineItemFilter<'a> {
    /// Only those of this resource.
    pub resource_id: Option<&'a str>,
    /// Only those with this tag.
    pub tag: Option<&'a str>,
    /// Only those of this link.
    pub resource_link_id: Option<&'a str>,
    /// Line items on a page.
    pub limit: Option<u32>,
}

impl LineItemFilter<'_> {
    fn to_url(self, container: &Url) -> Url {
        let limit = self.limit.map(|limit| limit.to_string());
        let pairs = [
            ("resource_id", self.resource_id),
            ("tag", self.tag),
            ("resource_link_id", self.resource_link_id),
            ("limit", limit.as_deref()),
        ];
        let mut url = container.clone();
        for (name, value) in pairs {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url
    }

    /// Whether anything is asked for.
    fn narrows(self) -> bool {
        self.resource_id.is_some() || self.tag.is_some() || self.resource_link_id.is_some()
    }

    fn holds(self, item: &LineItem) -> bool {
        let same = |wanted: Option<&str>, has: &Option<String>| {
            wanted.is_none_or(|wanted| has.as_deref() == Some(wanted))
        };
        same(self.resource_id, &item.resource_id)
            && same(self.tag, &item.tag)
            && same(self.resource_link_id, &item.resource_link_id)
    }
}

impl Ags {
    pub(crate) fn new(calls: Calls) -> Self {
        Self { calls }
    }

    /// Posts a score, these very bytes (AGS 2.0 section 3.4).
    pub async fn post_score(
        &self,
        access: &PlatformAccess,
        line_item: &Url,
        body: &[u8],
    ) -> Result<(), ServiceError> {
        let ask = Ask::Post {
            media: MEDIA_SCORE,
            body,
        };
        // The status says it all; a body that is cut off takes nothing away from it.
        self.calls
            .call(access, SCOPE_SCORE, &scores_url(line_item), ask)
            .await?;
        Ok(())
    }

    /// What a line item holds for one person (AGS 2.0 section 3.3).
    pub async fn find_results(
        &self,
        access: &PlatformAccess,
        line_item: &Url,
        user_id: &str,
    ) -> Result<Vec<GradeResult>, ServiceError> {
        let mut found = self.read_results(access, line_item, Some(user_id)).await?;
        found.retain(|result| result.user_id == user_id);
        Ok(found)
    }

    /// What a line item holds for everybody (AGS 2.0 section 3.3). No page size is asked for: Moodle
    /// answers that with an error page.
    pub async fn list_results(
        &self,
        access: &PlatformAccess,
        line_item: &Url,
    ) -> Result<Vec<GradeResult>, ServiceError> {
        self.read_results(access, line_item, None).await
    }

    async fn read_results(
        &self,
        access: &PlatformAccess,
        line_item: &Url,
        user_id: Option<&str>,
    ) -> Result<Vec<GradeResult>, ServiceError> {
        let mut found = Vec::new();
        let url = results_url(line_item, user_id);
        self.calls
            .read_pages(
                access,
                SCOPE_RESULT_READ,
                url,
                MEDIA_RESULTS,
                |_, _, body| {
                    let page = GradeResult::parse_list(body)
                        .map_err(|_| ServiceError::unreadable("a list of results"))?;
                    found.extend(page);
                    Ok(())
                },
            )
            .await?;
        Ok(found)
    }

    /// The line items of a course that we may see (AGS 2.0 section 3.2.4). Where the platform grants no
    /// right to read only, the right to do all is asked for.
    pub async fn list_line_items(
        &self,
        access: &PlatformAccess,
        container: &Url,
        filter: &LineItemFilter<'_>,
    ) -> Result<Vec<LineItem>, ServiceError> {
        match self
            .list_with(SCOPE_LINE_ITEM_READ, access, container, *filter)
            .await
        {
            Err(ServiceError::NoToken { error, .. }) if error == "invalid_scope" => {
                self.list_with(SCOPE_LINE_ITEM, access, container, *filter)
                    .await
            }
            other => other,
        }
    }

    /// The line item with the wanted link, resource id and tag, whatever its other properties. One that
    /// is wanted without any of these is never found: any column would do.
    ///
    /// Of a link only its own columns are looked at. Where several fit, one with our resource id goes
    /// before others, then the first, always the same as long as the platform keeps its order.
    pub async fn find_line_item(
        &self,
        access: &PlatformAccess,
        container: &Url,
        wanted: &LineItem,
    ) -> Result<Option<LineItem>, ServiceError> {
        let filter = match &wanted.resource_link_id {
            Some(link) => LineItemFilter {
                resource_link_id: Some(link),
                ..LineItemFilter::default()
            },
            None => LineItemFilter {
                resource_id: wanted.resource_id.as_deref(),
                tag: wanted.tag.as_deref(),
                ..LineItemFilter::default()
            },
        };
        if !filter.narrows() {
            return Ok(None);
        }
        let mut found = self
            .list_with(SCOPE_LINE_ITEM, access, container, filter)
            .await?;
        found.retain(|item| item.id.is_some());
        let ours = found
            .iter()
            .position(|item| item.resource_id == wanted.resource_id);
        Ok((!found.is_empty()).then(|| found.swap_remove(ours.unwrap_or(0))))
    }

    /// Makes a line item (AGS 2.0 section 3.2.5). Look for it before, and again after an outcome that is
    /// not known.
    pub async fn create_line_item(
        &self,
        access: &PlatformAccess,
        container: &Url,
        wanted: &LineItem,
    ) -> Result<LineItem, ServiceError> {
        let body = serde_json::to_vec(wanted)
            .map_err(|_| ServiceError::unreadable("a line item that cannot be written"))?;
        let ask = Ask::Post {
            media: MEDIA_LINE_ITEM,
            body: &body,
        };
        let (_, body) = self
            .calls
            .call_and_read(access, SCOPE_LINE_ITEM, container, ask)
            .await?;
        serde_json::from_slice::<LineItem>(&body)
            .ok()
            .filter(|item| item.id.is_some())
            .ok_or(ServiceError::OutcomeUnknown {
                reason: "the new line item cannot be read",
            })
    }

    /// Whether there is a line item at this address (AGS 2.0 section 3.2.4).
    pub async fn has_line_item(
        &self,
        access: &PlatformAccess,
        line_item: &Url,
    ) -> Result<bool, ServiceError> {
        let ask = Ask::Get {
            accept: MEDIA_LINE_ITEM,
        };
        let read = self
            .calls
            .call(access, SCOPE_LINE_ITEM_READ, line_item, ask);
        let answer = match read.await {
            Err(ServiceError::NoToken { error, .. }) if error == "invalid_scope" => {
                self.calls
                    .call(access, SCOPE_LINE_ITEM, line_item, ask)
                    .await
            }
            other => other,
        };
        match answer {
            Ok(_) => Ok(true),
            Err(ServiceError::Permanent {
                status: 404 | 410, ..
            }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn list_with(
        &self,
        scope: &str,
        access: &PlatformAccess,
        container: &Url,
        filter: LineItemFilter<'_>,
    ) -> Result<Vec<LineItem>, ServiceError> {
        let mut found = Vec::new();
        self.calls
            .read_pages(
                access,
                scope,
                filter.to_url(container),
                MEDIA_LINE_ITEMS,
                |_, _, body| {
                    let page: Vec<&RawValue> = serde_json::from_slice(body)
                        .map_err(|_| ServiceError::unreadable("a list of line items"))?;
                    // One odd line item does not hide the others.
                    let page = page
                        .into_iter()
                        .filter_map(|raw| serde_json::from_str(raw.get()).ok());
                    found.extend(page.filter(|item| filter.holds(item)));
                    Ok(())
                },
            )
            .await?;
        Ok(found)
    }
}
