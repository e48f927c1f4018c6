//! The schema's migrations, embedded in the binary: `both` where one text serves both databases,
//! `sqlite` and `postgres` where they must differ.
//!
//! Each file has its own number over all three folders. A change is expanded first (new columns and
//! tables that the old program does not mind) and contracted in a later release.

use std::borrow::Cow;

use sqlx::migrate::Migrator;

use crate::Dialect;

static BOTH: Migrator = sqlx::migrate!("migrations/both");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// All migrations of one database, in order.
pub(crate) fn migrator(dialect: Dialect) -> Migrator {
    let own = match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
    };
    let mut migrations: Vec<_> = BOTH.iter().chain(own.iter()).cloned().collect();
    migrations.sort_by_key(|migration| migration.version);
    Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_has_its_own_number() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let versions: Vec<_> = migrator(dialect).iter().map(|m| m.version).collect();
            let mut unique = versions.clone();
            unique.dedup();
            assert_eq!(versions, unique, "{dialect:?}");
        }
    }
}
