//! Why a statement is refused: where in it, by which rule, and in which section that rule stands.

use std::fmt;

/// A rule of the specification that a statement can break.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Rule {
    /// The text is not JSON.
    MalformedJson,
    /// An object has the same property twice.
    DuplicateProperty,
    /// A value has another JSON type than the property asks for.
    WrongType,
    /// `null` outside an extension.
    Null,
    /// A property that the object does not have.
    UnknownProperty,
    /// A property that the object must have.
    MissingProperty,
    /// Not a UUID in its standard form of 36 characters.
    Uuid,
    /// Not an IRI with a scheme.
    Iri,
    /// Not a well-formed language tag of RFC 5646.
    LanguageTag,
    /// Not a date and time.
    Timestamp,
    /// Not a duration of ISO 8601, or in its alternative form.
    Duration,
    /// Not `mailto:` and one address.
    Mbox,
    /// Not 40 hexadecimal digits.
    Sha1,
    /// Other than exactly one identifier for an Agent or an identified Group.
    Identifier,
    /// A Group that breaks the rules on members.
    Group,
    /// An `objectType` that is not allowed in this place.
    ObjectType,
    /// A definition that breaks the rules of interaction activities.
    Interaction,
    /// A `SubStatement` with something that only a Statement may have.
    SubStatement,
    /// A score outside its range.
    Score,
    /// `revision` or `platform` although the object is no Activity.
    ContextObject,
    /// A version other than that of the request.
    Version,
    /// An authority that is neither an Agent nor an anonymous Group of two.
    Authority,
    /// An attachment's header that is not sound.
    Attachment,
    /// A voiding statement whose object is not a statement reference.
    Voiding,
}

impl Rule {
    /// A stable name of the rule for logs, interfaces and tests.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MalformedJson => "malformed-json",
            Self::DuplicateProperty => "duplicate-property",
            Self::WrongType => "wrong-type",
            Self::Null => "null",
            Self::UnknownProperty => "unknown-property",
            Self::MissingProperty => "missing-property",
            Self::Uuid => "uuid",
            Self::Iri => "iri",
            Self::LanguageTag => "language-tag",
            Self::Timestamp => "timestamp",
            Self::Duration => "duration",
            Self::Mbox => "mbox",
            Self::Sha1 => "sha1",
            Self::Identifier => "identifier",
            Self::Group => "group",
            Self::ObjectType => "object-type",
            Self::Interaction => "interaction",
            Self::SubStatement => "sub-statement",
            Self::Score => "score",
            Self::ContextObject => "context-object",
            Self::Version => "version",
            Self::Authority => "authority",
            Self::Attachment => "attachment",
            Self::Voiding => "voiding",
        }
    }

    /// The section of xAPI 1.0.3 in which the rule stands.
    pub const fn section(self) -> &'static str {
        match self {
            Self::MalformedJson
            | Self::DuplicateProperty
            | Self::WrongType
            | Self::Null
            | Self::UnknownProperty => "Data 2.2",
            Self::MissingProperty => "Data 2.4",
            Self::Uuid => "Data 4.4",
            Self::Iri => "Data 4.3",
            Self::LanguageTag => "Data 4.2",
            Self::Timestamp => "Data 4.5",
            Self::Duration => "Data 4.6",
            Self::Mbox | Self::Sha1 | Self::Identifier => "Data 2.4.2.3",
            Self::Group => "Data 2.4.2.2",
            Self::ObjectType => "Data 2.4.4",
            Self::Interaction => "Data 2.4.4.1",
            Self::SubStatement => "Data 2.4.4.3",
            Self::Score => "Data 2.4.5.1",
            Self::ContextObject => "Data 2.4.6",
            Self::Version => "Data 2.4.10",
            Self::Authority => "Data 2.4.9",
            Self::Attachment => "Data 2.4.11",
            Self::Voiding => "Data 2.3.2",
        }
    }
}

/// One fault of a statement.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{path}: {message} ({section})", section = rule.section())]
pub struct StatementError {
    /// Where the fault is, as a JSON path: `$.actor.account.homePage`, `$.attachments[0].sha2`.
    pub path: String,
    /// The rule that is broken.
    pub rule: Rule,
    /// What is wrong, in words; never holds a value of the statement, which may be personal.
    pub message: String,
}

impl StatementError {
    /// The stable name of the broken rule.
    pub const fn code(&self) -> &'static str {
        self.rule.code()
    }
}

/// A statement that is refused, with every fault that was found (at most [`Self::MOST`]).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidStatement {
    /// The faults in the order of the statement; never empty.
    pub errors: Vec<StatementError>,
}

impl InvalidStatement {
    /// So many faults are reported at most.
    pub const MOST: usize = 20;

    pub(crate) fn one(path: impl Into<String>, rule: Rule, message: impl Into<String>) -> Self {
        Self {
            errors: vec![StatementError {
                path: path.into(),
                rule,
                message: message.into(),
            }],
        }
    }

    /// The stable name of the first broken rule.
    pub fn code(&self) -> &'static str {
        self.errors
            .first()
            .map_or("invalid-statement", StatementError::code)
    }
}

impl fmt::Display for InvalidStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidStatement {}
