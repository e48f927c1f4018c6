//! A small reader for settings: JSON with whole numbers, borrowed from the text where it can be.
//!
//! The host has checked the settings against the policy's schema already; this only has to read
//! them, small and fast.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// A JSON value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Json<'a>>),
    /// An object, in the order of the text.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// Where the text stops being JSON with whole numbers, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotJson(pub usize);

/// How deep arrays and objects may be nested.
const DEPTH: u32 = 32;

impl<'a> Json<'a> {
    /// Reads a whole text.
    pub fn parse(text: &'a str) -> Result<Self, NotJson> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(DEPTH)?;
        reader.space();
        if reader.at == text.len() {
            Ok(value)
        } else {
            Err(NotJson(reader.at))
        }
    }

    /// A member of an object; `None` where it is absent, null, or this is no object.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value)
                .filter(|value| **value != Self::Null),
            _ => None,
        }
    }

    /// A whole number.
    pub fn as_number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The items of an array; none where this is no array.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Result<(), NotJson> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(NotJson(self.at))
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, NotJson> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        Err(NotJson(self.at))
    }

    fn value(&mut self, depth: u32) -> Result<Json<'a>, NotJson> {
        let deeper = depth.checked_sub(1).ok_or(NotJson(self.at))?;
        self.space();
        match self.peek() {
            Some(b'n') => self.word("null", Json::Null),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'[') => self.list(deeper),
            Some(b'{') => self.object(deeper),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(NotJson(self.at)),
        }
    }

    fn list(&mut self, depth: u32) -> Result<Json<'a>, NotJson> {
        self.take(b'[')?;
        let mut items = Vec::new();
        self.space();
        if self.peek() != Some(b']') {
            loop {
                items.push(self.value(depth)?);
                self.space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
            }
        }
        self.take(b']')?;
        Ok(Json::List(items))
    }

    fn object(&mut self, depth: u32) -> Result<Json<'a>, NotJson> {
        self.take(b'{')?;
        let mut members = Vec::new();
        self.space();
        if self.peek() != Some(b'}') {
            loop {
                self.space();
                let key = self.string()?;
                self.space();
                self.take(b':')?;
                members.push((key, self.value(depth)?));
                self.space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
            }
        }
        self.take(b'}')?;
        Ok(Json::Object(members))
    }

    fn number(&mut self) -> Result<Json<'a>, NotJson> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let (first, mut number) = (self.at, 0_i64);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = i64::from(digit - b'0');
            let digit = if negative { -digit } else { digit };
            number = number
                .checked_mul(10)
                .and_then(|number| number.checked_add(digit))
                .ok_or(NotJson(start))?;
            self.at += 1;
        }
        if self.at == first || matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Err(NotJson(self.at));
        }
        Ok(Json::Number(number))
    }

    /// The place of the next byte that ends a plain stretch of a string.
    fn end_of_plain(&self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let ends = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < 0x20;
        self.at + rest.iter().position(ends).unwrap_or(rest.len())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, NotJson> {
        self.take(b'"')?;
        let start = self.at;
        self.at = self.end_of_plain();
        match self.peek() {
            Some(b'"') => {
                let text = &self.text[start..self.at];
                self.at += 1;
                Ok(Cow::Borrowed(text))
            }
            Some(b'\\') => self.escaped(start).map(Cow::Owned),
            _ => Err(NotJson(self.at)),
        }
    }

    /// The rest of a string from its first escape on.
    fn escaped(&mut self, start: usize) -> Result<String, NotJson> {
        let mut text = String::from(&self.text[start..self.at]);
        loop {
            let plain = self.at;
            self.at = self.end_of_plain();
            text.push_str(&self.text[plain..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                _ => return Err(NotJson(self.at)),
            }
        }
    }

    fn escape(&mut self) -> Result<char, NotJson> {
        let at = self.at;
        let byte = self.peek().ok_or(NotJson(at))?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    self.take(b'\\')?;
                    self.take(b'u')?;
                    let second = self.hex()?;
                    let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400);
                    0x1_0000 + ((first - 0xd800) << 10) + low.ok_or(NotJson(at))?
                } else {
                    first
                };
                char::from_u32(code).ok_or(NotJson(at))?
            }
            _ => return Err(NotJson(at)),
        })
    }

    fn hex(&mut self) -> Result<u32, NotJson> {
        let end = self.at + 4;
        let digits = self.text.get(self.at..end).ok_or(NotJson(self.at))?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotJson(self.at));
        }
        let code = u32::from_str_radix(digits, 16).map_err(|_| NotJson(self.at))?;
        self.at = end;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_settings() {
        let text =
            r#" {"a": [1, -20, true, null, "x"], "b": {"c": "\u00e9\n\ud83d\ude00z"}, "n": null} "#;
        let value = Json::parse(text).unwrap();
        let a = value.get("a").unwrap().items();
        assert_eq!(a[1].as_number(), Some(-20));
        assert_eq!(a[2].as_bool(), Some(true));
        assert_eq!(a[4].as_text(), Some("x"));
        let c = value.get("b").and_then(|b| b.get("c")).unwrap();
        assert_eq!(c.as_text(), Some("é\n😀z"));
        assert_eq!(value.get("n"), None);
        assert_eq!(value.get("z"), None);
    }

    #[test]
    fn refuses_what_is_not_json_with_whole_numbers() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":}",
            "1.5",
            "1e3",
            "tru",
            "\"\\x\"",
            "\"\\ud800\"",
            "1 2",
            "\"a\nb\"",
            "{a:1}",
            "-",
            "99999999999999999999",
            "\"\\u+123\"",
        ] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
        let deep: String = core::iter::repeat_n('[', 100).collect();
        assert!(Json::parse(&deep).is_err());
    }
}
