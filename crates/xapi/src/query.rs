//! The parameters of `GET statements`, typed and validated (Communication 2.1.3).

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::formats::{is_iri, parse_timestamp, parse_uuid};
use crate::{AgentKey, Format, IndexEntries, Version, parse_agent};

/// A request for statements: one by its id, or those that match.
#[derive(Clone, PartialEq, Debug)]
pub enum StatementsRequest {
    /// `statementId` or `voidedStatementId`.
    One(SingleStatement),
    /// Everything else.
    Many(StatementQuery),
}

/// A request for one statement.
#[derive(Clone, PartialEq, Debug)]
pub struct SingleStatement {
    /// The id of the statement.
    pub id: Uuid,
    /// Whether it is asked for as a voided one; then one that is not voided is not found, and the
    /// other way round (Communication 2.1.4).
    pub voided: bool,
    /// How the statement is rendered.
    pub format: Format,
    /// Whether the data of attachments is wanted too.
    pub attachments: bool,
}

/// Filters that all must hold; a default query finds everything that is not voided.
#[derive(Clone, PartialEq, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the specification has four switches"
)]
pub struct StatementQuery {
    /// The Agent or identified Group that is actor or object, or a member of one that is.
    pub agent: Option<AgentKey>,
    /// The IRI of the verb.
    pub verb: Option<String>,
    /// The IRI of the Activity that is the object.
    pub activity: Option<String>,
    /// The registration of the context.
    pub registration: Option<Uuid>,
    /// `activity` also finds context activities and those of `SubStatements`.
    pub related_activities: bool,
    /// `agent` also finds authorities, instructors, teams and those of `SubStatements`.
    pub related_agents: bool,
    /// Only what was stored after this time.
    pub since: Option<DateTime<Utc>>,
    /// Only what was stored at or before this time.
    pub until: Option<DateTime<Utc>>,
    /// At most so many; nought is as many as the server allows.
    pub limit: u32,
    /// How the statements are rendered.
    pub format: Format,
    /// Whether the data of attachments is wanted too.
    pub attachments: bool,
    /// Oldest first; else newest first.
    pub ascending: bool,
}

/// Why a query is refused; answered with 400.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidQuery {
    /// A parameter that the resource does not know, also by its case.
    #[error("there is no parameter {0:?}")]
    Unknown(String),
    /// A parameter that came twice.
    #[error("the parameter {0} came twice")]
    Repeated(&'static str),
    /// A value that is not of the parameter's type.
    #[error("the parameter {name} must be {wanted}")]
    Value {
        /// The parameter.
        name: &'static str,
        /// What it takes.
        wanted: &'static str,
    },
    /// `statementId` beside `voidedStatementId`, or one of them beside a filter.
    #[error("{0} cannot stand beside statementId or voidedStatementId")]
    Combination(&'static str),
}

impl InvalidQuery {
    /// A stable name of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "unknown-parameter",
            Self::Repeated(_) => "repeated-parameter",
            Self::Value { .. } => "parameter-value",
            Self::Combination(_) => "parameter-combination",
        }
    }
}

const NAMES: [&str; 14] = [
    "statementId",
    "voidedStatementId",
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "format",
    "attachments",
    "ascending",
];

impl StatementsRequest {
    /// Reads decoded parameters, in the order in which they came.
    pub fn parse<N: AsRef<str>, V: AsRef<str>>(
        parameters: impl IntoIterator<Item = (N, V)>,
        version: Version,
    ) -> Result<Self, InvalidQuery> {
        let mut query = StatementQuery::default();
        let mut single = None;
        let mut seen: Vec<&'static str> = Vec::new();
        for (name, value) in parameters {
            let (name, value) = (name.as_ref(), value.as_ref());
            let Some(name) = NAMES.into_iter().find(|known| *known == name) else {
                return Err(InvalidQuery::Unknown(name.chars().take(100).collect()));
            };
            if seen.contains(&name) {
                return Err(InvalidQuery::Repeated(name));
            }
            seen.push(name);
            match name {
                "statementId" => single = Some((uuid(name, value)?, false)),
                "voidedStatementId" => single = Some((uuid(name, value)?, true)),
                _ => query.set(name, value, version)?,
            }
        }
        let Some((id, voided)) = single else {
            return Ok(Self::Many(query));
        };
        let mut ids = seen.iter().filter(|name| name.ends_with("tatementId"));
        let other = ids.nth(1).or_else(|| {
            seen.iter().find(|name| {
                !matches!(
                    **name,
                    "statementId" | "voidedStatementId" | "format" | "attachments"
                )
            })
        });
        if let Some(name) = other {
            return Err(InvalidQuery::Combination(name));
        }
        let StatementQuery {
            format,
            attachments,
            ..
        } = query;
        Ok(Self::One(SingleStatement {
            id,
            voided,
            format,
            attachments,
        }))
    }
}

impl StatementQuery {
    /// Whether a statement with these entries passes the filters that look at the statement by
    /// itself; `since`, `until` and references to other statements are the store's business.
    pub fn matches(&self, entries: &IndexEntries) -> bool {
        let agents = if self.related_agents {
            &entries.related_agents
        } else {
            &entries.agents
        };
        let activities = if self.related_activities {
            &entries.related_activities
        } else {
            &entries.activities
        };
        self.agent
            .as_ref()
            .is_none_or(|agent| agents.contains(agent))
            && self.verb.as_ref().is_none_or(|verb| *verb == entries.verb)
            && self
                .activity
                .as_ref()
                .is_none_or(|activity| activities.contains(activity))
            && self
                .registration
                .is_none_or(|id| entries.registration == Some(id))
    }

    fn set(
        &mut self,
        name: &'static str,
        value: &str,
        version: Version,
    ) -> Result<(), InvalidQuery> {
        match name {
            "agent" => self.agent = Some(agent(name, value, version)?),
            "verb" => self.verb = Some(iri(name, value)?),
            "activity" => self.activity = Some(iri(name, value)?),
            "registration" => self.registration = Some(uuid(name, value)?),
            "related_activities" => self.related_activities = boolean(name, value)?,
            "related_agents" => self.related_agents = boolean(name, value)?,
            "since" => self.since = Some(timestamp(name, value, version)?),
            "until" => self.until = Some(timestamp(name, value, version)?),
            "limit" => self.limit = limit(name, value)?,
            "format" => self.format = format(name, value)?,
            "attachments" => self.attachments = boolean(name, value)?,
            "ascending" => self.ascending = boolean(name, value)?,
            other => return Err(InvalidQuery::Unknown(other.to_owned())),
        }
        Ok(())
    }
}

fn agent(name: &'static str, value: &str, version: Version) -> Result<AgentKey, InvalidQuery> {
    let wanted = "the JSON of an Agent or identified Group";
    parse_agent(value, version).map_err(|_| InvalidQuery::Value { name, wanted })
}

fn iri(name: &'static str, value: &str) -> Result<String, InvalidQuery> {
    let iri = is_iri(value).then(|| value.to_owned());
    iri.ok_or(InvalidQuery::Value {
        name,
        wanted: "an IRI with a scheme",
    })
}

fn uuid(name: &'static str, value: &str) -> Result<Uuid, InvalidQuery> {
    parse_uuid(value).ok_or(InvalidQuery::Value {
        name,
        wanted: "a UUID of 36 characters",
    })
}

fn boolean(name: &'static str, value: &str) -> Result<bool, InvalidQuery> {
    value.parse().map_err(|_| InvalidQuery::Value {
        name,
        wanted: "true or false",
    })
}

fn timestamp(
    name: &'static str,
    value: &str,
    version: Version,
) -> Result<DateTime<Utc>, InvalidQuery> {
    let wanted = "a date and time of ISO 8601";
    parse_timestamp(value, version).ok_or(InvalidQuery::Value { name, wanted })
}

fn limit(name: &'static str, value: &str) -> Result<u32, InvalidQuery> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // More than any server allows, hence as many as this one does.
    let limit = digits.then(|| value.parse().unwrap_or(0));
    limit.ok_or(InvalidQuery::Value {
        name,
        wanted: "a whole number from 0",
    })
}

fn format(name: &'static str, value: &str) -> Result<Format, InvalidQuery> {
    Format::parse(value).ok_or(InvalidQuery::Value {
        name,
        wanted: "ids, exact or canonical",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "ec531277-b57b-4c15-8d91-d292c5b2b8f7";

    fn parse(parameters: &[(&str, &str)]) -> Result<StatementsRequest, InvalidQuery> {
        StatementsRequest::parse(parameters.iter().copied(), Version::V1_0_3)
    }

    #[test]
    fn every_parameter() {
        let request = parse(&[
            ("agent", r#"{"mbox":"mailto:a@Example.org"}"#),
            ("verb", "http://x.org/v"),
            ("activity", "http://x.org/a"),
            ("registration", ID),
            ("related_activities", "true"),
            ("related_agents", "false"),
            ("since", "2026-01-01T00:00:00Z"),
            ("until", "2026-01-02T00:00:00+01:00"),
            ("limit", "7"),
            ("format", "canonical"),
            ("attachments", "true"),
            ("ascending", "true"),
        ]);
        let Ok(StatementsRequest::Many(query)) = request else {
            panic!("{request:?}")
        };
        assert_eq!(query.agent.unwrap().as_str(), "mbox|mailto:a@example.org");
        assert_eq!(
            query.until.unwrap().to_rfc3339(),
            "2026-01-01T23:00:00+00:00"
        );
        assert_eq!((query.limit, query.format), (7, Format::Canonical));
        assert!(query.related_activities && !query.related_agents);
        assert!(query.attachments && query.ascending);
    }

    #[test]
    fn one_statement() {
        let request = parse(&[("voidedStatementId", ID), ("format", "ids")]).unwrap();
        let StatementsRequest::One(single) = request else {
            panic!("{request:?}")
        };
        assert!(single.voided && single.format == Format::Ids && !single.attachments);
    }

    #[test]
    fn refusals() {
        let table: [(&[(&str, &str)], &str); 18] = [
            (&[("statementID", ID)], "unknown-parameter"),
            (&[("foo", "bar")], "unknown-parameter"),
            (&[("limit", "1"), ("limit", "1")], "repeated-parameter"),
            (
                &[("statementId", ID), ("voidedStatementId", ID)],
                "parameter-combination",
            ),
            (
                &[("voidedStatementId", ID), ("statementId", ID)],
                "parameter-combination",
            ),
            (
                &[("verb", "http://x.org/v"), ("statementId", ID)],
                "parameter-combination",
            ),
            (
                &[("statementId", ID), ("limit", "1")],
                "parameter-combination",
            ),
            (
                &[("statementId", ID), ("ascending", "false")],
                "parameter-combination",
            ),
            (&[("statementId", "1")], "parameter-value"),
            (&[("agent", "{}")], "parameter-value"),
            (
                &[("agent", r#"{"objectType":"Group","member":[]}"#)],
                "parameter-value",
            ),
            (&[("verb", "passed")], "parameter-value"),
            (&[("activity", "")], "parameter-value"),
            (&[("registration", "x")], "parameter-value"),
            (&[("related_agents", "True")], "parameter-value"),
            (&[("since", "yesterday")], "parameter-value"),
            (&[("limit", "-1")], "parameter-value"),
            (&[("format", "Exact")], "parameter-value"),
        ];
        for (parameters, code) in table {
            assert_eq!(
                parse(parameters).unwrap_err().code(),
                code,
                "{parameters:?}"
            );
        }
    }
}
