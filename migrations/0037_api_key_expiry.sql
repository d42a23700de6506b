-- When the key ends (epoch ms); NULL: when it is revoked. access may also be verify.
ALTER TABLE api_keys ADD COLUMN expires_at BIGINT;
