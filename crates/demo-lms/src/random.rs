//! Unguessable strings.

use mtl_lti::signing_key::SigningError;

use crate::LmsError;

/// `N` random bytes.
fn bytes<const N: usize>() -> Result<[u8; N], LmsError> {
    let mut out = [0; N];
    aws_lc_rs::rand::fill(&mut out).map_err(|_| LmsError::Key(SigningError::NotGenerated))?;
    Ok(out)
}

/// `N` random bytes in lower-case hexadecimal.
pub(crate) fn hex<const N: usize>() -> Result<String, LmsError> {
    Ok(digits(&bytes::<N>()?))
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn digits(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.map(digit).collect()
}

/// A random number below 2³¹, as Moodle puts into launch ids.
pub(crate) fn number() -> Result<u32, LmsError> {
    Ok(u32::from_be_bytes(bytes()?) >> 1)
}

/// So many random letters and digits, as Moodle makes client ids.
pub(crate) fn letters(count: usize) -> Result<String, LmsError> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut out = String::with_capacity(count);
    while out.len() < count {
        let byte = usize::from(bytes::<1>()?[0] & 63);
        out.extend(LETTERS.get(byte).map(|letter| char::from(*letter)));
    }
    Ok(out)
}
