-- The work of participants and what assessors and policies make of it.
-- Marks are hundredths (0 to 10000), times are Unix milliseconds, JSON is canonical text.

CREATE TABLE attempt (
    institution UUID NOT NULL REFERENCES institution (id),
    id UUID NOT NULL,
    person UUID NOT NULL,
    context UUID NOT NULL,
    resource_link UUID,
    programme TEXT NOT NULL,
    module TEXT NOT NULL,
    activity TEXT NOT NULL,
    component TEXT,
    number BIGINT NOT NULL CHECK (number >= 1),
    due_at BIGINT,
    extended_to BIGINT,
    mitigation BOOLEAN NOT NULL DEFAULT FALSE,
    opened_at BIGINT NOT NULL,
    draft TEXT NOT NULL,
    revision BIGINT NOT NULL,
    words BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    submitted_at BIGINT,
    snapshot TEXT,
    snapshot_digest TEXT,
    PRIMARY KEY (institution, id),
    UNIQUE (institution, person, programme, activity, number)
);

CREATE INDEX attempt_by_context ON attempt (institution, context);

CREATE TABLE draft_version (
    institution UUID NOT NULL,
    attempt UUID NOT NULL,
    revision BIGINT NOT NULL,
    content TEXT NOT NULL,
    words BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (institution, attempt, revision),
    FOREIGN KEY (institution, attempt) REFERENCES attempt (institution, id)
);

CREATE TABLE evidence (
    institution UUID NOT NULL,
    id UUID NOT NULL,
    attempt UUID NOT NULL,
    item TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (institution, id),
    FOREIGN KEY (institution, attempt) REFERENCES attempt (institution, id)
);

CREATE INDEX evidence_by_attempt ON evidence (institution, attempt);

CREATE TABLE judgement (
    institution UUID NOT NULL,
    id UUID NOT NULL,
    attempt UUID NOT NULL,
    assessor UUID NOT NULL,
    role TEXT NOT NULL,
    mark BIGINT CHECK (mark BETWEEN 0 AND 10000),
    satisfied BOOLEAN,
    criteria TEXT NOT NULL,
    comment TEXT NOT NULL,
    judged_at BIGINT NOT NULL,
    replaced_at BIGINT,
    PRIMARY KEY (institution, id),
    FOREIGN KEY (institution, attempt) REFERENCES attempt (institution, id)
);

CREATE INDEX judgement_by_attempt ON judgement (institution, attempt);

CREATE TABLE decision (
    institution UUID NOT NULL REFERENCES institution (id),
    id UUID NOT NULL,
    person UUID NOT NULL,
    context UUID NOT NULL,
    programme TEXT NOT NULL,
    module TEXT NOT NULL,
    decision TEXT,
    failure TEXT,
    receipt TEXT,
    policy_digest TEXT NOT NULL,
    decided_by UUID NOT NULL,
    decided_at BIGINT NOT NULL,
    released_by UUID,
    released_at BIGINT,
    PRIMARY KEY (institution, id)
);

CREATE INDEX decision_by_person ON decision (institution, person, programme, module);

CREATE TABLE pairing (
    institution UUID NOT NULL REFERENCES institution (id),
    context UUID NOT NULL,
    participant UUID NOT NULL,
    coach UUID NOT NULL,
    source TEXT NOT NULL,
    paired_by UUID NOT NULL,
    paired_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (institution, context, participant, coach)
);

CREATE INDEX pairing_by_coach ON pairing (institution, coach);

CREATE TABLE policy (
    institution UUID NOT NULL REFERENCES institution (id),
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    contract TEXT NOT NULL,
    component BYTEA NOT NULL,
    installed_at BIGINT NOT NULL,
    PRIMARY KEY (institution, digest)
);

CREATE TABLE policy_binding (
    institution UUID NOT NULL,
    id UUID NOT NULL,
    programme TEXT,
    module TEXT,
    digest TEXT NOT NULL,
    settings TEXT NOT NULL,
    bound_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (institution, id),
    FOREIGN KEY (institution, digest) REFERENCES policy (institution, digest)
);
