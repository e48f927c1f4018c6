//! The names inside a zip archive, read from its directory: office documents are such archives.

const END_RECORD: &[u8] = b"PK\x05\x06";
const END_RECORD_LENGTH: usize = 22;
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;
/// The comment after the end record can be this long.
const MAX_COMMENT: usize = 65_535;
/// No honest document has more entries than this.
const MAX_ENTRIES: usize = 20_000;

/// Every entry's name, or `None` if the bytes are no whole zip archive.
pub(super) fn read_names(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let tail_start = bytes.len().saturating_sub(END_RECORD_LENGTH + MAX_COMMENT);
    let tail = &bytes[tail_start..];
    let end = tail
        .windows(END_RECORD.len())
        .rposition(|window| window == END_RECORD)?
        + tail_start;
    let count = usize::from(read_u16(bytes, end + 10)?);
    let start = usize::try_from(read_u32(bytes, end + 16)?).ok()?;
    if count > MAX_ENTRIES {
        return None;
    }
    let mut names = Vec::with_capacity(count);
    let mut place = start;
    for _ in 0..count {
        if bytes.get(place..place.checked_add(ENTRY.len())?)? != ENTRY {
            return None;
        }
        let lengths = [28, 30, 32].map(|offset| read_u16(bytes, place + offset).map(usize::from));
        let [Some(name), Some(extra), Some(comment)] = lengths else {
            return None;
        };
        let name_start = place + ENTRY_LENGTH;
        names.push(bytes.get(name_start..name_start + name)?);
        place = name_start + name + extra + comment;
    }
    Some(names)
}

fn read_u16(bytes: &[u8], place: usize) -> Option<u16> {
    let pair = bytes.get(place..place.checked_add(2)?)?;
    Some(u16::from_le_bytes(pair.try_into().ok()?))
}

fn read_u32(bytes: &[u8], place: usize) -> Option<u32> {
    let four = bytes.get(place..place.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}
