//! How each provider speaks, from its public documentation.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gantry_crypto::token;
use serde_json::{Map, Value, json};
use url::Url;

use super::server::{Asked, Grant, Person, State};

/// What every client of these tests is called.
const SECRET: &str = "s3cret";

pub fn answer(state: &mut State, asked: &Asked) -> Response {
    match asked.path.as_str() {
        "/accounts.google.com/o/oauth2/v2/auth"
        | "/www.facebook.com/v23.0/dialog/oauth"
        | "/github.com/login/oauth/authorize"
        | "/www.linkedin.com/oauth/v2/authorization"
        | "/slack.com/openid/connect/authorize"
        | "/api.login.yahoo.com/oauth2/request_auth"
        | "/issuer/authorize"
        | "/custom/authorize" => agreed(state, asked),
        "/oauth2.googleapis.com/token" => tokens(state, asked, Some("https://accounts.google.com"), "rfc"),
        "/www.linkedin.com/oauth/v2/accessToken" => tokens(state, asked, Some("https://www.linkedin.com/oauth"), "rfc"),
        "/slack.com/api/openid.connect.token" => tokens(state, asked, Some("https://slack.com"), "slack"),
        "/api.login.yahoo.com/oauth2/get_token" => tokens(state, asked, Some("https://api.login.yahoo.com"), "rfc"),
        "/github.com/login/oauth/access_token" => tokens(state, asked, None, "github"),
        "/graph.facebook.com/v23.0/oauth/access_token" => tokens(state, asked, None, "facebook"),
        "/custom/token" => tokens(state, asked, None, "rfc"),
        "/issuer/token" => {
            let issuer = format!("{}/issuer", state.address);
            tokens(state, asked, Some(&issuer), "rfc")
        }
        "/www.googleapis.com/oauth2/v3/certs"
        | "/www.linkedin.com/oauth/openid/jwks"
        | "/slack.com/openid/connect/keys"
        | "/api.login.yahoo.com/openid/v1/certs"
        | "/issuer/jwks" => {
            let keys: Vec<Value> = state.keys.iter().map(super::keys::Key::public).collect();
            Json(json!({ "keys": keys })).into_response()
        }
        "/openidconnect.googleapis.com/v1/userinfo"
        | "/api.linkedin.com/v2/userinfo"
        | "/slack.com/api/openid.connect.userInfo"
        | "/api.login.yahoo.com/openid/v1/userinfo"
        | "/issuer/userinfo" => of_bearer(state, asked, |person| {
            let mut told = claims(person);
            (state.patch_profile)(&mut told);
            Value::Object(told)
        }),
        "/custom/profile" => of_bearer(state, asked, |person| {
            let mut told = Map::new();
            told.insert(
                "data".to_owned(),
                json!({"uid": person.id, "mail": person.email, "ok": person.verified, "label": person.nickname}),
            );
            (state.patch_profile)(&mut told);
            Value::Object(told)
        }),
        "/issuer/.well-known/openid-configuration" => discovery(state),
        path => checks(state, asked, path),
    }
}

/// What tells of GitHub's and Facebook's people, and for whom a token was issued.
fn checks(state: &State, asked: &Asked, path: &str) -> Response {
    match path {
        "/api.github.com/user" => of_bearer(state, asked, |person| {
            let id: u64 = person.id.parse().expect("GitHub's ids are numbers");
            json!({"login": person.nickname, "id": id, "name": format!("{} {}", person.first, person.last), "email": null})
        }),
        "/api.github.com/user/emails" => of_bearer(state, asked, |person| match &person.email {
            Some(email) => json!([
                {"email": "other@example.org", "primary": false, "verified": true, "visibility": null},
                {"email": email, "primary": true, "verified": person.verified == Some(true), "visibility": "private"},
            ]),
            None => json!([]),
        }),
        "/graph.facebook.com/v23.0/me" => me(state, asked),
        "/graph.facebook.com/v23.0/debug_token" => debug_token(state, asked),
        "/oauth2.googleapis.com/tokeninfo" => match asked.query.get("access_token").and_then(|t| state.tokens.get(t)) {
            Some(grant) => Json(json!({"aud": grant.query["client_id"], "sub": grant.person.id, "expires_in": "3599"}))
                .into_response(),
            None => refusal(400, json!({"error": "invalid_token", "error_description": "Invalid Value"})),
        },
        "/www.linkedin.com/oauth/v2/introspectToken" | "/api.login.yahoo.com/oauth2/introspect" => {
            introspection(state, asked)
        }
        _ => match path.strip_prefix("/api.github.com/applications/").and_then(|rest| rest.strip_suffix("/token")) {
            Some(client) => github_check(state, asked, client),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

/// The person is logged in there and agrees.
fn agreed(state: &mut State, asked: &Asked) -> Response {
    let code = state.next("code");
    let grant = Grant { person: state.person.clone(), query: asked.query.clone() };
    state.codes.insert(code.clone(), grant);
    let mut back = Url::parse(&asked.query["redirect_uri"]).expect("an address");
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", &asked.query["state"]);
    (StatusCode::FOUND, [(header::LOCATION, String::from(back))]).into_response()
}

/// Codes are for one client, one callback, one verifier, and work once.
fn tokens(state: &mut State, asked: &Asked, issuer: Option<&str>, dialect: &str) -> Response {
    let grant = asked.form.get("code").and_then(|code| state.codes.remove(code));
    let grant = grant.filter(|grant| proven(asked) == grant.query["client_id"] && may_exchange(asked, grant));
    let Some(grant) = grant else {
        return match dialect {
            "slack" => Json(json!({"ok": false, "error": "invalid_code"})).into_response(),
            "github" => {
                Json(json!({"error": "bad_verification_code", "error_description": "It is incorrect or expired."}))
                    .into_response()
            }
            "facebook" => refusal(
                400,
                json!({"error": {"message": "This code has been used.", "type": "OAuthException", "code": 100}}),
            ),
            _ => refusal(400, json!({"error": "invalid_grant"})),
        };
    };
    let id_token = issuer.map(|issuer| id_token(state, issuer, &grant));
    let token = state.give_token(grant);
    let mut answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600});
    if let Some(id_token) = id_token {
        answer["id_token"] = json!(id_token);
    }
    if dialect == "slack" {
        answer["ok"] = json!(true);
    }
    Json(answer).into_response()
}

/// Whose secret was shown, in the header or the body.
fn proven(asked: &Asked) -> String {
    let basic = asked.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let (client, secret) = if let Some(basic) = basic {
        let text = String::from_utf8(STANDARD.decode(basic).expect("Base64")).expect("text");
        let (client, secret) = text.split_once(':').expect("both");
        (client.to_owned(), secret.to_owned())
    } else {
        let field = |name: &str| asked.form.get(name).cloned().unwrap_or_default();
        (field("client_id"), field("client_secret"))
    };
    if secret == SECRET { client } else { String::new() }
}

fn may_exchange(asked: &Asked, grant: &Grant) -> bool {
    let challenge = asked.form.get("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(token::hash(verifier)));
    asked.form.get("grant_type").map(String::as_str) == Some("authorization_code")
        && asked.form.get("redirect_uri") == grant.query.get("redirect_uri")
        && challenge.as_ref() == grant.query.get("code_challenge")
}

fn id_token(state: &State, issuer: &str, grant: &Grant) -> String {
    let mut told = claims(&grant.person);
    told.extend(
        json!({
            "iss": issuer, "aud": grant.query["client_id"], "iat": state.now, "exp": state.now + 600,
        })
        .as_object()
        .expect("an object")
        .clone(),
    );
    // LinkedIn gives none back.
    if let Some(nonce) = grant.query.get("nonce") {
        told.insert("nonce".to_owned(), json!(nonce));
    }
    (state.patch)(&mut told);
    match &state.forge {
        Some(forge) => forge(&told),
        None => state.keys.last().expect("a key").sign(&told),
    }
}

/// The standard claims of OpenID Connect.
fn claims(person: &Person) -> Map<String, Value> {
    let mut claims = json!({
        "sub": person.id, "name": format!("{} {}", person.first, person.last), "given_name": person.first,
        "family_name": person.last, "preferred_username": person.nickname,
    });
    if let Some(email) = &person.email {
        claims["email"] = json!(email);
    }
    if let Some(verified) = person.verified {
        claims["email_verified"] = json!(verified);
    }
    claims.as_object().expect("an object").clone()
}

fn of_bearer(state: &State, asked: &Asked, tell: impl Fn(&Person) -> Value) -> Response {
    let header =
        asked.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match header.and_then(|token| state.tokens.get(token)) {
        Some(grant) => Json(tell(&grant.person)).into_response(),
        None => refusal(401, json!({"error": "invalid_token"})),
    }
}

fn discovery(state: &State) -> Response {
    let at = |path: &str| format!("{}/issuer{path}", state.address);
    Json(json!({
        "issuer": state.called.clone().unwrap_or_else(|| at("")), "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"), "userinfo_endpoint": at("/userinfo"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256", "RS256"],
    }))
    .into_response()
}

/// Facebook: the token in the query, with a proof that the app's secret is known.
fn me(state: &State, asked: &Asked) -> Response {
    let token = asked.query.get("access_token").cloned().unwrap_or_default();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = aws_lc_rs::hmac::sign(&key, token.as_bytes());
    let proof = gantry_crypto::hex::encode(tag.as_ref());
    let Some(grant) = state.tokens.get(&token).filter(|_| asked.query.get("appsecret_proof") == Some(&proof)) else {
        return refusal(
            400,
            json!({"error": {"message": "Invalid token or proof", "type": "OAuthException", "code": 190}}),
        );
    };
    let person = &grant.person;
    let mut told = json!({
        "id": person.id, "name": format!("{} {}", person.first, person.last), "first_name": person.first,
        "last_name": person.last,
    });
    if let Some(email) = &person.email {
        told["email"] = json!(email);
    }
    Json(told).into_response()
}

fn debug_token(state: &State, asked: &Asked) -> Response {
    let ours = asked.query.get("access_token").and_then(|token| token.split_once('|'));
    if ours.is_none_or(|(_, secret)| secret != SECRET) {
        return refusal(400, json!({"error": {"message": "Invalid app token", "type": "OAuthException", "code": 190}}));
    }
    let told = match asked.query.get("input_token").and_then(|token| state.tokens.get(token)) {
        Some(grant) => json!({"app_id": grant.query["client_id"], "is_valid": true, "user_id": grant.person.id}),
        None => json!({"is_valid": false, "error": {"code": 190, "message": "Malformed access token"}}),
    };
    Json(json!({ "data": told })).into_response()
}

fn introspection(state: &State, asked: &Asked) -> Response {
    if proven(asked).is_empty() {
        return refusal(401, json!({"error": "invalid_client"}));
    }
    let told = match asked.form.get("token").and_then(|token| state.tokens.get(token)) {
        Some(grant) => json!({"active": true, "client_id": grant.query["client_id"], "sub": grant.person.id}),
        None => json!({"active": false}),
    };
    Json(told).into_response()
}

/// GitHub knows the tokens of the asking app only.
fn github_check(state: &State, asked: &Asked, client: &str) -> Response {
    let body: Value = serde_json::from_str(&asked.text).unwrap_or_default();
    let grant = body["access_token"].as_str().and_then(|token| state.tokens.get(token));
    match grant.filter(|grant| proven(asked) == client && grant.query["client_id"] == client) {
        Some(grant) => {
            let id: u64 = grant.person.id.parse().expect("GitHub's ids are numbers");
            Json(json!({"app": {"client_id": client, "name": "Acme"}, "user": {"login": grant.person.nickname, "id": id}}))
                .into_response()
        }
        None => refusal(404, json!({"message": "Not Found"})),
    }
}

fn refusal(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).expect("a status"), Json(body)).into_response()
}
