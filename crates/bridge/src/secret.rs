//! The one master secret, and the keys that are derived from it.
//!
//! HKDF-SHA256 (RFC 5869) with one label for each purpose, so that a value made for one purpose
//! is worthless for another. Sealing is AES-256-GCM with a random nonce.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What a derived key is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Seals the `state` of a login.
    State,
    /// Authenticates compiled policies on disk.
    CacheMac,
    /// Encrypts private keys in the store.
    PrivateKeys,
    /// Signs evidence addresses.
    EvidenceUrl,
    /// Signs form tokens.
    FormToken,
    /// Seals hand-overs to a new tab.
    Handover,
    /// Seals what a registration page showed.
    Registration,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::State => b"state",
            Self::CacheMac => b"cache-mac",
            Self::PrivateKeys => b"private-keys",
            Self::EvidenceUrl => b"evidence-url",
            Self::FormToken => b"form-token",
            Self::Handover => b"handover",
            Self::Registration => b"registration",
        }
    }
}

/// A cryptographic operation failed. It says no more on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value was not made by this bridge, or was changed")]
pub struct Forged;

/// The 32-byte secret of an installation. It is never printed.
#[derive(Clone)]
pub struct MasterSecret([u8; 32]);

impl fmt::Debug for MasterSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterSecret(…)")
    }
}

struct Length32;

impl KeyType for Length32 {
    fn len(&self) -> usize {
        32
    }
}

impl MasterSecret {
    /// Takes the 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Derives the key for one purpose.
    ///
    /// # Panics
    /// Never: the lengths are constants that HKDF accepts.
    pub fn derive(&self, purpose: Purpose) -> [u8; 32] {
        let mut key = [0; 32];
        Salt::new(HKDF_SHA256, b"mtl-bridge")
            .extract(&self.0)
            .expand(&[purpose.label()], Length32)
            .and_then(|okm| okm.fill(&mut key))
            .expect("HKDF-SHA256 gives 32 bytes");
        key
    }
}

/// Seals and opens short messages for one purpose.
pub struct Sealer(RandomizedNonceKey);

impl Sealer {
    /// A sealer with the key of `purpose`.
    ///
    /// # Panics
    /// Never: the key has the length that AES-256 wants.
    pub fn new(secret: &MasterSecret, purpose: Purpose) -> Self {
        Self(
            RandomizedNonceKey::new(&AES_256_GCM, &secret.derive(purpose))
                .expect("AES-256 takes 32 bytes"),
        )
    }

    /// Seals `message`; the answer has only `[A-Za-z0-9_-]`.
    pub fn seal(&self, message: &[u8]) -> Result<String, Forged> {
        let mut sealed = message.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::empty(), &mut sealed)
            .map_err(|_| Forged)?;
        let mut out = nonce.as_ref().to_vec();
        out.extend_from_slice(&sealed);
        Ok(URL_SAFE_NO_PAD.encode(out))
    }

    /// Opens what [`Sealer::seal`] made.
    pub fn open(&self, sealed: &str) -> Result<Vec<u8>, Forged> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Forged)?;
        if bytes.len() < NONCE_LEN {
            return Err(Forged);
        }
        let mut rest = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| Forged)?;
        let plain = self
            .0
            .open_in_place(nonce, Aad::empty(), &mut rest)
            .map_err(|_| Forged)?;
        Ok(plain.to_vec())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

/// Signs short messages for one purpose (HMAC-SHA256).
#[derive(Clone)]
pub struct Signer(hmac::Key);

impl Signer {
    /// A signer with the key of `purpose`.
    pub fn new(secret: &MasterSecret, purpose: Purpose) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret.derive(purpose)))
    }

    /// The signature of `message`, base64url.
    pub fn sign(&self, message: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, message))
    }

    /// Whether `signature` is that of `message`, in constant time.
    pub fn verify(&self, message: &[u8], signature: &str) -> Result<(), Forged> {
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Forged)?;
        hmac::verify(&self.0, message, &signature).map_err(|_| Forged)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

/// `N` random bytes of the operating system's quality.
///
/// # Panics
/// When the operating system gives no randomness: nothing safe can be done then.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random token of 32 bytes, base64url.
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// SHA-256 of a token: what is kept in place of it.
pub fn token_hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}

/// 32 bytes from 64 hexadecimal digits.
pub fn parse_hex32(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// Compares in constant time.
pub fn same_secret(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_message_opens_only_with_its_own_purpose_and_unchanged() {
        let secret = MasterSecret::new([7; 32]);
        let sealer = Sealer::new(&secret, Purpose::State);
        let token = sealer.seal(b"hello").unwrap();
        assert!(
            token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        );
        assert_eq!(sealer.open(&token).unwrap(), b"hello");
        assert_eq!(
            Sealer::new(&secret, Purpose::FormToken).open(&token),
            Err(Forged)
        );
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            if changed != token {
                // The last character of base64 may carry unused bits, which the decoder refuses.
                assert_eq!(sealer.open(&changed), Err(Forged), "changed at {at}");
            }
        }
        assert_eq!(sealer.open(""), Err(Forged));
    }

    #[test]
    fn a_signature_holds_for_its_message_only() {
        let signer = Signer::new(&MasterSecret::new([7; 32]), Purpose::EvidenceUrl);
        let signature = signer.sign(b"one");
        assert_eq!(signer.verify(b"one", &signature), Ok(()));
        assert_eq!(signer.verify(b"two", &signature), Err(Forged));
        assert_eq!(format!("{signer:?}"), "Signer(…)");
    }
}
