//! A platform that signs whatever a test wants, rightly and wrongly.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use mtl_lti::url_rules::ToolUrl;
use mtl_lti::{
    Expectation, KeySet, KnownDeployments, LaunchRefusal, SigningAlgorithm, SigningKey,
    UnverifiedIdToken, VerifiedLaunch, verify_launch,
};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://lms.example";
pub(crate) const CLIENT: &str = "client-1";
pub(crate) const NONCE: &str = "nonce-1";
pub(crate) const NOW: i64 = 1_795_448_000;

pub(crate) fn claim(name: &str) -> String {
    format!("https://purl.imsglobal.org/spec/lti/claim/{name}")
}

/// The claims of a launch that nothing is wrong with.
pub(crate) fn good_claims() -> Value {
    json!({
        "iss": ISSUER, "aud": CLIENT, "sub": "42", "nonce": NONCE, "iat": NOW - 1, "exp": NOW + 59,
        claim("deployment_id"): "d1",
        claim("version"): "1.3.0",
        claim("message_type"): "LtiResourceLinkRequest",
        claim("target_link_uri"): "https://mtl.example/lti/launch",
        claim("roles"): ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
        claim("resource_link"): { "id": "rl-1" },
    })
}

/// A platform with an RSA key and a P-256 key.
pub(crate) struct Platform {
    pub(crate) key: SigningKey,
    curve: EcdsaKeyPair,
    pub(crate) keys: KeySet,
    pub(crate) tool_url: ToolUrl,
}

impl Platform {
    pub(crate) fn new() -> Self {
        let key = SigningKey::generate().unwrap();
        let curve = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = curve.public_key().as_ref();
        let public = key.public_key();
        let keys = json!({"keys": [
            {"kty": "RSA", "kid": public.kid, "n": public.n, "e": public.e},
            {"kty": "RSA", "kid": "rs256-only", "alg": "RS256", "n": public.n, "e": public.e},
            {
                "kty": "EC", "crv": "P-256", "kid": "curve",
                "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
            },
        ]});
        let keys = KeySet::parse(keys.to_string().as_bytes()).unwrap();
        Self {
            key,
            curve,
            keys,
            tool_url: ToolUrl::parse("https://mtl.example").unwrap(),
        }
    }

    pub(crate) fn expectation(&self) -> Expectation<'_> {
        Expectation {
            issuer: ISSUER,
            client_id: CLIENT,
            nonce: NONCE,
            deployments: KnownDeployments::Any,
            tool_url: &self.tool_url,
            algorithms: SigningAlgorithm::ALL,
            now: now(),
            leeway: Expectation::LEEWAY,
            longest_launch: Expectation::LONGEST_LAUNCH,
        }
    }

    pub(crate) fn verify(&self, token: &str) -> Result<VerifiedLaunch, LaunchRefusal> {
        verify_launch(
            UnverifiedIdToken::parse(token)?,
            &self.keys,
            &self.expectation(),
        )
    }

    pub(crate) fn verify_claims(&self, claims: &Value) -> Result<VerifiedLaunch, LaunchRefusal> {
        self.verify(&self.key.sign(claims).unwrap())
    }

    /// Signed with the RSA key by any of its algorithms.
    pub(crate) fn rsa(
        &self,
        header: &Value,
        claims: &Value,
        encoding: &'static dyn RsaEncoding,
    ) -> String {
        let pair = RsaKeyPair::from_pkcs8(&self.key.to_pkcs8_der().unwrap()).unwrap();
        signed(header, claims, |message| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &SystemRandom::new(), message, &mut signature)
                .unwrap();
            signature
        })
    }

    pub(crate) fn ps256(&self, kid: &str, claims: &Value) -> String {
        self.rsa(
            &json!({"alg": "PS256", "kid": kid}),
            claims,
            &RSA_PSS_SHA256,
        )
    }

    pub(crate) fn rs512(&self, claims: &Value) -> String {
        self.rsa(
            &json!({"alg": "RS512", "kid": self.key.kid()}),
            claims,
            &RSA_PKCS1_SHA512,
        )
    }

    pub(crate) fn es256(&self, claims: &Value) -> String {
        signed(
            &json!({"alg": "ES256", "kid": "curve"}),
            claims,
            |message| {
                self.curve
                    .sign(&SystemRandom::new(), message)
                    .unwrap()
                    .as_ref()
                    .to_vec()
            },
        )
    }

    pub(crate) fn hs256(&self, secret: &[u8], claims: &Value) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        signed(
            &json!({"alg": "HS256", "kid": self.key.kid()}),
            claims,
            |message| hmac::sign(&key, message).as_ref().to_vec(),
        )
    }
}

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

/// Any header, any claims, any signature.
pub(crate) fn signed(
    header: &Value,
    claims: &Value,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}
