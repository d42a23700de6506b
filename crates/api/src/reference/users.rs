//! Reference of users.

use gantry_core::actor::Access;
use gantry_core::users::{EmailVerification, OFFER, UserType};
use gantry_core::words::{State, Word};

use super::shape::{Body, Call, Field, Kind, Resource, field};

/// Query parameter that adds the user's memberships to a response.
const EXPAND: (&str, Kind, &str) =
    ("expand", Kind::Word(&["memberships"]), "Adds the user's memberships, each with its org");

pub fn resource() -> Resource {
    Resource {
        name: "user",
        title: "Users",
        about: "A person or a system that logs in. In addresses a username works in place of the id.",
        fields: [fields(), told(), secrets()].concat(),
        calls: [calls(), logins(), proofs(), recovery()].concat(),
    }
}

fn fields() -> Vec<Field> {
    vec![
        field("id", Kind::Id("usr"), "Made by the server"),
        field("realm_id", Kind::Id("rl"), "Its realm").at_first(),
        field("user_type", Kind::Word(UserType::TEXTS), "A person or a system").required_at_first(),
        field("state", Kind::Word(State::TEXTS), "Inactive: every login fails").optional(),
        field(
            "username",
            Kind::Text(255),
            "Unique in the realm, lower-cased; letters, digits and punctuation such as . _ - + @, no spaces and none of \
             / \\ ? # %; a system's is made up if left out",
        )
        .optional(),
        field("email", Kind::Email, "Lower-cased; unique unless the realm says otherwise; people need one")
            .optional()
            .or_null(),
        field("email_verification", Kind::Word(EmailVerification::TEXTS), "How far the email is proven").optional(),
        field("first_name", Kind::Text(100), "First name").optional().or_null(),
        field("last_name", Kind::Text(100), "Last name").optional().or_null(),
        field("reference", Kind::Text(255), "Your own id for it").optional().or_null(),
        field("custom", Kind::Custom, "Your own attributes; in lists only if expanded").optional().sometimes(),
    ]
}

fn told() -> Vec<Field> {
    vec![
        field("name", Kind::Text(255), "The whole name, else the username; a system's can be sent").optional(),
        field("created_at", Kind::Time, "When it was made"),
        field("last_login_at", Kind::Time, "The last login").or_null(),
        field("locked_until", Kind::Time, "Until when logins from unknown browsers are refused, if they are").or_null(),
        field("membership_count", Kind::Whole(0, i64::MAX), "In single reads").sometimes(),
        field("credentials", Kind::Objects("credential"), "What it logs in with; in single reads").sometimes(),
        field("memberships", Kind::Objects("membership"), "If expanded").sometimes(),
        field(
            "token",
            Kind::Text(0),
            "A login token, kli_… while a code is awaited, or kev_…; on create: a signup token",
        )
        .at_first()
        .sometimes(),
        field("password_reset_token", Kind::Text(0), "kpw_…, just made").sometimes(),
        field(
            "api_key",
            Kind::Text(256),
            "A system's key: generate, or your own; told once, or if kept readable and the key may write",
        )
        .optional()
        .sometimes(),
    ]
}

fn secrets() -> Vec<Field> {
    vec![
        field("password", Kind::Text(256), "People have to have one").optional().secret(),
        field("password_confirmation", Kind::Text(256), "Compared with the password if it is sent").optional().secret(),
        field("keep_sessions", Kind::Flag, "With a new password: other sessions go on").optional().secret(),
    ]
}

fn calls() -> Vec<Call> {
    let (name, kind, about) = EXPAND;
    vec![
        Call::list("/v1/users", Access::Read, "Lists users", &OFFER)
            .with("reference", Kind::Text(255), "Only those with this reference")
            .with("state", Kind::Word(State::TEXTS), "Only those in this state")
            .with("user_type", Kind::Word(UserType::TEXTS), "Only those of this type")
            .with("username", Kind::Text(255), "Only the one with this username")
            .with("email", Kind::Text(254), "Only those with this email")
            .with("q", Kind::Text(100), "Only those whose username, email or name begins so, in an order of its own")
            .with("created_at_after", Kind::Time, "Only those made then or later")
            .with("created_at_before", Kind::Time, "Only those made before")
            .with("expand", Kind::Word(&["custom"]), "Adds custom attributes"),
        Call::show("/v1/users/{key}", Access::Read, "Reads one user").with(name, kind, about),
        Call::create("/v1/users", Access::Write, "Makes a user"),
        Call::update("/v1/users/{key}", Access::Write, "Changes a user"),
        Call::delete("/v1/users/{key}", Access::Write, "Deletes a user with credentials, memberships and sessions"),
    ]
}

fn logins() -> Vec<Call> {
    let (name, kind, about) = EXPAND;
    let password = field("password", Kind::Text(0), "As typed").required();
    let key = field("api_key", Kind::Text(0), "The system's key").required();
    let pending = field("token", Kind::Text(0), "kli_… from authenticate").required();
    let code = field("code", Kind::Text(32), "What the device shows, or a recovery code").required();
    let user = |fields: Vec<Field>| Body::Under("user", fields);
    let post = |path, about| Call::new("POST", path, Access::Write, about);
    vec![
        post(
            "/v1/users/{key}/authenticate",
            "Logs a user in by password; with a device the token is kli_… until a code",
        )
        .sends(Body::Flat(vec![password]))
        .with(name, kind, about),
        post("/v1/users/{key}/authenticate_code", "Finishes such a login; the key may be --")
            .sends(user(vec![pending, code]))
            .with(name, kind, about),
        post("/v1/users/authenticate_key", "Logs a system in by its API key")
            .sends(Body::Flat(vec![key]))
            .with(name, kind, about),
    ]
}

fn proofs() -> Vec<Call> {
    let new = || {
        vec![
            field("password", Kind::Text(256), "The new one").required(),
            field("password_confirmation", Kind::Text(256), "Compared with it if sent").optional(),
            field("keep_sessions", Kind::Flag, "Other sessions go on").optional(),
        ]
    };
    let current = field("current_password", Kind::Text(256), "The old one").required();
    let token = |about| field("token", Kind::Text(0), about).required();
    let user = |fields: Vec<Field>| Body::Under("user", fields);
    let post = |path, about| Call::new("POST", path, Access::Write, about);
    vec![
        Call::new(
            "PUT",
            "/v1/users/{key}/update_password",
            Access::Write,
            "Changes the password of who knows the old one",
        )
        .sends(user([vec![current], new()].concat())),
        post("/v1/users/{key}/generate_password_token", "Makes a token that sets a password, for a day"),
        post("/v1/users/{key}/reset_password_with_token", "Sets the password with such a token; the key may be --")
            .sends(user([vec![token("kpw_…")], new()].concat())),
        post("/v1/users/{key}/request_email_verification", "Makes a token that proves the email address, for a week"),
        post("/v1/users/{key}/verify_email", "Takes such a token as proof; the key may be --")
            .sends(user(vec![token("kev_…")])),
    ]
}

fn recovery() -> Vec<Call> {
    const PATH: &str = "/v1/users/{key}/recovery_codes";
    vec![
        Call::show(PATH, Access::Read, "Counts the codes that stand in for a lost device; an extension")
            .tells(&[("remaining", Kind::Whole(0, 10)), ("made_at", Kind::OrNull(&Kind::Time))]),
        Call::new(
            "POST",
            PATH,
            Access::Write,
            "Makes ten fresh ones for a user with a device in use, and tells them this once; earlier ones end",
        )
        .tells(&[("recovery_codes", Kind::Texts(10)), ("made_at", Kind::Time)]),
        Call::new(
            "POST",
            "/v1/users/{key}/unlock",
            Access::Write,
            "Forgives wrong passwords and codes, so that a locked user can log in; an extension",
        ),
        Call::delete(
            "/v1/users/{key}/known_browsers",
            Access::Write,
            "Makes strangers of all browsers that the user logged in with before; an extension",
        ),
    ]
}
