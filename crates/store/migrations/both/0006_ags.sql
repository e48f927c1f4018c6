-- Columns of gradebooks: who may make one, and where it is once it is there. A row is taken for a
-- while by the one worker that looks for the column and makes it; nobody waits for it with a lock.
CREATE TABLE gradebook_column (
    institution UUID NOT NULL,
    -- The platform, and what the column is known by there.
    column_key TEXT NOT NULL,
    -- The link that the column belongs to; absent for one that stands alone.
    resource_link UUID,
    -- Absent until it was found or made, and again when it is gone.
    url TEXT,
    claim UUID,
    claimed_until_at BIGINT,
    PRIMARY KEY (institution, column_key)
);
CREATE INDEX gradebook_column_link ON gradebook_column (institution, resource_link)
    WHERE resource_link IS NOT NULL;

-- Links for which the platform names no column although it would let us make one.
CREATE INDEX resource_link_without_column ON resource_link (created_at)
    WHERE line_item_url IS NULL AND lineitems_url IS NOT NULL;

-- The course of a score, so that one course can be looked at alone; absent in older rows.
ALTER TABLE outbox ADD COLUMN context UUID;

-- Scores are taken platform by platform, so that one that is slow or busy holds up no other.
CREATE INDEX outbox_due_of_registration ON outbox (registration, not_before_at, id)
    WHERE kind = 'score' AND state IN ('pending', 'leased');
DROP INDEX outbox_due_scores;
