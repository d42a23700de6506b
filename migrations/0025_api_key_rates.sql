-- Most calls per minute with this key; NULL: the installation's setting; 0: as many as it likes.
ALTER TABLE api_keys ADD COLUMN calls_per_minute BIGINT;
