-- What each hook makes of an event: a webhook call, a mail. due_at: the next attempt, or while one is under way, when it
-- counts as lost; NULL: finished. lane: what keeps its order within one hook, which is the user, or else the org, or else
-- the realm. ready_at: the first attempt not before. content: what a mail tells, sealed; gone once it is finished.
CREATE TABLE notifications (
    id TEXT NOT NULL PRIMARY KEY,
    event_id TEXT NOT NULL,
    realm_id TEXT NOT NULL,
    app_hook_id TEXT NOT NULL,
    hook_type TEXT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    ready_at BIGINT NOT NULL,
    due_at BIGINT,
    last_attempt_at BIGINT,
    last_destination TEXT,
    last_result TEXT,
    content BYTEA
);
CREATE INDEX notifications_by_event ON notifications (event_id);
CREATE INDEX notifications_by_hook ON notifications (app_hook_id, id);
CREATE INDEX notifications_due ON notifications (app_hook_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notifications_by_lane ON notifications (app_hook_id, lane, id) WHERE due_at IS NOT NULL;

-- The secret before the present one, with which webhooks are signed besides until then.
ALTER TABLE app_hooks ADD COLUMN previous_secret BYTEA;
ALTER TABLE app_hooks ADD COLUMN previous_secret_until BIGINT;
