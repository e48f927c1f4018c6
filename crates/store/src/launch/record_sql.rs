//! The texts by which a launch is recorded: one data-modifying statement on PostgreSQL, one list of
//! statements that are prepared and sent together on SQLite.
//!
//! On both, everything else selects from the nonce's own insert, so a replay writes nothing. Rows
//! that the cache knows to be unchanged are left out, which gives a text for each shape. The
//! parameters are numbered in `record.rs`, the same in every text.

use std::fmt::Write as _;
use std::sync::OnceLock;

use crate::Dialect;

/// Where the launch's statement goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StatementGoes {
    Nowhere,
    Embedded,
    Outbox,
}

/// Which rows a launch has to write besides those that are always new.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each row that may be unchanged"
)]
pub(super) struct Shape {
    pub(super) person: bool,
    pub(super) context: bool,
    pub(super) resource_link: bool,
    pub(super) membership: bool,
    pub(super) statement: StatementGoes,
}

const SHAPES: usize = 2 * 3 * 16;

impl Shape {
    fn index(self, dialect: Dialect) -> usize {
        let statement = match self.statement {
            StatementGoes::Nowhere => 0,
            StatementGoes::Embedded => 1,
            StatementGoes::Outbox => 2,
        };
        let rows = usize::from(self.person)
            | usize::from(self.context) << 1
            | usize::from(self.resource_link) << 2
            | usize::from(self.membership) << 3;
        usize::from(dialect == Dialect::Postgres) * 48 + statement * 16 + rows
    }
}

/// The text of a shape, made once.
pub(super) fn text(dialect: Dialect, shape: Shape) -> &'static str {
    static TEXTS: [OnceLock<String>; SHAPES] = [const { OnceLock::new() }; SHAPES];
    TEXTS[shape.index(dialect)].get_or_init(|| match dialect {
        Dialect::Sqlite => sqlite(shape),
        Dialect::Postgres => postgres(shape),
    })
}

/// An insert into one table: `{from}` stands for what makes it depend on the nonce.
struct Insert {
    name: &'static str,
    text: &'static str,
}

const NONCE: &str = "INSERT INTO nonce (registration, nonce, launch, expires_at) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (registration, nonce) DO NOTHING";

/// The upsert is without a condition, so that it always returns the row that is there, also one
/// that another launch made a moment ago. A person who was erased and comes back is a new one: the
/// erasure has given the row a new pseudonym. A name that the platform told before, in its list of the
/// course perhaps, outlasts a launch that tells none.
const PERSON: Insert = Insert {
    name: "person_row",
    text: "INSERT INTO person \
         (id, institution, pseudonym, name, given_name, family_name, email, created_at) \
         SELECT $8, $5, $9, $11, $12, $13, $14, $6 {from} \
         ON CONFLICT (id) DO UPDATE SET name = COALESCE(excluded.name, person.name), \
         given_name = COALESCE(excluded.given_name, person.given_name), \
         family_name = COALESCE(excluded.family_name, person.family_name), \
         email = excluded.email, erased_at = NULL",
};

const ACCOUNT: Insert = Insert {
    name: "account_row",
    text: "INSERT INTO account (registration, institution, subject, person) \
         SELECT $1, $5, $10, $8 {from} \
         ON CONFLICT (registration, institution, subject) DO NOTHING",
};

const CONTEXT: Insert = Insert {
    name: "context_row",
    text: "INSERT INTO context (id, institution, deployment, lms_context, title, label, created_at) \
         SELECT $15, $5, $7, $16, $17, $18, $6 {from} \
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, label = excluded.label \
         WHERE context.title IS DISTINCT FROM excluded.title \
         OR context.label IS DISTINCT FROM excluded.label",
};

const RESOURCE_LINK: Insert = Insert {
    name: "resource_link_row",
    text: "INSERT INTO resource_link (id, institution, registration, deployment, context, \
         lms_resource_link, title, activity, line_item_url, lineitems_url, scopes, \
         memberships_url, due_at, created_at) \
         SELECT $19, $5, $1, $7, $15, $20, $21, $22, $23, $24, $25, $26, $42, $6 {from} \
         ON CONFLICT (id) DO UPDATE SET context = excluded.context, title = excluded.title, \
         activity = COALESCE(excluded.activity, resource_link.activity), \
         line_item_url = excluded.line_item_url, lineitems_url = excluded.lineitems_url, \
         scopes = excluded.scopes, memberships_url = excluded.memberships_url, \
         due_at = excluded.due_at",
};

const MEMBERSHIP: Insert = Insert {
    name: "membership_row",
    text: "INSERT INTO membership \
         (institution, context, person, roles, role_kind, mentees, last_seen_at) \
         SELECT $5, $15, $8, $27, $28, $29, $6 {from} \
         ON CONFLICT (institution, context, person) DO UPDATE SET roles = excluded.roles, \
         role_kind = excluded.role_kind, mentees = excluded.mentees, \
         last_seen_at = excluded.last_seen_at",
};

/// A browser that has a session already may keep its token; another person's is never taken over.
const SESSION: Insert = Insert {
    name: "session_row",
    text: "INSERT INTO session (token_hash, institution, person, created_at, expires_at) \
         SELECT $30, $5, $8, $6, $31 {from} \
         ON CONFLICT (token_hash) DO UPDATE SET expires_at = excluded.expires_at \
         WHERE session.institution = excluded.institution AND session.person = excluded.person",
};

const LAUNCH: Insert = Insert {
    name: "launch_row",
    text: "INSERT INTO launch (id, institution, person, session_hash, registration, deployment, \
         context, resource_link, roles, role_kind, message_type, return_url, locale, details, \
         created_at) \
         SELECT $3, $5, $8, $30, $1, $7, $15, $19, $27, $28, $32, $33, $34, $35, $6 {from}",
};

const STATEMENT: Insert = Insert {
    name: "statement_row",
    text: "INSERT INTO statement \
         (institution, id, position, verb, registration, refers_to, voids, voided, body) \
         SELECT $5, $37, $36, $39, $40, NULL, FALSE, FALSE, \
         replace($38, $9, {pseudonym}) {from} \
         ON CONFLICT (institution, id) DO NOTHING",
};

const STATEMENT_KEYS_SQLITE: Insert = Insert {
    name: "statement_key_rows",
    text: "INSERT INTO statement_key (institution, kind, value, position) \
         SELECT $5, entry.value ->> 0, replace(entry.value ->> 1, $9, {pseudonym}), $36 \
         FROM json_each($41) AS entry {from}",
};

const STATEMENT_KEYS_POSTGRES: Insert = Insert {
    name: "statement_key_rows",
    text: "INSERT INTO statement_key (institution, kind, value, position) \
         SELECT $5, entry.value ->> 0, replace(entry.value ->> 1, $9, {pseudonym}), $36 \
         {from}, jsonb_array_elements($41::jsonb) AS entry (value)",
};

const OUTBOX: Insert = Insert {
    name: "outbox_row",
    text: "INSERT INTO outbox (id, institution, kind, state, ordinal, statement, payload, causes, \
         attempts, not_before_at, created_at) \
         SELECT $36, $5, 'statement', 'pending', 0, $37, replace($38, $9, {pseudonym}), '[]', \
         0, $6, $6 {from}",
};

const IS_COACH: &str = "EXISTS (SELECT 1 FROM pairing WHERE institution = $5 AND context = $15 \
     AND coach = $8 AND ended_at IS NULL)";

const SQLITE_FROM: &str =
    "WHERE EXISTS (SELECT 1 FROM nonce WHERE registration = $1 AND nonce = $2 AND launch = $3)";
const SQLITE_PSEUDONYM: &str = "(SELECT pseudonym FROM person WHERE id = $8)";

fn inserts(shape: Shape, statement_keys: &'static Insert) -> Vec<&'static Insert> {
    let mut inserts = Vec::new();
    if shape.person {
        inserts.extend([&PERSON, &ACCOUNT]);
    }
    if shape.context {
        inserts.push(&CONTEXT);
    }
    if shape.resource_link {
        inserts.push(&RESOURCE_LINK);
    }
    if shape.membership {
        inserts.push(&MEMBERSHIP);
    }
    inserts.extend([&SESSION, &LAUNCH]);
    match shape.statement {
        StatementGoes::Nowhere => {}
        StatementGoes::Embedded => inserts.extend([&STATEMENT, statement_keys]),
        StatementGoes::Outbox => inserts.push(&OUTBOX),
    }
    inserts
}

fn sqlite(shape: Shape) -> String {
    let mut sql = format!("{NONCE};\n");
    for insert in inserts(shape, &STATEMENT_KEYS_SQLITE) {
        sql.push_str(
            &insert
                .text
                .replace("{from}", SQLITE_FROM)
                .replace("{pseudonym}", SQLITE_PSEUDONYM),
        );
        sql.push_str(";\n");
    }
    // Whatever is added: the rows are read back by the last statement only.
    let _ = write!(
        sql,
        "SELECT pseudonym, (SELECT activity FROM resource_link WHERE id = $19) AS activity, name, \
         (SELECT created_at FROM context WHERE id = $15) AS context_created_at, \
         {IS_COACH} AS is_coach FROM person WHERE id = $8 \
         AND EXISTS (SELECT 1 FROM nonce WHERE registration = $1 AND nonce = $2 AND launch = $3)"
    );
    sql
}

fn postgres(shape: Shape) -> String {
    // A statement does not see the rows that its own parts write, hence RETURNING.
    let (pseudonym, name) = if shape.person {
        (
            "(SELECT pseudonym FROM person_row)",
            "(SELECT name FROM person_row)",
        )
    } else {
        (
            "(SELECT pseudonym FROM person WHERE id = $8)",
            "(SELECT name FROM person WHERE id = $8)",
        )
    };
    // A course that is there already is not returned unless its title has changed.
    let context = if shape.context {
        "COALESCE((SELECT created_at FROM context_row), \
         (SELECT created_at FROM context WHERE id = $15))"
    } else {
        "(SELECT created_at FROM context WHERE id = $15)"
    };
    let activity = if shape.resource_link {
        "(SELECT activity FROM resource_link_row)"
    } else {
        "(SELECT activity FROM resource_link WHERE id = $19)"
    };
    let mut sql = format!("WITH accepted AS ({NONCE} RETURNING launch)");
    for insert in inserts(shape, &STATEMENT_KEYS_POSTGRES) {
        let body = insert
            .text
            .replace("{from}", "FROM accepted")
            .replace("{pseudonym}", pseudonym);
        let returning = match insert.name {
            "person_row" => " RETURNING pseudonym, name",
            "context_row" => " RETURNING created_at",
            "resource_link_row" => " RETURNING activity",
            _ => "",
        };
        let _ = write!(sql, ",\n{} AS ({body}{returning})", insert.name);
    }
    let _ = write!(
        sql,
        "\nSELECT {pseudonym} AS pseudonym, {activity} AS activity, {name} AS name, \
         {context} AS context_created_at, {IS_COACH} AS is_coach FROM accepted"
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_its_own_text() {
        let mut seen = std::collections::HashSet::new();
        for bits in 0..16_u8 {
            for statement in [
                StatementGoes::Nowhere,
                StatementGoes::Embedded,
                StatementGoes::Outbox,
            ] {
                let shape = Shape {
                    person: bits & 1 != 0,
                    context: bits & 2 != 0,
                    resource_link: bits & 4 != 0,
                    membership: bits & 8 != 0,
                    statement,
                };
                for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                    let text = text(dialect, shape);
                    assert!(seen.insert(text), "{shape:?}");
                    assert!(!text.contains('{'), "{text}");
                }
            }
        }
        assert_eq!(seen.len(), SHAPES);
    }
}
