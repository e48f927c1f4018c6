//! Encryption of private keys and passwords before they are stored (AES-256-GCM).
//!
//! A sealed value is a random nonce of 12 bytes, then the ciphertext with its tag. The place where it
//! is kept is authenticated too, so a sealed value moved to another row does not open.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, RandomizedNonceKey};

use crate::StoreError;

/// Seals and opens with one key, which is derived from the master secret with the label
/// `private-keys`.
pub struct Sealer {
    key: RandomizedNonceKey,
}

impl Sealer {
    /// A sealer with this key.
    pub fn new(key: &[u8; 32]) -> Result<Self, StoreError> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| StoreError::Sealed)?;
        Ok(Self { key })
    }

    /// Seals a value for its place, such as `signing_key/<kid>`.
    pub fn seal(&self, place: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut sealed = value.to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut sealed)
            .map_err(|_| StoreError::Sealed)?;
        let mut out = nonce.as_ref().to_vec();
        out.append(&mut sealed);
        Ok(out)
    }

    /// Opens a value that was sealed for this place with this key.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let (nonce, ciphertext) = sealed
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(StoreError::Sealed)?;
        let mut buffer = ciphertext.to_vec();
        let value = self
            .key
            .open_in_place(nonce.into(), Aad::from(place.as_bytes()), &mut buffer)
            .map_err(|_| StoreError::Sealed)?;
        Ok(value.to_vec())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_only_in_its_place_and_with_its_key() {
        let sealer = Sealer::new(&[7; 32]).unwrap();
        let kept = sealer.seal("signing_key/1", b"private").unwrap();
        assert_eq!(sealer.open("signing_key/1", &kept).unwrap(), b"private");
        assert!(!kept.windows(7).any(|bytes| bytes == b"private"));
        assert_ne!(kept, sealer.seal("signing_key/1", b"private").unwrap());

        let mut changed = kept.clone();
        changed[20] ^= 1;
        let other = Sealer::new(&[8; 32]).unwrap();
        for refused in [
            sealer.open("signing_key/2", &kept),
            sealer.open("signing_key/1", &changed),
            sealer.open("signing_key/1", b"short"),
            other.open("signing_key/1", &kept),
        ] {
            assert_eq!(refused.unwrap_err().code(), "store_sealed");
        }
    }
}
