-- A token that has proven an email address is kept until it runs out, so that its link can say so when it is opened again.
-- spent_at: when it was spent; null while it works.
ALTER TABLE one_time_tokens ADD COLUMN spent_at BIGINT;
