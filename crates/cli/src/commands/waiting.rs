//! `platform waiting|accept`: deployments that somebody must give to an institution.

use clap::Args;
use mtl_bridge_core::Bridge;

use crate::output;

/// Which deployment, and whose it is.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// The platform's client id, as `platform waiting` shows it.
    client_id: String,
    /// The deployment, as `platform waiting` shows it.
    deployment: String,
    /// The institution's short name.
    #[arg(long)]
    institution: String,
    /// The platform's issuer, where two platforms gave the same client id.
    #[arg(long)]
    issuer: Option<String>,
}

pub(crate) async fn list(bridge: &Bridge, json: bool) -> anyhow::Result<()> {
    let rows = bridge.list_waiting().await?;
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                serde_json::json!({
                    "platform": row.registration.name,
                    "issuer": row.registration.issuer,
                    "client_id": row.registration.client_id,
                    "shared": row.registration.institution.is_none(),
                    "deployment": row.waiting.lms_deployment,
                    "platform_name": row.waiting.platform_name,
                    "course": row.waiting.context_title,
                    "first_seen_at": row.waiting.first_seen_at,
                    "last_seen_at": row.waiting.last_seen_at,
                })
            })
            .collect();
        output::json(&rows)?;
    } else {
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|row| {
                vec![
                    row.registration.name,
                    row.registration.client_id,
                    row.waiting.lms_deployment,
                    row.waiting.platform_name.unwrap_or_default(),
                    row.waiting.context_title.unwrap_or_default(),
                ]
            })
            .collect();
        let headings = [
            "PLATFORM",
            "CLIENT ID",
            "DEPLOYMENT",
            "CALLS ITSELF",
            "COURSE",
        ];
        output::table(&headings, &rows);
    }
    Ok(())
}

pub(crate) async fn accept(bridge: &Bridge, accept: Accept) -> anyhow::Result<()> {
    let Accept {
        client_id,
        deployment,
        institution,
        issuer,
    } = accept;
    let institution = bridge.load_institution(&institution).await?;
    let found: Vec<_> = bridge
        .list_waiting()
        .await?
        .into_iter()
        .filter(|row| {
            row.registration.client_id == client_id
                && row.waiting.lms_deployment == deployment
                && issuer
                    .as_ref()
                    .is_none_or(|issuer| *issuer == row.registration.issuer)
        })
        .collect();
    let [row] = &found[..] else {
        anyhow::bail!(
            "{} deployments {deployment:?} of client id {client_id:?} wait\n    → see \
             `mtl-bridge platform waiting`; --issuer tells two platforms apart",
            found.len()
        );
    };
    anyhow::ensure!(
        row.registration
            .institution
            .is_none_or(|owner| owner == institution.id),
        "the platform belongs to another institution\n    → name that one, or register it \
         as shared"
    );
    bridge
        .accept_deployment(row.registration.id, deployment, institution.id)
        .await?;
    output::line(format_args!("Accepted for {}.", institution.name));
    Ok(())
}
