//! Composes the query for a set of filters. Only fixed words go into the text; what a client sent is
//! bound.

use std::fmt::Write as _;

use mtl_programme::InstitutionId;
use mtl_xapi::StatementQuery;
use uuid::Uuid;

use crate::ordered_ids::first_after;

/// A bound value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Value {
    Id(Uuid),
    Text(String),
    Number(i64),
}

/// A query's text and its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Select {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

/// The values under which the parts of the text find them.
#[derive(Default)]
struct Parameters {
    values: Vec<Value>,
}

impl Parameters {
    fn add(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }
}

impl Select {
    pub(super) fn new(
        institution: InstitutionId,
        query: &StatementQuery,
        cursor: Option<Uuid>,
        limit: u32,
    ) -> Self {
        let mut parameters = Parameters::default();
        parameters.add(Value::Id(institution.0));
        let limit = parameters.add(Value::Number(i64::from(limit)));
        let order = if query.ascending { "ASC" } else { "DESC" };
        let range = Range::new(query, cursor, &mut parameters);
        let filters = Filters::new(query, &mut parameters);

        // The order and the bounds are those of the index that drives the search.
        let driver = filters.driver();
        let mut found = format!(
            "SELECT s.position FROM {}{} AND NOT s.voided \
             ORDER BY {driver}.position {order} LIMIT {limit}",
            filters.matching(),
            range.of(driver),
        );
        if filters.any() {
            found = format!(
                "SELECT position FROM ({found}) AS direct UNION SELECT position FROM \
                 (SELECT s.position FROM statement s JOIN statement t \
                 ON t.institution = s.institution AND t.id = s.refers_to \
                 WHERE s.institution = $1 AND s.refers_to IS NOT NULL{} \
                 AND NOT s.voided{} ORDER BY s.position {order} LIMIT {limit}) AS referring",
                filters.conditions("t"),
                range.of("s"),
            );
        }
        Self {
            sql: format!(
                "SELECT id, position, body, voided FROM statement \
                 WHERE institution = $1 AND position IN ({found}) \
                 ORDER BY position {order} LIMIT {limit}"
            ),
            values: parameters.values,
        }
    }
}

/// `since`, `until` and the cursor, as bounds of the position: each a comparison and its parameter.
struct Range(Vec<(&'static str, String)>);

impl Range {
    fn new(query: &StatementQuery, cursor: Option<Uuid>, parameters: &mut Parameters) -> Self {
        let after_cursor = if query.ascending { ">" } else { "<" };
        let bounds = [
            (">=", query.since.map(first_after)),
            ("<", query.until.map(first_after)),
            (after_cursor, cursor),
        ];
        Self(
            bounds
                .into_iter()
                .filter_map(|(comparison, bound)| {
                    Some((comparison, parameters.add(Value::Id(bound?))))
                })
                .collect(),
        )
    }

    fn of(&self, name: &str) -> String {
        self.0
            .iter()
            .fold(String::new(), |mut sql, (comparison, bound)| {
                let _ = write!(sql, " AND {name}.position {comparison} {bound}");
                sql
            })
    }
}

/// The filters that look at a statement by itself, each with its parameter.
struct Filters {
    /// Kinds of keys, and the parameter of the value.
    keys: Vec<(&'static str, String)>,
    verb: Option<String>,
    registration: Option<String>,
}

impl Filters {
    fn new(query: &StatementQuery, parameters: &mut Parameters) -> Self {
        let mut keys = Vec::new();
        if let Some(agent) = &query.agent {
            let kinds = if query.related_agents {
                "('agent', 'related_agent')"
            } else {
                "('agent')"
            };
            let value = Value::Text(agent.as_str().to_owned());
            keys.push((kinds, parameters.add(value)));
        }
        if let Some(activity) = &query.activity {
            let kinds = if query.related_activities {
                "('activity', 'related_activity')"
            } else {
                "('activity')"
            };
            keys.push((kinds, parameters.add(Value::Text(activity.clone()))));
        }
        let verb = query.verb.clone();
        Self {
            keys,
            verb: verb.map(|verb| parameters.add(Value::Text(verb))),
            registration: query
                .registration
                .map(|registration| parameters.add(Value::Id(registration))),
        }
    }

    fn any(&self) -> bool {
        !self.keys.is_empty() || self.verb.is_some() || self.registration.is_some()
    }

    /// The name whose index drives the search: a key's (`k`), else the statement's (`s`).
    fn driver(&self) -> &'static str {
        if self.keys.is_empty() { "s" } else { "k" }
    }

    /// `statement s` with all conditions, driven by a key's index where there is one: the
    /// `CROSS JOIN` keeps SQLite from walking all statements in their order instead.
    fn matching(&self) -> String {
        let Some(((kinds, value), others)) = self.keys.split_first() else {
            return format!(
                "statement s WHERE s.institution = $1{}",
                self.conditions("s")
            );
        };
        let mut sql = format!(
            "statement_key k CROSS JOIN statement s \
             WHERE k.institution = $1 AND k.kind IN {kinds} AND k.value = {value} \
             AND s.institution = k.institution AND s.position = k.position"
        );
        for other in others {
            sql.push_str(&key_condition("s", other));
        }
        sql.push_str(&self.column_conditions("s"));
        sql
    }

    /// All conditions on a statement under the given name.
    fn conditions(&self, name: &str) -> String {
        let keys: String = self
            .keys
            .iter()
            .map(|key| key_condition(name, key))
            .collect();
        keys + &self.column_conditions(name)
    }

    fn column_conditions(&self, name: &str) -> String {
        let mut sql = String::new();
        if let Some(verb) = &self.verb {
            let _ = write!(sql, " AND {name}.verb = {verb}");
        }
        if let Some(registration) = &self.registration {
            let _ = write!(sql, " AND {name}.registration = {registration}");
        }
        sql
    }
}

fn key_condition(name: &str, (kinds, value): &(&'static str, String)) -> String {
    format!(
        " AND EXISTS (SELECT 1 FROM statement_key key_of_{name} \
         WHERE key_of_{name}.institution = {name}.institution \
         AND key_of_{name}.kind IN {kinds} AND key_of_{name}.value = {value} \
         AND key_of_{name}.position = {name}.position)"
    )
}
