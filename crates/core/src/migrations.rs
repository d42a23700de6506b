//! The schema, as numbered migrations built into the binary.

use gantry_db::migrate::Migration;

/// Every migration, in order.
pub const ALL: &[Migration] = &[
    migration(1, "0001_installation.sql", include_str!("../../../migrations/0001_installation.sql")),
    migration(2, "0002_realms.sql", include_str!("../../../migrations/0002_realms.sql")),
    migration(3, "0003_users.sql", include_str!("../../../migrations/0003_users.sql")),
    migration(4, "0004_orgs.sql", include_str!("../../../migrations/0004_orgs.sql")),
    migration(5, "0005_memberships.sql", include_str!("../../../migrations/0005_memberships.sql")),
    migration(6, "0006_auth_providers.sql", include_str!("../../../migrations/0006_auth_providers.sql")),
    migration(7, "0007_credentials.sql", include_str!("../../../migrations/0007_credentials.sql")),
    migration(8, "0008_connected_apps.sql", include_str!("../../../migrations/0008_connected_apps.sql")),
    migration(9, "0009_jwt_keys.sql", include_str!("../../../migrations/0009_jwt_keys.sql")),
    migration(10, "0010_sessions.sql", include_str!("../../../migrations/0010_sessions.sql")),
    migration(11, "0011_api_keys.sql", include_str!("../../../migrations/0011_api_keys.sql")),
    migration(12, "0012_events.sql", include_str!("../../../migrations/0012_events.sql")),
    migration(13, "0013_by_user.sql", include_str!("../../../migrations/0013_by_user.sql")),
    migration(14, "0014_one_time_tokens.sql", include_str!("../../../migrations/0014_one_time_tokens.sql")),
    migration(15, "0015_signup_tokens.sql", include_str!("../../../migrations/0015_signup_tokens.sql")),
    migration(16, "0016_credentials.sql", include_str!("../../../migrations/0016_credentials.sql")),
    migration(17, "0017_app_hooks.sql", include_str!("../../../migrations/0017_app_hooks.sql")),
    migration(18, "0018_lists.sql", include_str!("../../../migrations/0018_lists.sql")),
    migration(19, "0019_imports.sql", include_str!("../../../migrations/0019_imports.sql")),
    migration(25, "0025_api_key_rates.sql", include_str!("../../../migrations/0025_api_key_rates.sql")),
    migration(26, "0026_notifications.sql", include_str!("../../../migrations/0026_notifications.sql")),
    migration(27, "0027_outbox.sql", include_str!("../../../migrations/0027_outbox.sql")),
    migration(28, "0028_social_logins.sql", include_str!("../../../migrations/0028_social_logins.sql")),
    migration(29, "0029_signup_tokens.sql", include_str!("../../../migrations/0029_signup_tokens.sql")),
    migration(31, "0031_recovery_codes.sql", include_str!("../../../migrations/0031_recovery_codes.sql")),
    migration(32, "0032_known_browsers.sql", include_str!("../../../migrations/0032_known_browsers.sql")),
    migration(33, "0033_spent_challenges.sql", include_str!("../../../migrations/0033_spent_challenges.sql")),
    migration(34, "0034_looks.sql", include_str!("../../../migrations/0034_looks.sql")),
    migration(35, "0035_verified_addresses.sql", include_str!("../../../migrations/0035_verified_addresses.sql")),
    migration(36, "0036_first_mails.sql", include_str!("../../../migrations/0036_first_mails.sql")),
    migration(37, "0037_api_key_expiry.sql", include_str!("../../../migrations/0037_api_key_expiry.sql")),
    migration(38, "0038_jwt_audience.sql", include_str!("../../../migrations/0038_jwt_audience.sql")),
    migration(39, "0039_failed_attempts.sql", include_str!("../../../migrations/0039_failed_attempts.sql")),
    migration(40, "0040_locked_users.sql", include_str!("../../../migrations/0040_locked_users.sql")),
    migration(41, "0041_failed_logins.sql", include_str!("../../../migrations/0041_failed_logins.sql")),
    migration(45, "0045_form_submissions.sql", include_str!("../../../migrations/0045_form_submissions.sql")),
    migration(46, "0046_spent_tokens.sql", include_str!("../../../migrations/0046_spent_tokens.sql")),
    migration(50, "0050_brand.sql", include_str!("../../../migrations/0050_brand.sql")),
    migration(47, "0047_jwt_key_rotation.sql", include_str!("../../../migrations/0047_jwt_key_rotation.sql")),
];

const fn migration(number: i64, name: &'static str, sql: &'static str) -> Migration {
    Migration { number, name, sql }
}
