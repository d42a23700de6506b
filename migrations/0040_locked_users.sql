-- Until when logins of the user from unknown browsers are refused, in epoch milliseconds; a time that has passed says nothing.
ALTER TABLE users ADD COLUMN locked_until BIGINT;
