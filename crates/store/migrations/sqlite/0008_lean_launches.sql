-- Every launch writes into these tables, and none of them is found by a row's number: kept by their
-- primary key alone, they change half as many pages. Nonces and sessions that have run out are found
-- by reading the few that there are.

CREATE TABLE nonce_lean (
    registration UUID NOT NULL,
    nonce TEXT NOT NULL,
    launch UUID NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (registration, nonce)
) WITHOUT ROWID;
INSERT INTO nonce_lean (registration, nonce, launch, expires_at)
    SELECT registration, nonce, launch, expires_at FROM nonce;
DROP TABLE nonce;
ALTER TABLE nonce_lean RENAME TO nonce;

CREATE TABLE session_lean (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    institution UUID NOT NULL,
    person UUID NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO session_lean (token_hash, institution, person, created_at, expires_at)
    SELECT token_hash, institution, person, created_at, expires_at FROM session;
DROP TABLE session;
ALTER TABLE session_lean RENAME TO session;

CREATE TABLE launch_lean (
    id UUID NOT NULL PRIMARY KEY,
    institution UUID NOT NULL,
    person UUID NOT NULL,
    session_hash BYTEA NOT NULL,
    registration UUID NOT NULL,
    deployment UUID NOT NULL,
    context UUID NOT NULL,
    resource_link UUID,
    roles TEXT NOT NULL,
    role_kind TEXT NOT NULL,
    message_type TEXT NOT NULL,
    return_url TEXT,
    locale TEXT,
    details TEXT,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO launch_lean (id, institution, person, session_hash, registration, deployment, context,
    resource_link, roles, role_kind, message_type, return_url, locale, details, created_at)
    SELECT id, institution, person, session_hash, registration, deployment, context,
    resource_link, roles, role_kind, message_type, return_url, locale, details, created_at
    FROM launch;
DROP TABLE launch;
ALTER TABLE launch_lean RENAME TO launch;
CREATE INDEX launch_created ON launch (created_at);

CREATE TABLE statement_key_lean (
    institution UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('agent', 'related_agent', 'activity', 'related_activity')),
    value TEXT NOT NULL,
    position UUID NOT NULL,
    PRIMARY KEY (institution, kind, value, position)
) WITHOUT ROWID;
INSERT INTO statement_key_lean (institution, kind, value, position)
    SELECT institution, kind, value, position FROM statement_key;
DROP TABLE statement_key;
ALTER TABLE statement_key_lean RENAME TO statement_key;
