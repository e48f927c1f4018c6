-- What platforms say about who is in a course, kept apart from what launches say.

-- One row for each course whose list was asked for, or that offers groups.
CREATE TABLE roster (
    institution UUID NOT NULL,
    context UUID NOT NULL,
    -- When somebody last began to read it, so that replicas do not all ask at once.
    asked_at BIGINT,
    -- When the newest try ended, whatever came of it.
    answered_at BIGINT,
    -- When the list was last read, in whole or by its differences, and when in whole.
    read_at BIGINT,
    whole_at BIGINT,
    differences_url TEXT,
    -- Why the newest try failed; absent after one that did not.
    failure TEXT,
    groups_url TEXT,
    group_sets_url TEXT,
    -- The groups of the course, as JSON.
    course_groups TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (institution, context)
);

CREATE TABLE roster_member (
    institution UUID NOT NULL,
    context UUID NOT NULL,
    person UUID NOT NULL,
    roles TEXT NOT NULL,
    -- The ids of the groups that the person is in, as JSON.
    member_groups TEXT NOT NULL,
    listed_at BIGINT NOT NULL,
    -- When the list first gave other roles than before; absent while it never did.
    changed_at BIGINT,
    left_at BIGINT,
    PRIMARY KEY (institution, context, person)
);
