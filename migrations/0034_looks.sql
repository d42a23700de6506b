ALTER TABLE connected_apps ADD COLUMN logo_url TEXT;
ALTER TABLE connected_apps ADD COLUMN accent_color TEXT;
