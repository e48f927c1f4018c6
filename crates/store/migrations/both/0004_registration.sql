-- Registering platforms: invitations, who administers, deployments that wait, what tests found.

-- The scopes that the platform granted at registration; absent where nobody said.
ALTER TABLE registration ADD COLUMN scopes TEXT;

-- A one-time address at which a platform may register itself. Only the hash of its token is kept.
CREATE TABLE invitation (
    id UUID NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    institution UUID NOT NULL REFERENCES institution (id),
    -- Whether several institutions will share the registration.
    shared BOOLEAN NOT NULL,
    allow_new_deployments BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    registration UUID REFERENCES registration (id)
);

-- What lets a browser administer an institution's platforms: a link that works once, or the session
-- that it was exchanged for. Only hashes are kept.
CREATE TABLE admin_grant (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    institution UUID NOT NULL REFERENCES institution (id),
    kind TEXT NOT NULL CHECK (kind IN ('link', 'session')),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX admin_grant_expiry ON admin_grant (expires_at);

-- A deployment of which a verified launch came, and that nobody has accepted yet.
CREATE TABLE waiting_deployment (
    registration UUID NOT NULL REFERENCES registration (id),
    lms_deployment TEXT NOT NULL,
    -- What the platform calls itself and the course, so that a person recognises it.
    platform_name TEXT,
    context_title TEXT,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (registration, lms_deployment)
);

-- What the last test of a platform's service found.
CREATE TABLE platform_check (
    registration UUID NOT NULL REFERENCES registration (id),
    -- `keys`, `token`, or the scope of a token.
    service TEXT NOT NULL,
    passed BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (registration, service)
);
