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
ALTER TABLE attempt DROP CONSTRAINT attempt_institution_person_programme_activity_number_key;
ALTER TABLE attempt ADD CONSTRAINT attempt_of_cohort
    UNIQUE (institution, person, context, programme, activity, number);
