//! Everything that is kept: SQLite or PostgreSQL behind one interface
