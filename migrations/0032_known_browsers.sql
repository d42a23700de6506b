-- A browser with which the user logged in before proves it by a cookie that is bound to this number. Raising it makes
-- the user's browsers strangers.
ALTER TABLE users ADD COLUMN known_browsers BIGINT NOT NULL DEFAULT 0;
