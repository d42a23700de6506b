//! Auth providers, told.

use gantry_core::actor::Access;
use gantry_core::auth_providers::{Confirm, OFFER, Offered, ProviderType, SignupMode, Sso, Verification, Visible};
use gantry_core::credentials::RequiredChars;
use gantry_core::words::{State, Word};

use super::shape::{Call, Field, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "auth_provider",
        title: "Auth providers",
        about: "A way to log in, or (login_rocket) how the hosted pages behave. In addresses the provider_type works in \
            place of the id, but for oauth2. Each kind has fields of its own.",
        fields: [fields(), own_pages(), social(), oauth2()].concat(),
        calls: vec![
            Call::list("/v1/auth_providers", Access::Read, "Lists the realm's providers", &OFFER),
            Call::show("/v1/auth_providers/{id}", Access::Read, "Reads one provider"),
            Call::create(
                "/v1/auth_providers",
                Access::AdminRealm,
                "Makes a provider; one of each kind, but for oauth2",
            ),
            Call::update("/v1/auth_providers/{id}", Access::AdminRealm, "Changes settings"),
            Call::delete(
                "/v1/auth_providers/{id}",
                Access::AdminRealm,
                "Deletes a provider with what users have there",
            ),
        ],
    }
}

fn fields() -> Vec<Field> {
    vec![
        field("id", Kind::Id("ap"), "Made by the server"),
        field("realm_id", Kind::Id("rl"), "Its realm").at_first(),
        field("provider_type", Kind::Word(ProviderType::TEXTS), "Its kind").required_at_first(),
        field("state", Kind::Word(State::TEXTS), "Inactive: nobody logs in by it").optional(),
        field("created_at", Kind::Time, "When it was made"),
        field("min_length", Kind::Whole(1, 128), "password: fewest characters").optional().sometimes(),
        field("min_complexity", Kind::Whole(0, 4), "password: lowest zxcvbn score").optional().sometimes(),
        field(
            "required_chars",
            Kind::Words(RequiredChars::TEXTS),
            "password: kinds of characters that have to be there",
        )
        .optional()
        .sometimes(),
    ]
}

fn own_pages() -> Vec<Field> {
    let word = |name, words, about| field(name, Kind::Word(words), about).optional().sometimes();
    vec![
        word("login", Offered::TEXTS, "login_rocket: through what people log in; true is both, false is off"),
        word("signup", Offered::TEXTS, "login_rocket: through what people sign up; true is both, false is off"),
        word("signup_mode", SignupMode::TEXTS, "login_rocket: what a signup makes"),
        word("org_field", Visible::TEXTS, "login_rocket: the org's name at signup"),
        word("password_field", Confirm::TEXTS, "login_rocket: how often a new password is typed"),
        word("email_verification", Verification::TEXTS, "login_rocket: whether new users prove their email"),
        word("sso", Sso::TEXTS, "login_rocket: how apps share logins"),
        field("verify", Kind::Flag, "login_rocket: whether there are pages for proving an email")
            .optional()
            .sometimes(),
        field("membership_permissions", Kind::Texts(2000), "login_rocket: of memberships that signups make")
            .optional()
            .sometimes(),
    ]
}

fn social() -> Vec<Field> {
    vec![
        field("client_id", Kind::Text(500), "social: your app's id at the provider").optional().sometimes(),
        field("client_secret", Kind::Text(0), "social: your app's secret there; told with admin_realm only")
            .optional()
            .sometimes(),
        field("scopes", Kind::Text(1000), "social: what is asked for beyond the usual").optional().sometimes(),
    ]
}

fn oauth2() -> Vec<Field> {
    let link = |name, about| field(name, Kind::Link, about).optional().sometimes().or_null();
    let path = |name, about| field(name, Kind::Text(100), about).optional().sometimes().or_null();
    vec![
        field("name", Kind::Text(100), "oauth2: what people call it").optional().sometimes(),
        link("issuer", "oauth2: for OpenID Connect discovery, in place of the three addresses"),
        link("authorization_url", "oauth2: where people log in"),
        link("token_url", "oauth2: where codes become tokens"),
        link("profile_url", "oauth2: where a token's user is told"),
        path("id_field", "oauth2: where the profile tells the user's id"),
        path("email_field", "oauth2: the email"),
        path("email_verified_field", "oauth2: whether the provider verified it"),
        path("name_field", "oauth2: the whole name; login_rocket: required, optional or hidden at signup"),
        path("first_name_field", "oauth2: the first name"),
        path("last_name_field", "oauth2: the last name"),
    ]
}
