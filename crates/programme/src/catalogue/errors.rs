//! What can be wrong with a catalogue, said with the place and the mend.

use std::fmt;

/// Everything that is wrong with a catalogue file, in the order of the file; never empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CatalogueErrors(pub Vec<CatalogueError>);

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CatalogueError {
    /// The file's name as it was given.
    pub file: String,
    /// Counts from 1.
    pub line: usize,
    /// Counts characters from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: Problem,
    /// What to do about it, as a sentence.
    pub mend: String,
}

/// What is wrong, without the place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file is no TOML.
    #[error("this is not TOML: {0}")]
    Syntax(String),
    /// A key that means nothing here.
    #[error("unknown key `{key}` in {place}")]
    UnknownKey {
        /// The key.
        key: String,
        /// What it stands in.
        place: String,
    },
    /// A key that must be there.
    #[error("{place} has no `{key}`")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// What lacks it.
        place: String,
    },
    /// A value of the wrong type.
    #[error("`{key}` must be {expected}, found {found}")]
    WrongType {
        /// The key.
        key: String,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A value that is not allowed.
    #[error("`{key}` is {value}, which is not allowed")]
    WrongValue {
        /// The key.
        key: String,
        /// The value, shortened.
        value: String,
    },
    /// A text without anything in it.
    #[error("`{key}` is empty")]
    Empty {
        /// The key.
        key: String,
    },
    /// A name that breaks the rule for names.
    #[error("`{name}` is not a valid id: {fault}")]
    Name {
        /// The name, shortened.
        name: String,
        /// What is wrong with it.
        fault: crate::activity_key::NameFault,
    },
    /// An id that stands twice.
    #[error("the {what} id `{id}` is already used in line {first_line}")]
    DuplicateId {
        /// What it is the id of.
        what: &'static str,
        /// The id.
        id: String,
        /// Where it stood first.
        first_line: usize,
    },
    /// A reference that leads nowhere.
    #[error("there is no {what} `{id}`")]
    Unknown {
        /// What should be there.
        what: &'static str,
        /// The id, shortened.
        id: String,
    },
    /// A component with two activities.
    #[error("the component `{component}` is already fed by `{first}` in line {first_line}")]
    FedTwice {
        /// The component.
        component: String,
        /// The activity that feeds it.
        first: String,
        /// Where that says so.
        first_line: usize,
    },
    /// A component without an activity.
    #[error("no activity feeds the component `{component}`")]
    NotFed {
        /// The component.
        component: String,
    },
    /// Weights that do not make a whole.
    #[error("the weights of {place} add up to {sum}, not 100")]
    Weights {
        /// The module or component.
        place: String,
        /// Their sum.
        sum: u64,
    },
    /// Credits that do not make the award.
    #[error("the modules have {sum} credits together, and the award has {credits}")]
    Credits {
        /// The sum of the modules.
        sum: u64,
        /// The award's.
        credits: u32,
    },
    /// Bands that leave marks out or are out of order.
    #[error("{0}")]
    Bands(String),
}

impl Problem {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "catalogue_syntax",
            Self::UnknownKey { .. } => "catalogue_unknown_key",
            Self::MissingKey { .. } => "catalogue_missing_key",
            Self::WrongType { .. } => "catalogue_wrong_type",
            Self::WrongValue { .. } => "catalogue_wrong_value",
            Self::Empty { .. } => "catalogue_empty",
            Self::Name { .. } => "catalogue_name",
            Self::DuplicateId { .. } => "catalogue_duplicate_id",
            Self::Unknown { .. } => "catalogue_unknown",
            Self::FedTwice { .. } => "catalogue_fed_twice",
            Self::NotFed { .. } => "catalogue_not_fed",
            Self::Weights { .. } => "catalogue_weights",
            Self::Credits { .. } => "catalogue_credits",
            Self::Bands(_) => "catalogue_bands",
        }
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}\n  {}",
            self.file, self.line, self.column, self.problem, self.mend
        )
    }
}

impl fmt::Display for CatalogueErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for CatalogueError {}
impl std::error::Error for CatalogueErrors {}

impl CatalogueError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        self.problem.code()
    }
}

impl CatalogueErrors {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        "catalogue_invalid"
    }
}
