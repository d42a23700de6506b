-- The address that was proven. `email_verification` says that one was, and stays when the address changes through the
-- API, as clients expect.
ALTER TABLE users ADD COLUMN verified_email TEXT;
UPDATE users SET verified_email = email WHERE email_verification = 'verified';
