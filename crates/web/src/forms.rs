//! Posted forms: decoded once, with every field kept, so that no typed text is lost on the way.

use std::str::FromStr;

/// The fields of an `application/x-www-form-urlencoded` body, in order.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct PostedForm(Vec<(String, String)>);

/// The name of the field that carries the form token.
pub(crate) const TOKEN_FIELD: &str = "form_token";

impl std::fmt::Debug for PostedForm {
    /// Names only: values are people's words and never belong in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl PostedForm {
    /// Decodes a body. Bytes that are not UTF-8 become replacement characters.
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of a field, empty when it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The first value of a field.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A field that holds a value of a known type; `None` when it is missing or malformed.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.find(name)?.trim().parse().ok()
    }

    /// The fields whose name begins with `prefix`, without it.
    pub(crate) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| {
            name.strip_prefix(prefix).map(|rest| (rest, value.as_str()))
        })
    }

    /// Every field.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every field but the form token, to be shown or sent again.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .filter(|(name, _)| name != TOKEN_FIELD)
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromIterator<(String, String)> for PostedForm {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_field_in_order() {
        let form = PostedForm::parse(
            b"form_token=t&text.question=Why%3F%0D%0AHow%3F&a=1&a=2&text.setting=+x+&b=%ff",
        );
        assert_eq!(form.text("text.question"), "Why?\r\nHow?");
        assert_eq!(form.find("missing"), None);
        assert_eq!(form.parsed::<u32>("a"), Some(1));
        assert_eq!(form.parsed::<u32>("text.setting"), None);
        let texts: Vec<_> = form.with_prefix("text.").collect();
        assert_eq!(texts, [("question", "Why?\r\nHow?"), ("setting", " x ")]);
        assert_eq!(form.kept().count(), 5);
        assert_eq!(form.text("b"), "\u{fffd}");
    }

    #[test]
    fn a_log_never_shows_what_was_typed() {
        let form = PostedForm::parse(b"text.question=secret");
        assert_eq!(format!("{form:?}"), "[\"text.question\"]");
    }
}
