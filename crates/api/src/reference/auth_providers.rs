//! Reference of auth providers.

use gantry_core::actor::Access;
use gantry_core::auth_providers::{
    Confirm, OFFER, Offered, ProviderType, SignupChallenge, SignupMode, Sso, Verification, Visible,
};
use gantry_core::credentials::RequiredChars;
use gantry_core::words::{State, Word};

use super::shape::{Body, Call, Field, Kind, Resource, field};

pub fn resource() -> Resource {
    Resource {
        name: "auth_provider",
        title: "Auth providers",
        about: "A way to log in, or (login_rocket) how the hosted pages behave. In addresses the provider_type works in \
            place of the id, but for oauth2. Each kind has fields of its own.",
        fields: [fields(), own_pages(), social(), oauth2()].concat(),
        calls: [
            social_logins(),
            vec![
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
        ]
        .concat(),
    }
}

/// Fields of an authorization URL of one provider.
const STARTED: &[(&str, Kind)] =
    &[("id", Kind::Id("ap")), ("provider_type", Kind::Word(ProviderType::TEXTS)), ("url", Kind::Text(0))];

fn social_logins() -> Vec<Call> {
    let begins = |path, about| {
        Call::new("GET", path, Access::Read, about)
            .needing(
                "redirect_uri",
                Kind::Text(2000),
                "Yours: the provider sends the browser there with code and state",
            )
            .with("nonce", Kind::Text(255), "Random, kept in the user's session: the same has to come with the code")
    };
    let ends = |path, about, fields| {
        Call::new("POST", path, Access::Write, about).sends(Body::Flat(fields)).either(&["user", "user_token"]).with(
            "expand",
            Kind::Word(&["memberships"]),
            "Adds the user's memberships, each with its org",
        )
    };
    vec![
        begins(
            "/v1/auth_providers/authorize",
            "Tells where people log in at each active social provider, for 30 minutes",
        )
        .tells(&[("more_results", Kind::Flag), ("collection", Kind::Records(STARTED))]),
        begins("/v1/auth_providers/{id}/authorize", "Tells where people log in at one social provider, for 30 minutes")
            .tells(STARTED),
        ends(
            "/v1/auth_providers/authorize",
            "Logs in with what came back from a provider: the user with a token, kli_… while a code is awaited, or a \
             signup token. A refused code (422) comes with retry_url",
            vec![
                field("code", Kind::Text(0), "What the provider sent").required(),
                field("state", Kind::Text(0), "What the provider sent back; used once").required(),
                field("nonce", Kind::Text(255), "The one that was given at the start").optional(),
            ],
        ),
        ends(
            "/v1/auth_providers/{id}/authorize",
            "Logs in with an access token from the provider's own software; it has to be issued to this client_id, and \
             the provider has to be able to tell so: facebook, github, google, linkedin, yahoo, and an oauth2 provider \
             with an introspection address",
            vec![field("access_token", Kind::Text(0), "The provider's").required()],
        ),
    ]
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
        word(
            "signup_challenge",
            SignupChallenge::TEXTS,
            "login_rocket: what a signup costs the browser; proof_of_work needs JavaScript",
        ),
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
