//! Parts that several pages are made of.

use std::fmt;

use askama::filters::{Escaper as _, Html, HtmlSafe};

use crate::moments::Moment;

/// How a badge or a notice looks. The words always say it too: colour is never the only sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Tone {
    /// Nothing to do about it.
    #[default]
    Plain,
    /// Under way.
    Busy,
    /// Done.
    Good,
    /// Needs somebody's attention.
    Warn,
    /// Has failed.
    Bad,
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Busy => "busy",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        })
    }
}

/// A short state in words, such as "Submitted".
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Badge {
    tone: Tone,
    words: String,
}

impl Badge {
    pub(crate) fn new(tone: Tone, words: impl Into<String>) -> Self {
        Self {
            tone,
            words: words.into(),
        }
    }
}

impl fmt::Display for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<span class=\"badge {}\">", self.tone)?;
        Html.write_escaped_str(&mut *f, &self.words)?;
        f.write_str("</span>")
    }
}

impl HtmlSafe for Badge {}

/// One step of the way back up.
#[derive(Clone, Debug)]
pub(crate) struct Crumb {
    pub(crate) label: String,
    pub(crate) href: String,
}

impl Crumb {
    pub(crate) fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// An error in a form, linked to its field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FormError {
    /// The id of the field's element.
    pub(crate) field: String,
    pub(crate) text: String,
}

impl FormError {
    pub(crate) fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            text: text.into(),
        }
    }
}

/// The error of one field among those of a form.
pub(crate) fn find_error(errors: &[FormError], field: &str) -> Option<String> {
    errors
        .iter()
        .find(|error| error.field == field)
        .map(|error| error.text.clone())
}

/// A stage of somebody's work, to be read.
#[derive(Clone, Debug)]
pub(crate) struct WorkPart {
    pub(crate) title: String,
    pub(crate) texts: Vec<TextPart>,
}

/// One text of it.
#[derive(Clone, Debug)]
pub(crate) struct TextPart {
    pub(crate) title: String,
    pub(crate) text: String,
}

/// A file or link in a list of evidence.
#[derive(Clone, Debug)]
pub(crate) struct EvidenceLine {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) is_link: bool,
    /// Size or host.
    pub(crate) about: String,
    /// When it was added, or what it shows.
    pub(crate) note: Option<String>,
    /// Where to post to take it away, where that may be done.
    pub(crate) remove: Option<String>,
}

/// One step on the way to a mark.
#[derive(Clone, Debug)]
pub(crate) struct ChainStep {
    /// The rule or the starting point.
    pub(crate) about: String,
    /// "58 → 60", where a mark changed.
    pub(crate) change: Option<String>,
    pub(crate) reason: Option<String>,
}

/// A judgement, to be read.
#[derive(Clone, Debug)]
pub(crate) struct JudgementView {
    pub(crate) role: String,
    pub(crate) name: Option<String>,
    pub(crate) at: Option<Moment>,
    pub(crate) mark: Option<String>,
    /// "Holds in practice."
    pub(crate) verdict: Option<String>,
    pub(crate) criteria: Vec<CriterionLine>,
    pub(crate) comment: String,
}

/// What a judgement says about one criterion.
#[derive(Clone, Debug)]
pub(crate) struct CriterionLine {
    pub(crate) title: String,
    pub(crate) band: String,
    pub(crate) comment: String,
}

/// "1 file", "1,234 words": a number with its noun.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// "1,234": a number that is easy to read.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A size for people: "14 kB", "2.3 MB".
pub(crate) fn file_size(bytes: u64) -> String {
    match bytes {
        0..1_024 => counted(bytes, "byte", "bytes"),
        1_024..1_048_576 => format!("{} kB", bytes.div_ceil(1_024)),
        _ => {
            let tenths = bytes.saturating_mul(10) / 1_048_576;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn badges_escape_their_words() {
        assert_eq!(
            Badge::new(Tone::Warn, "a < b").to_string(),
            "<span class=\"badge warn\">a &#60; b</span>"
        );
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(counted(0, "word", "words"), "0 words");
        assert_eq!(counted(1, "word", "words"), "1 word");
        assert_eq!(counted(1_234_567, "word", "words"), "1,234,567 words");
        assert_eq!(counted(123, "word", "words"), "123 words");
        assert_eq!(file_size(900), "900 bytes");
        assert_eq!(file_size(1_025), "2 kB");
        assert_eq!(file_size(2_411_725), "2.3 MB");
    }
}
