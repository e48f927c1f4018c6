-- Institutions, platforms, people, launches, the outbox, statements and the audit trail.
--
-- One text for both databases. `UUID` and `BYTEA` are types on PostgreSQL; SQLite keeps the bytes as
-- they are. Times end in `_at` and are Unix milliseconds. Lists are JSON text. Secrets are sealed.

CREATE TABLE institution (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    home_page TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    actor_naming TEXT NOT NULL CHECK (actor_naming IN ('pseudonym', 'platform_user')),
    lrs_endpoint TEXT,
    lrs_auth_sealed BYTEA,
    lrs_version TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE registration (
    id UUID NOT NULL PRIMARY KEY,
    -- Absent where several institutions share the registration.
    institution UUID REFERENCES institution (id),
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    auth_url TEXT NOT NULL,
    token_url TEXT NOT NULL,
    token_audience TEXT,
    jwks_url TEXT NOT NULL,
    frame_origins TEXT NOT NULL,
    product TEXT,
    allow_new_deployments BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (issuer, client_id)
);

CREATE TABLE deployment (
    id UUID NOT NULL PRIMARY KEY,
    registration UUID NOT NULL REFERENCES registration (id),
    lms_deployment TEXT NOT NULL,
    institution UUID NOT NULL REFERENCES institution (id),
    accepted_at BIGINT NOT NULL,
    UNIQUE (registration, lms_deployment)
);

CREATE TABLE person (
    id UUID NOT NULL PRIMARY KEY,
    institution UUID NOT NULL,
    -- Random; statements name the person by it, and erasing the person ends it.
    pseudonym TEXT NOT NULL,
    name TEXT,
    given_name TEXT,
    family_name TEXT,
    email TEXT,
    created_at BIGINT NOT NULL,
    erased_at BIGINT
);
CREATE UNIQUE INDEX person_pseudonym ON person (institution, pseudonym);

CREATE TABLE account (
    registration UUID NOT NULL,
    institution UUID NOT NULL,
    subject TEXT NOT NULL,
    person UUID NOT NULL REFERENCES person (id),
    PRIMARY KEY (registration, institution, subject)
);
CREATE INDEX account_person ON account (person);

CREATE TABLE context (
    id UUID NOT NULL PRIMARY KEY,
    institution UUID NOT NULL,
    deployment UUID NOT NULL,
    lms_context TEXT NOT NULL,
    title TEXT,
    label TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX context_institution ON context (institution);

CREATE TABLE resource_link (
    id UUID NOT NULL PRIMARY KEY,
    institution UUID NOT NULL,
    registration UUID NOT NULL,
    deployment UUID NOT NULL,
    context UUID NOT NULL,
    lms_resource_link TEXT NOT NULL,
    title TEXT,
    -- `programme/activity`; absent until the link is bound.
    activity TEXT,
    line_item_url TEXT,
    lineitems_url TEXT,
    scopes TEXT NOT NULL,
    memberships_url TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX resource_link_context ON resource_link (institution, context);

CREATE TABLE membership (
    institution UUID NOT NULL,
    context UUID NOT NULL,
    person UUID NOT NULL,
    roles TEXT NOT NULL,
    role_kind TEXT NOT NULL,
    -- The platform's user ids of those whom the person mentors here.
    mentees TEXT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (institution, context, person)
);
CREATE INDEX membership_person ON membership (institution, person);

CREATE TABLE session (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    institution UUID NOT NULL,
    person UUID NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE launch (
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
);
CREATE INDEX launch_created ON launch (created_at);

-- A nonce is accepted by the one launch that inserts its row.
CREATE TABLE nonce (
    registration UUID NOT NULL,
    nonce TEXT NOT NULL,
    launch UUID NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (registration, nonce)
);
CREATE INDEX nonce_expiry ON nonce (expires_at);

CREATE TABLE signing_key (
    kid TEXT NOT NULL PRIMARY KEY,
    public_jwk TEXT NOT NULL,
    private_sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- Published from the beginning, signs from here.
    active_at BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE TABLE outbox (
    id UUID NOT NULL PRIMARY KEY,
    institution UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('score', 'statement')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'delivered', 'dead', 'superseded')),
    -- Rows with the same key leave one after the other, by ordinal; absent where order is free.
    order_key TEXT,
    ordinal BIGINT NOT NULL,
    registration UUID,
    deployment UUID,
    person UUID,
    target TEXT,
    statement UUID,
    payload TEXT NOT NULL,
    causes TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    not_before_at BIGINT NOT NULL,
    leased_until_at BIGINT,
    lease UUID,
    last_error TEXT,
    last_error_code TEXT,
    created_at BIGINT NOT NULL,
    delivered_at BIGINT
);
CREATE INDEX outbox_due_scores ON outbox (not_before_at, id)
    WHERE kind = 'score' AND state IN ('pending', 'leased');
CREATE INDEX outbox_due_statements ON outbox (institution, not_before_at, id)
    WHERE kind = 'statement' AND state IN ('pending', 'leased');
CREATE INDEX outbox_key ON outbox (institution, order_key, ordinal) WHERE order_key IS NOT NULL;
CREATE INDEX outbox_lease ON outbox (lease) WHERE state = 'leased';
CREATE INDEX outbox_institution ON outbox (institution, id);
CREATE INDEX outbox_dead ON outbox (kind) WHERE state = 'dead';

-- The last second that was given to a score of one person in one column of a gradebook.
CREATE TABLE score_clock (
    institution UUID NOT NULL,
    order_key TEXT NOT NULL,
    last_second BIGINT NOT NULL,
    PRIMARY KEY (institution, order_key)
);

CREATE TABLE audit (
    id UUID NOT NULL PRIMARY KEY,
    institution UUID NOT NULL,
    recorded_at BIGINT NOT NULL,
    -- A person of the bridge; absent where the system or an operator acted.
    actor UUID,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX audit_institution ON audit (institution, id);

CREATE TABLE statement (
    institution UUID NOT NULL,
    id UUID NOT NULL,
    -- Sorts by the time of storing.
    position UUID NOT NULL,
    verb TEXT NOT NULL,
    registration UUID,
    refers_to UUID,
    voids BOOLEAN NOT NULL,
    voided BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (institution, id)
);
CREATE UNIQUE INDEX statement_position ON statement (institution, position);
CREATE INDEX statement_verb ON statement (institution, verb, position);
CREATE INDEX statement_registration ON statement (institution, registration, position)
    WHERE registration IS NOT NULL;
CREATE INDEX statement_reference ON statement (institution, refers_to) WHERE refers_to IS NOT NULL;
CREATE INDEX statement_referring ON statement (institution, position) WHERE refers_to IS NOT NULL;

-- What a statement is found by: `agent` and `activity` are direct, the others only with the
-- `related_…` parameters.
CREATE TABLE statement_key (
    institution UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('agent', 'related_agent', 'activity', 'related_activity')),
    value TEXT NOT NULL,
    position UUID NOT NULL,
    PRIMARY KEY (institution, kind, value, position)
);

CREATE TABLE lrs_credential (
    id UUID NOT NULL PRIMARY KEY,
    institution UUID NOT NULL REFERENCES institution (id),
    name TEXT NOT NULL,
    access_key TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
