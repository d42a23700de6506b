//! Reference of realms.

use gantry_core::actor::Access;
use gantry_core::realms::{ApiKeyPolicy, FailedLoginNames, JwtAlgo, JwtField, OFFER, SessionType, UsernameValidation};
use gantry_core::words::{State, Word};

use super::shape::{Call, Field, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "realm",
        title: "Realms",
        about: "A separate store of users with its own settings and keys.",
        fields: [basics(), logins()].concat(),
        calls: vec![
            Call::list("/v1/realms", Access::Read, "Lists the realms that the key sees", &OFFER)
                .with("reference", Kind::Text(255), "Only those with this reference")
                .with("state", Kind::Word(State::TEXTS), "Only those in this state")
                .with("expand", Kind::Word(&["custom"]), "Adds custom attributes"),
            Call::show("/v1/realms/{id}", Access::Read, "Reads one realm").with(
                "state",
                Kind::Word(State::TEXTS),
                "404 unless it is in this state",
            ),
            Call::create(
                "/v1/realms",
                Access::AdminAccount,
                "Makes a realm with its password provider and signing key",
            ),
            Call::update("/v1/realms/{id}", Access::AdminRealm, "Changes settings"),
            Call::new(
                "POST",
                "/v1/realms/{id}/reset",
                Access::AdminRealm,
                "Empties a realm; its settings and keys stay",
            ),
            Call::delete("/v1/realms/{id}", Access::AdminAccount, "Deletes a realm with all its data and history"),
        ],
    }
}

const LINK: &[(&str, Kind)] =
    &[("resource_type", Kind::Text(64)), ("title", Kind::Text(255)), ("link_url", Kind::Link)];

fn basics() -> Vec<Field> {
    vec![
        field("id", Kind::Id("rl"), "Made by the server"),
        field("name", Kind::Text(255), "What people call it").required(),
        field("state", Kind::Word(State::TEXTS), "Inactive stops all logins and keeps the data").optional(),
        field("reference", Kind::Text(255), "Your own id for it").optional().or_null(),
        field("custom", Kind::Custom, "Your own attributes; in lists only if expanded").optional().sometimes(),
        field(
            "resource_links",
            Kind::Records(LINK),
            "Links that the portal shows; at most 20, each with title and link_url",
        )
        .optional(),
        field("event_days", Kind::Whole(0, 3660), "How long events are kept; 0: for ever").optional(),
        field(
            "failed_login_names",
            Kind::Word(FailedLoginNames::TEXTS),
            "How events tell names that were tried at a login and are nobody's",
        )
        .optional(),
        field("created_at", Kind::Time, "When it was made"),
    ]
}

fn logins() -> Vec<Field> {
    const MOST_MINUTES: i64 = 5_270_400;
    vec![
        field("username_validation_human", Kind::Word(UsernameValidation::TEXTS), "What usernames of people may be")
            .optional(),
        field("require_unique_emails", Kind::Flag, "Whether an email belongs to one user; once false, for ever")
            .optional(),
        field("api_key_prefix", Kind::Text(30), "In front of keys made for users").optional().or_null(),
        field("api_key_policy", Kind::Word(ApiKeyPolicy::TEXTS), "Whether those can be read later").optional(),
        field("api_key_minutes", Kind::Whole(0, MOST_MINUTES), "How long a login by such a key lasts; 0: for ever")
            .optional(),
        field("jwt_algo", Kind::Word(JwtAlgo::TEXTS), "How login tokens are signed; a change makes a new key")
            .optional(),
        field(
            "jwt_audience",
            Kind::Flag,
            "Whether login tokens name the realm as `aud`; verifiers then must expect it",
        )
        .optional(),
        field("jwt_fields", Kind::Words(JwtField::TEXTS), "What else login tokens tell; orgs needs memberships")
            .optional(),
        field(
            "jwt_key",
            Kind::Text(0),
            "Verifies login tokens: the secret, or the public key as PEM; admin_realm only",
        )
        .sometimes(),
        field("jwt_secret", Kind::Text(0), "The same under its older name, for hs256").sometimes(),
        field("session_type", Kind::Word(SessionType::TEXTS), "Whether logins are kept on record").optional(),
        field("session_minutes", Kind::Whole(0, MOST_MINUTES), "How long a login lasts; 0 (unmanaged): for ever")
            .optional(),
        field("session_limit", Kind::Whole(1, 1000), "Most live sessions per user; the oldest ends").optional(),
        field("permission_limit", Kind::Whole(1, 2000), "Most permissions per membership").optional(),
    ]
}
