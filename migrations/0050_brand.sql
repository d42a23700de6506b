ALTER TABLE connected_apps ADD COLUMN logo_dark_url TEXT;
ALTER TABLE connected_apps ADD COLUMN favicon_url TEXT;
