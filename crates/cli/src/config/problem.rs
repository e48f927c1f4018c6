//! What is wrong with a configuration: the setting, the fault and the mend.

use std::fmt;
use std::path::Path;

use figment::Figment;
use figment::error::Kind;
use figment::value::Dict;

const MISSING: &str = "it is missing";

/// One setting that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Problem {
    setting: String,
    fault: String,
    mend: String,
}

/// Everything that was found wrong.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ConfigProblems(Vec<Problem>);

impl ConfigProblems {
    /// A single problem.
    pub(crate) fn one(setting: &str, fault: String, mend: &str) -> Self {
        let mut problems = Self::default();
        problems.add(setting, fault, mend);
        problems
    }

    pub(super) fn add(&mut self, setting: &str, fault: String, mend: &str) {
        self.0.push(Problem {
            setting: setting.to_owned(),
            fault,
            mend: mend.to_owned(),
        });
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(super) fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Whether nothing is wrong but that settings are missing.
    pub(super) fn are_only_missing(&self) -> bool {
        self.0
            .iter()
            .all(|problem| problem.fault.starts_with(MISSING))
    }

    /// All settings of `wanted` that are nowhere; reading would stop at the first of them.
    pub(super) fn missing(figment: &Figment, wanted: &[&str]) -> Self {
        let mut problems = Self::default();
        let given: Dict = figment.extract().unwrap_or_default();
        for name in wanted {
            let misspelt = given.keys().find(|key| nearest(key, &[name]).is_some());
            if let (false, Some(misspelt)) = (given.contains_key(*name), misspelt) {
                let fault = "there is no such setting".to_owned();
                problems.add(misspelt, fault, &format!("did you mean {name}?"));
            } else if figment.find_value(name).is_err() {
                problems.add(name, MISSING.to_owned(), &mend_for_missing(name));
            }
        }
        problems
    }

    /// The errors of reading, in the words of whoever wrote the file.
    pub(super) fn of(error: &figment::Error, file: &Path) -> Self {
        let mut problems = Self::default();
        for error in error.clone() {
            let source = match &error.metadata {
                Some(metadata) if metadata.name.contains("environment") => {
                    " (from an environment variable)".to_owned()
                }
                Some(_) => format!(" (in {})", file.display()),
                None => String::new(),
            };
            let mut path = error.path.clone();
            let (fault, mend) = match &error.kind {
                Kind::UnknownField(name, known) => {
                    path.push(name.clone());
                    let mend = nearest(name, known).map_or_else(
                        || format!("use one of: {}", known.join(", ")),
                        |near| format!("did you mean {near}?"),
                    );
                    ("there is no such setting".to_owned(), mend)
                }
                Kind::UnknownVariant(name, known) => (
                    format!("{name:?} is not a choice here"),
                    format!("use one of: {}", known.join(", ")),
                ),
                Kind::MissingField(name) => {
                    path.push(name.to_string());
                    (MISSING.to_owned(), mend_for_missing(name))
                }
                kind => (
                    kind.to_string(),
                    "see docs/OPERATIONS.md and config/mtl-bridge.example.toml for its form"
                        .to_owned(),
                ),
            };
            problems.add(&path.join("."), format!("{fault}{source}"), &mend);
        }
        problems
    }
}

fn mend_for_missing(name: &str) -> String {
    let variable = name.to_uppercase();
    match name {
        "base_url" => "write base_url = \"https://mtl.example.ac.uk\"".to_owned(),
        "secret" => "make one with: openssl rand -hex 32".to_owned(),
        "database" => {
            "write [database] with url = \"sqlite:/var/lib/mtl-bridge/bridge.sqlite\"".to_owned()
        }
        "evidence" => {
            "write [evidence] with kind = \"folder\" and path = \"/var/lib/mtl-bridge/evidence\""
                .to_owned()
        }
        _ => format!("write it in the file, or set a variable that ends in {variable}"),
    }
}

fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min()
        .map(|(_, candidate)| candidate)
}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(
                f,
                "{}: {}\n    → {}",
                problem.setting, problem.fault, problem.mend
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigProblems {}
