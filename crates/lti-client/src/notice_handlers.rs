//! Platform Notification Service 1.0: saying which notices we want, and where.

use mtl_lti::launch::{NoticeHandler, SCOPE_NOTICE_HANDLERS};
use url::Url;

use crate::calls::{Ask, Calls};
use crate::{PlatformAccess, ServiceError};

const MEDIA: &str = "application/json";

/// Subscriptions to notices.
#[derive(Clone, Debug)]
pub struct NoticeHandlers {
    calls: Calls,
}

impl NoticeHandlers {
    pub(crate) fn new(calls: Calls) -> Self {
        Self { calls }
    }

    /// Puts our address for a kind of notice into the place of whatever is there (Platform
    /// Notification Service 1.0 section 4.2): doing it again changes nothing.
    pub async fn subscribe(
        &self,
        access: &PlatformAccess,
        service: &Url,
        handler: &NoticeHandler,
    ) -> Result<(), ServiceError> {
        let body = serde_json::to_vec(handler)
            .map_err(|_| ServiceError::unreadable("a subscription that cannot be written"))?;
        let ask = Ask::Put {
            media: MEDIA,
            body: &body,
        };
        self.calls
            .call(access, SCOPE_NOTICE_HANDLERS, service, ask)
            .await?;
        Ok(())
    }
}
