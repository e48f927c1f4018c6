//! Whether the public address leads to this installation, as platforms and browsers reach it.

use std::collections::BTreeSet;

use mtl_lti::Jwks;
use mtl_lti_client::{OutboundRules, Platforms};
use serde_json::Value;

use super::Finding;
use crate::Bridge;

const SUBJECT: &str = "public address";

/// An operator's own addresses may be anywhere.
const OWN: OutboundRules = OutboundRules {
    allow_loopback_http: true,
    allow_private_networks: true,
};

/// Calls to the operator's own services, which the guard for platforms would not let out.
pub(super) fn own_calls() -> Result<Platforms, Finding> {
    Platforms::new(OWN).map_err(|error| {
        Finding::broken(
            SUBJECT,
            error.to_string(),
            "Look at this machine’s certificates.",
        )
    })
}

impl Bridge {
    pub(super) async fn examine_own_address(&self) -> Vec<Finding> {
        let address = self.tool_addresses().key_set;
        let base = self.tool_url().as_url();
        let calls = match own_calls() {
            Ok(calls) => calls,
            Err(finding) => return vec![finding],
        };
        let published = match self.own_keys().await {
            Ok(keys) => keys.published,
            Err(error) => {
                return vec![Finding::broken(
                    "own keys",
                    error.to_string(),
                    "Use the secret with which this database was begun.",
                )];
            }
        };
        let found = match calls.probe(&address).await {
            Ok(answer) if answer.status == 200 => {
                if serves(&answer.body, &published) {
                    Finding::good(SUBJECT, format!("{base} answers and serves our keys"))
                } else {
                    Finding::broken(
                        SUBJECT,
                        format!("{address} answers, but not with the keys of this installation"),
                        "Lead base_url to this bridge, and give every replica the same database \
                         and secret.",
                    )
                }
            }
            Ok(answer) => Finding::broken(
                SUBJECT,
                format!("{address} answers with status {}", answer.status),
                match answer.status {
                    300..400 => {
                        "base_url must be the address that browsers end up at: no redirect to \
                         another host or to https."
                    }
                    _ => "Look at the proxy: every path of this host must reach the bridge.",
                },
            ),
            Err(error) => Finding::broken(
                SUBJECT,
                format!("{address}: {error}"),
                "Start `mtl-bridge serve`, lead the proxy to it, and look at the host’s name and \
                 certificate. Platforms fetch our keys there.",
            ),
        };
        vec![found]
    }
}

/// Whether a key set has just the keys that we publish.
fn serves(body: &[u8], published: &Jwks) -> bool {
    let served: Value = serde_json::from_slice(body).unwrap_or_default();
    let served: BTreeSet<&str> = served["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|key| key["kid"].as_str())
        .collect();
    let ours: BTreeSet<&str> = published.keys.iter().map(|key| key.kid.as_str()).collect();
    served == ours
}
