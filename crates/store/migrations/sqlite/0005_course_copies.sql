-- Copied courses: where they come from, and work that belongs to one course's cohort.

-- The courses that a course was copied from: 0 is the nearest.
CREATE TABLE context_origin (
    institution UUID NOT NULL,
    context UUID NOT NULL,
    origin UUID NOT NULL,
    distance BIGINT NOT NULL,
    PRIMARY KEY (institution, context, origin)
);

-- Notices that we want from a platform, by deployment; without a next try they are subscribed to.
CREATE TABLE notice_subscription (
    deployment UUID NOT NULL PRIMARY KEY,
    institution UUID NOT NULL,
    registration UUID NOT NULL,
    service_url TEXT NOT NULL,
    tries BIGINT NOT NULL,
    next_try_at BIGINT,
    subscribed_at BIGINT,
    last_error_code TEXT
);

-- The keys of LTI 1.1 whose holders may say who people and links were.
CREATE TABLE consumer_key (
    registration UUID NOT NULL REFERENCES registration (id),
    key_name TEXT NOT NULL,
    secret_sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (registration, key_name)
);

-- When a link that names no activity was last looked up in the platform's gradebook.
ALTER TABLE resource_link ADD COLUMN column_read_at BIGINT;
-- The date that the platform, or the tutor who placed the link, has set for it.
ALTER TABLE resource_link ADD COLUMN due_at BIGINT;

-- The same person may do an activity in two courses: each is a cohort with attempts of its own.
-- SQLite cannot change a table's constraint, so the table is made anew; those that refer to it
-- follow, because a reference goes along with the table that is renamed.
DROP INDEX attempt_by_context;
DROP INDEX evidence_by_attempt;
DROP INDEX judgement_by_attempt;
ALTER TABLE attempt RENAME TO attempt_before;
ALTER TABLE draft_version RENAME TO draft_version_before;
ALTER TABLE evidence RENAME TO evidence_before;
ALTER TABLE judgement RENAME TO judgement_before;

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
    CONSTRAINT attempt_of_cohort
        UNIQUE (institution, person, context, programme, activity, number)
);
INSERT INTO attempt (institution, id, person, context, resource_link, programme, module, activity,
    component, number, due_at, extended_to, mitigation, opened_at, draft, revision, words, saved_at,
    submitted_at, snapshot, snapshot_digest)
SELECT institution, id, person, context, resource_link, programme, module, activity, component,
    number, due_at, extended_to, mitigation, opened_at, draft, revision, words, saved_at,
    submitted_at, snapshot, snapshot_digest
FROM attempt_before;
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
INSERT INTO draft_version (institution, attempt, revision, content, words, saved_at)
SELECT institution, attempt, revision, content, words, saved_at FROM draft_version_before;
DROP TABLE draft_version_before;

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
INSERT INTO evidence (institution, id, attempt, item, added_at, removed_at)
SELECT institution, id, attempt, item, added_at, removed_at FROM evidence_before;
DROP TABLE evidence_before;
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
INSERT INTO judgement (institution, id, attempt, assessor, role, mark, satisfied, criteria, comment,
    judged_at, replaced_at)
SELECT institution, id, attempt, assessor, role, mark, satisfied, criteria, comment, judged_at,
    replaced_at
FROM judgement_before;
DROP TABLE judgement_before;
CREATE INDEX judgement_by_attempt ON judgement (institution, attempt);

DROP TABLE attempt_before;
