-- Why a login was refused, and the name that was tried: of a user as it was sent, of nobody as the realm wants it.
ALTER TABLE events ADD COLUMN reason TEXT;
ALTER TABLE events ADD COLUMN login_name TEXT;
ALTER TABLE realms ADD COLUMN failed_login_names TEXT NOT NULL DEFAULT 'hashed';
