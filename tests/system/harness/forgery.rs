//! Tokens as no honest platform sends them: the platform's own token, changed and signed anew, or
//! spoilt afterwards. A login is taken as far as the platform's door first, so that state, nonce and
//! cookie are real.

use anyhow::{Context as _, Result};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mtl_demo_lms::{LaunchOrder, LinkId};
use serde_json::Value;
use url::Url;

use super::agent::{Agent, Ask, Page};
use super::platform::{Platform, Visitor};

/// The claims of LTI stand under this.
pub(crate) const LTI: &str = "https://purl.imsglobal.org/spec/lti/claim/";

/// A login that has come to the platform's door.
pub(crate) struct Login {
    /// The sealed state.
    pub(crate) state: String,
    /// The nonce.
    pub(crate) nonce: String,
    agent: Agent,
    launch_url: Url,
    platform: Url,
}

/// Begins a login for a person at a link; the platform is not called.
pub(crate) async fn begin(
    visitor: &Visitor,
    tool: &Url,
    link: LinkId,
    platform: &Platform,
) -> Result<Login> {
    let cookie = platform.lms.sign_in(visitor.person)?;
    let begun = platform.lms.begin_launch(&cookie, link)?;
    begin_with(
        &visitor.agent,
        tool,
        &platform.url,
        begun.url,
        &begun.fields,
    )
    .await
}

/// Begins a login with these fields.
pub(crate) async fn begin_with(
    agent: &Agent,
    tool: &Url,
    platform: &Url,
    login: Url,
    fields: &[(String, String)],
) -> Result<Login> {
    let mut page = agent.once(Ask::post(login, fields).from(platform)).await?;
    for _ in 0..3 {
        let to = page
            .location()
            .with_context(|| format!("no redirect: {}", page.words()))?;
        if to.origin() == platform.origin() {
            let query = |name: &str| {
                let found = to.query_pairs().find(|(known, _)| known == name);
                found
                    .map(|(_, value)| value.into_owned())
                    .context("a request without state")
            };
            return Ok(Login {
                state: query("state")?,
                nonce: query("nonce")?,
                agent: agent.clone(),
                launch_url: tool.join("lti/launch")?,
                platform: platform.clone(),
            });
        }
        page = agent.once(Ask::get(to).from(platform)).await?;
    }
    anyhow::bail!("the login never came to the platform")
}

impl Login {
    /// The form that the platform's page would post.
    pub(crate) fn fields(&self, id_token: &str) -> Vec<(String, String)> {
        vec![
            ("id_token".to_owned(), id_token.to_owned()),
            ("state".to_owned(), self.state.clone()),
        ]
    }

    /// Posts a token in the browser that began; redirects are not followed.
    pub(crate) async fn post(&self, id_token: &str) -> Result<Page> {
        self.post_by(&self.agent, id_token).await
    }

    /// Posts a token in another browser.
    pub(crate) async fn post_by(&self, agent: &Agent, id_token: &str) -> Result<Page> {
        agent.once(self.ask(id_token)).await
    }

    /// The same, asking for JSON: the code of a refusal.
    pub(crate) async fn code_of(&self, id_token: &str) -> Result<String> {
        self.agent
            .once(self.ask(id_token).by_script())
            .await?
            .code()
    }

    /// The post of a token.
    pub(crate) fn ask(&self, id_token: &str) -> Ask {
        Ask::post(self.launch_url.clone(), &self.fields(id_token)).from(&self.platform)
    }

    /// The cookie header of the browser that began.
    pub(crate) fn cookies(&self) -> String {
        self.agent.cookies_for(&self.launch_url)
    }
}

/// The honest token of a person at a link for a nonce.
pub(crate) fn honest(
    platform: &Platform,
    visitor: &Visitor,
    link: LinkId,
    nonce: &str,
) -> Result<String> {
    Ok(platform
        .lms
        .issue_launch(&LaunchOrder::new(visitor.person, link, nonce))?)
}

/// The claims of a token.
pub(crate) fn claims_of(token: &str) -> Result<Value> {
    part(token, 1)
}

/// The same token with other claims, signed by the platform.
pub(crate) fn signed_anew(
    platform: &Platform,
    token: &str,
    change: impl FnOnce(&mut Value),
) -> Result<String> {
    let mut claims = claims_of(token)?;
    change(&mut claims);
    Ok(platform.lms.sign_claims(&claims)?)
}

/// The token with its signature spoilt.
pub(crate) fn with_wrong_signature(token: &str) -> Result<String> {
    let (signed, signature) = token.rsplit_once('.').context("no token")?;
    let mut bytes = URL_SAFE_NO_PAD.decode(signature)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The token with another algorithm in its header, unsigned.
pub(crate) fn unsigned(token: &str) -> Result<String> {
    let (_, claims) = parts(token)?;
    let header = header_with(token, "none")?;
    Ok(format!("{header}.{claims}."))
}

/// The token signed with the platform's public key as if it were a shared secret.
pub(crate) fn signed_with_public_key(platform: &Platform, token: &str) -> Result<String> {
    let (_, claims) = parts(token)?;
    let message = format!("{}.{claims}", header_with(token, "HS256")?);
    let key_set = serde_json::to_value(platform.lms.jwks())?;
    let modulus = key_set["keys"][0]["n"].as_str().context("no RSA key")?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &URL_SAFE_NO_PAD.decode(modulus)?);
    let tag = hmac::sign(&key, message.as_bytes());
    Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag)))
}

fn header_with(token: &str, algorithm: &str) -> Result<String> {
    let mut header = part(token, 0)?;
    header["alg"] = algorithm.into();
    Ok(URL_SAFE_NO_PAD.encode(header.to_string()))
}

fn part(token: &str, number: usize) -> Result<Value> {
    let part = token.split('.').nth(number).context("no token")?;
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part)?)?)
}

fn parts(token: &str) -> Result<(&str, &str)> {
    let mut parts = token.split('.');
    parts.next().zip(parts.next()).context("no token")
}
