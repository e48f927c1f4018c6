//! What a credential may do (the names of Communication 4.2).

use std::fmt;
use std::str::FromStr;

/// One permission.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Store statements.
    StatementsWrite,
    /// Read the statements that this credential stored.
    StatementsReadMine,
    /// Read statements.
    StatementsRead,
    /// Read everything.
    AllRead,
    /// Do everything.
    All,
}

/// The permissions of a credential.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Scopes(Vec<Scope>);

/// A name that is no scope.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{0:?} is no scope of xAPI: statements/write, statements/read/mine, statements/read, all/read or all"
)]
pub struct UnknownScope(pub String);

/// How far a credential may read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    All,
    Mine,
}

impl Scopes {
    /// Reads the names of scopes.
    pub(crate) fn parse(names: &[String]) -> Result<Self, UnknownScope> {
        names
            .iter()
            .map(|name| name.parse())
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(crate) fn may_write(&self) -> bool {
        self.has(&[Scope::StatementsWrite, Scope::All])
    }

    pub(crate) fn reading(&self) -> Option<Reach> {
        if self.has(&[Scope::StatementsRead, Scope::AllRead, Scope::All]) {
            Some(Reach::All)
        } else {
            self.has(&[Scope::StatementsReadMine])
                .then_some(Reach::Mine)
        }
    }

    fn has(&self, any: &[Scope]) -> bool {
        self.0.iter().any(|scope| any.contains(scope))
    }
}

impl Scope {
    /// Every scope that is known here.
    pub const KNOWN: [Self; 5] = [
        Self::StatementsWrite,
        Self::StatementsReadMine,
        Self::StatementsRead,
        Self::AllRead,
        Self::All,
    ];

    /// The name, as credentials keep it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StatementsWrite => "statements/write",
            Self::StatementsReadMine => "statements/read/mine",
            Self::StatementsRead => "statements/read",
            Self::AllRead => "all/read",
            Self::All => "all",
        }
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        let known = Self::KNOWN.into_iter().find(|scope| scope.name() == name);
        known.ok_or_else(|| UnknownScope(name.to_owned()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        let table = [
            ("", false, None),
            ("statements/write", true, None),
            ("statements/read/mine", false, Some(Reach::Mine)),
            (
                "statements/read/mine statements/read",
                false,
                Some(Reach::All),
            ),
            ("all/read", false, Some(Reach::All)),
            ("all", true, Some(Reach::All)),
        ];
        for (text, write, read) in table {
            let names: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            let scopes = Scopes::parse(&names).unwrap();
            assert_eq!(
                (scopes.may_write(), scopes.reading()),
                (write, read),
                "{text}"
            );
        }
        let unknown = Scopes::parse(&["all".to_owned(), "state".to_owned()]);
        assert_eq!(unknown, Err(UnknownScope("state".to_owned())));
        assert!(
            Scope::KNOWN
                .into_iter()
                .all(|scope| scope.name().parse() == Ok(scope))
        );
    }
}
