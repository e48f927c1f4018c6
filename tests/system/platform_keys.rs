//! Platforms sign in different ways and change their keys: every honest launch gets in at once, and
//! nobody makes the bridge ask a platform for its keys again and again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaPublicKeyComponents,
};
use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mtl_demo_lms::LinkId;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::harness::agent::Page;
use crate::harness::database::Kind;
use crate::harness::forgery::{self, Login};
use crate::harness::installation::{INSTITUTION, Installation, Plan};
use crate::harness::platform::Visitor;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_may_sign_with_rs256_ps256_or_es256_and_describe_its_keys_or_not() -> Result<()>
{
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let mut number = 0;
    for signer in [
        Signer::rsa("RS256")?,
        Signer::rsa("PS256")?,
        Signer::p256()?,
    ] {
        for described in [true, false] {
            number += 1;
            let door = Door::open(&town, &format!("client-{number}")).await?;
            door.show(&[signer.key("one", described)]);
            let page = door.launch(&town, &amara, &signer, "one").await?;
            ensure!(
                page.status == 303,
                "{} described {described}: {}",
                signer.algorithm,
                page.words()
            );
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_used_only_with_the_algorithm_that_the_platform_says() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let door = Door::open(&town, "one-algorithm").await?;
    let mut signer = Signer::rsa("RS256")?;
    door.show(&[signer.key("one", true)]);
    signer.algorithm = "PS256";
    let login = door.begin(&town, &amara).await?;
    let token = door.token(&town, &amara, &login, &signer, "one")?;
    ensure!(login.code_of(&token).await? == "key_not_for_algorithm");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_changes_its_key_is_believed_at_the_next_launch() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let door = Door::open(&town, "rotating").await?;
    let (old, new) = (Signer::rsa("RS256")?, Signer::p256()?);
    door.show(&[old.key("old", true)]);
    let page = door.launch(&town, &amara, &old, "old").await?;
    ensure!(page.status == 303, "{}", page.words());
    let page = door.launch(&town, &amara, &old, "old").await?;
    ensure!(page.status == 303, "{}", page.words());
    ensure!(door.asked() == 1, "asked {} times", door.asked());

    door.show(&[new.key("new", true)]);
    let page = door.launch(&town, &amara, &new, "new").await?;
    ensure!(page.status == 303, "{}", page.words());
    ensure!(door.asked() == 2, "asked {} times", door.asked());

    // The old key is gone, and inventing names of keys makes nobody ask again.
    for invented in ["old", "this", "that"] {
        let login = door.begin(&town, &amara).await?;
        let token = door.token(&town, &amara, &login, &old, invented)?;
        ensure!(login.code_of(&token).await? == "unknown_key");
    }
    ensure!(door.asked() == 2, "asked {} times", door.asked());
    Ok(())
}

/// A registration whose key set the test decides.
struct Door {
    link: LinkId,
    shown: Arc<Mutex<Value>>,
    asked: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Door {
    async fn open(town: &Installation, client_id: &str) -> Result<Self> {
        let shown = Arc::new(Mutex::new(json!({ "keys": [] })));
        let asked = Arc::new(AtomicUsize::new(0));
        let (body, count) = (Arc::clone(&shown), Arc::clone(&asked));
        let route = get(async move || {
            count.fetch_add(1, Ordering::SeqCst);
            let body = body.lock().unwrap_or_else(PoisonError::into_inner);
            axum::Json(body.clone())
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let jwks_url = Url::parse(&format!("http://{}/jwks", listener.local_addr()?))?;
        let router = Router::new().route("/jwks", route);
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        let (_, link) = town.platform.add_tool(client_id, client_id)?;
        let mut setup = town.platform.setup(Some(INSTITUTION), client_id)?;
        setup.jwks_url = jwks_url;
        town.bridge.add_platform(setup).await?;
        Ok(Self {
            link,
            shown,
            asked,
            server,
        })
    }

    fn show(&self, keys: &[Value]) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = json!({ "keys": keys });
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn begin(&self, town: &Installation, visitor: &Visitor) -> Result<Login> {
        forgery::begin(visitor, &town.url, self.link, &town.platform).await
    }

    fn token(
        &self,
        town: &Installation,
        visitor: &Visitor,
        login: &Login,
        signer: &Signer,
        kid: &str,
    ) -> Result<String> {
        let honest = forgery::honest(&town.platform, visitor, self.link, &login.nonce)?;
        signer.sign(kid, &forgery::claims_of(&honest)?)
    }

    async fn launch(
        &self,
        town: &Installation,
        visitor: &Visitor,
        signer: &Signer,
        kid: &str,
    ) -> Result<Page> {
        let login = self.begin(town, visitor).await?;
        let token = self.token(town, visitor, &login, signer, kid)?;
        login.post(&token).await
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A platform's key pair.
struct Signer {
    algorithm: &'static str,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl Signer {
    fn rsa(algorithm: &'static str) -> Result<Self> {
        let pair = Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?);
        Ok(Self { algorithm, pair })
    }

    fn p256() -> Result<Self> {
        let pair = Pair::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?);
        let algorithm = "ES256";
        Ok(Self { algorithm, pair })
    }

    /// The public key, with `alg` and `use` or, as some platforms have it, without.
    fn key(&self, kid: &str, described: bool) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut key = match &self.pair {
            Pair::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "n": encode(&public.n), "e": encode(&public.e) })
            }
            Pair::P256(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) })
            }
        };
        key["kid"] = json!(kid);
        if described {
            key["alg"] = json!(self.algorithm);
            key["use"] = json!("sig");
        }
        key
    }

    fn sign(&self, kid: &str, claims: &Value) -> Result<String> {
        let header = json!({ "alg": self.algorithm, "kid": kid, "typ": "JWT" });
        let mut token = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding = if self.algorithm == "PS256" {
                    &RSA_PSS_SHA256
                } else {
                    &RSA_PKCS1_SHA256
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, token.as_bytes(), &mut signature)?;
                signature
            }
            Pair::P256(pair) => pair.sign(&random, token.as_bytes())?.as_ref().to_vec(),
        };
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}
