//! Evidence: files in the object store and links, and the short-lived addresses of files.

use bytes::Bytes;
use chrono::TimeDelta;
use mtl_programme::evidence::{
    EvidenceItem, EvidenceSource, MAX_ITEMS, accept_file, clean_caption, parse_link,
};
use mtl_programme::{AttemptId, EvidenceId, InstitutionId};
use mtl_store::work::NewEvidence;
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use uuid::Uuid;

use super::WorkError;
use crate::Bridge;
use crate::visit::Visit;

/// How long the address of a file works.
const ADDRESS_LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// A file that is downloaded.
#[derive(Clone, Debug)]
pub struct EvidenceFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Bridge {
    /// Adds a file to a draft. The bytes are kept before the row that names them, so a row never
    /// lacks its file.
    pub async fn add_evidence_file(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        file_name: &str,
        media_type: &str,
        caption: &str,
        bytes: Bytes,
    ) -> Result<EvidenceItem, WorkError> {
        let file = accept_file(file_name, Some(media_type), &bytes)?;
        let caption = clean_caption(caption)?;
        self.load_own_attempt(visit, attempt).await?;
        let id = EvidenceId(Uuid::now_v7());
        self.files()
            .put(&file_path(visit.institution, id), bytes.into())
            .await?;
        let item = EvidenceItem {
            id,
            caption,
            source: file.into_source(),
        };
        self.keep_evidence(visit, attempt, item).await
    }

    /// Adds a link to a draft.
    pub async fn add_evidence_link(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        url: &str,
        caption: &str,
    ) -> Result<EvidenceItem, WorkError> {
        let url = parse_link(url)?;
        let caption = clean_caption(caption)?;
        self.load_own_attempt(visit, attempt).await?;
        let id = EvidenceId(Uuid::now_v7());
        let item = EvidenceItem {
            id,
            caption,
            source: EvidenceSource::Link { url: url.into() },
        };
        self.keep_evidence(visit, attempt, item).await
    }

    async fn keep_evidence(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        item: EvidenceItem,
    ) -> Result<EvidenceItem, WorkError> {
        let kept = self
            .store()
            .add_evidence(
                visit.institution,
                NewEvidence {
                    id: item.id,
                    attempt,
                    item: serde_json::to_string(&item)?,
                    added_at: self.now(),
                },
                i64::try_from(MAX_ITEMS).unwrap_or(i64::MAX),
            )
            .await?;
        if kept {
            return Ok(item);
        }
        let row = self.load_own_attempt(visit, attempt).await?;
        if row.submitted_at.is_some() {
            Err(WorkError::AlreadySubmitted)
        } else {
            Err(WorkError::TooMuchEvidence)
        }
    }

    /// Takes evidence away from a draft.
    pub async fn remove_evidence(
        &self,
        visit: &Visit,
        attempt: AttemptId,
        evidence: EvidenceId,
    ) -> Result<(), WorkError> {
        let row = self.load_own_attempt(visit, attempt).await?;
        let removed = self
            .store()
            .remove_evidence(visit.institution, attempt, evidence, self.now())
            .await?;
        match (removed, row.submitted_at) {
            (true, _) => Ok(()),
            (false, Some(_)) => Err(WorkError::AlreadySubmitted),
            (false, None) => Err(WorkError::NotFound),
        }
    }

    pub(crate) async fn read_evidence(
        &self,
        institution: InstitutionId,
        attempt: AttemptId,
    ) -> Result<Vec<EvidenceItem>, WorkError> {
        let rows = self.store().list_evidence(institution, attempt).await?;
        rows.iter()
            .map(|row| Ok(serde_json::from_str(&row.item)?))
            .collect()
    }

    /// The path, below the base URL, at which a file can be fetched for ten minutes. It is made
    /// only for someone who sees the work that the file belongs to.
    pub fn evidence_path(&self, visit: &Visit, evidence: EvidenceId) -> String {
        let until = (self.now() + ADDRESS_LIFETIME).timestamp();
        let message = format!("{}.{evidence}.{until}", visit.institution);
        let signature = self.evidence_signer().sign(message.as_bytes());
        format!("evidence/{message}.{signature}")
    }

    /// Opens the file at such a path's last part.
    pub async fn open_evidence(&self, token: &str) -> Result<EvidenceFile, WorkError> {
        let (message, signature) = token.rsplit_once('.').ok_or(WorkError::AddressExpired)?;
        self.evidence_signer()
            .verify(message.as_bytes(), signature)?;
        let mut parts = message.split('.');
        let (Some(Ok(institution)), Some(Ok(evidence)), Some(Ok(until)), None) = (
            parts.next().map(str::parse::<InstitutionId>),
            parts.next().map(str::parse::<EvidenceId>),
            parts.next().map(str::parse::<i64>),
            parts.next(),
        ) else {
            return Err(WorkError::AddressExpired);
        };
        if self.now().timestamp() > until {
            return Err(WorkError::AddressExpired);
        }
        let row = self
            .store()
            .find_evidence(institution, evidence)
            .await?
            .ok_or(WorkError::NotFound)?;
        let item: EvidenceItem = serde_json::from_str(&row.item)?;
        let EvidenceSource::File {
            name, media_type, ..
        } = item.source
        else {
            return Err(WorkError::NotFound);
        };
        let bytes = self
            .files()
            .get(&file_path(institution, evidence))
            .await?
            .bytes()
            .await?;
        Ok(EvidenceFile {
            name,
            media_type: media_type.as_str().to_owned(),
            bytes,
        })
    }
}

fn file_path(institution: InstitutionId, evidence: EvidenceId) -> Path {
    Path::from(format!("{institution}/{evidence}"))
}
