//! Recorded exchanges of Moodle 4.5 and Open edX, played again byte by byte.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::server::Reply;

#[derive(Clone, Deserialize)]
pub(crate) struct Exchange {
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) request: RecordedRequest,
    pub(crate) response: RecordedResponse,
}

#[derive(Clone, Deserialize)]
pub(crate) struct RecordedRequest {
    pub(crate) method: String,
    url: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<String>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct RecordedResponse {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// All exchanges with the services of a platform.
pub(crate) fn exchanges(platform: &str) -> Vec<Exchange> {
    serde_json::from_str(&read(&format!("{platform}/services-exchanges.json"))).unwrap()
}

/// Moodle's exchange of that name.
pub(crate) fn exchange(name: &str) -> Exchange {
    exchanges("moodle-4.5")
        .into_iter()
        .find(|exchange| exchange.name == name)
        .unwrap()
}

pub(crate) fn read(path: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/recordings");
    std::fs::read_to_string(format!("{folder}/{path}")).unwrap()
}

impl Exchange {
    /// Path and query that were asked for.
    pub(crate) fn target(&self) -> &str {
        let url = &self.request.url;
        let path = url.match_indices('/').nth(2).unwrap().0;
        &url[path..]
    }

    /// The recorded answer, as if the platform were at `authority`.
    pub(crate) fn play(&self, authority: &str) -> Reply {
        let here = |text: &str| {
            text.replace("127.0.0.1:8090", authority)
                .replace("127.0.0.1:8095", authority)
        };
        let RecordedResponse {
            status,
            reason,
            headers,
            body,
        } = &self.response;
        let body = here(body);
        let mut head = format!("HTTP/1.1 {status} {reason}\r\n");
        for (name, value) in headers {
            let own = [
                "content-length",
                "transfer-encoding",
                "connection",
                "content-encoding",
            ];
            if !own.contains(&name.to_ascii_lowercase().as_str()) {
                head.extend([name, ": ", &here(value), "\r\n"]);
            }
        }
        head.extend(["Content-Length: ", &body.len().to_string(), "\r\n\r\n"]);
        // Headers were recorded as Latin-1.
        let mut bytes: Vec<u8> = head
            .chars()
            .map(|c| u8::try_from(c).unwrap_or(b'?'))
            .collect();
        bytes.extend_from_slice(body.as_bytes());
        Reply::Bytes(bytes)
    }
}
