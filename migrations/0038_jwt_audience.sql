-- Whether login tokens name the realm as their audience (`aud`).
ALTER TABLE realms ADD COLUMN jwt_audience BOOLEAN NOT NULL DEFAULT FALSE;
