//! Counting words the way a word processor does.

/// The number of words: runs between white space that hold at least one letter or digit, so that a
/// lone dash or bullet does not count and "well-known" counts once.
pub fn count_words(text: &str) -> u32 {
    let words = text
        .split_whitespace()
        .filter(|run| run.chars().any(char::is_alphanumeric))
        .count();
    u32::try_from(words).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_like_a_word_processor() {
        for (text, words) in [
            ("", 0),
            ("  \n ", 0),
            ("One two\nthree", 3),
            ("well-known", 1),
            ("a – b", 2),
            ("* point", 1),
            ("Year 9's work (2024).", 4),
        ] {
            assert_eq!(count_words(text), words, "{text:?}");
        }
    }
}
