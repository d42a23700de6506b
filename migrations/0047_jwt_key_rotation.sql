-- signs_from: the key signs from then until expired_at. A key whose time has not come is listed, so that whoever verifies
-- with the published keys knows it before the first token that it signs.
ALTER TABLE jwt_keys ADD COLUMN signs_from BIGINT NOT NULL DEFAULT 0;
UPDATE jwt_keys SET signs_from = created_at;
