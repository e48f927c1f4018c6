//! Secrets of credentials: kept as argon2 hashes, and not hashed anew for every request.

use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

/// So many hashes are computed at once; each takes 19 MB and some 20 ms of a core.
const AT_ONCE: usize = 2;
/// So long a secret that was right is not hashed again. The credential itself is looked up for
/// every request, so that revoking it works at once.
const REMEMBERED: Duration = Duration::from_mins(10);

/// A secret could not be hashed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the secret could not be hashed: {0}")]
pub struct SecretError(String);

impl SecretError {
    /// A stable name of the reason.
    pub const fn code(&self) -> &'static str {
        "lrs-secret"
    }
}

/// The hash under which a new credential's secret is kept (Argon2id, in PHC form).
pub fn hash_secret(secret: &str) -> Result<String, SecretError> {
    let hash = Argon2::default().hash_password(secret.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| SecretError(error.to_string()))
}

#[derive(Clone)]
pub(crate) struct SecretChecker {
    right: Cache<[u8; 32], ()>,
    places: Arc<Semaphore>,
}

impl SecretChecker {
    pub(crate) fn new() -> Self {
        let right = Cache::builder()
            .max_capacity(10_000)
            .time_to_live(REMEMBERED)
            .build();
        Self {
            right,
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Whether `secret` is the one that `hash` was made of. A hash that cannot be read is nobody's.
    pub(crate) async fn is_right(&self, secret: String, hash: String) -> bool {
        let key = remembered_as(&secret, &hash);
        if self.right.contains_key(&key) {
            return true;
        }
        let Ok(_place) = self.places.acquire().await else {
            return false;
        };
        let verified = tokio::task::spawn_blocking(move || verify(&secret, &hash)).await;
        let right = verified.unwrap_or(false);
        if right {
            self.right.insert(key, ());
        }
        right
    }
}

fn verify(secret: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(secret.as_bytes(), &hash)
            .is_ok()
    })
}

/// A digest of secret and hash together: nothing from which a secret can be read is kept, and a
/// credential with a new secret has a new entry.
fn remembered_as(secret: &str, hash: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(Sha256::digest(secret.as_bytes()));
    digest.update(hash.as_bytes());
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn secrets_are_checked_and_remembered() {
        let hash = hash_secret("right").unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        let checker = SecretChecker::new();
        for _ in 0..2 {
            assert!(checker.is_right("right".to_owned(), hash.clone()).await);
            assert!(!checker.is_right("wrong".to_owned(), hash.clone()).await);
        }
        assert!(
            !checker
                .is_right("right".to_owned(), "no hash".to_owned())
                .await
        );
        assert!(checker.right.contains_key(&remembered_as("right", &hash)));
    }
}
