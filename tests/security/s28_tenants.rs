//! Check 28: every route of the API, with every id of another account and of another realm, answers 404 and changes
//! nothing. The routes are the router's own, so a new one that is not in the matrix fails here.

use gantry_core::accounts::{self, NewAccount};
use gantry_core::actor::Access;
use gantry_core::realms::UsernameValidation;
use reqwest::Method;
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::support::{Engine, TestServer};

/// Whose things somebody else tries to reach.
struct Owned {
    key: String,
    realm: String,
    user: String,
    username: String,
    credential: String,
    provider: String,
    jwt_key: String,
    hook: String,
    signup: String,
    org: String,
    membership: String,
    session: String,
    token: String,
    app: String,
    event: String,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

async fn furnish(server: &TestServer, key: &str, realm: &str, app: String, username: &str) -> Owned {
    let call = async |method: Method, path: &str, body: Option<Value>| {
        let answer = server.call_as(key, Some(realm), method, path, body).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
        serde_json::from_str::<Value>(&answer.text).expect("JSON")
    };
    let user = json!({"user": {"user_type": "human", "username": username, "email": format!("{username}@example.com"),
        "password": "tr0mbone-under-glass"}});
    let user = call(Method::POST, "users", Some(user)).await;
    let provider = json!({"auth_provider": {"provider_type": "totp"}});
    let provider = call(Method::POST, "auth_providers", Some(provider)).await;
    let signup = json!({"user_token": {"username": format!("{username}2"), "email": format!("{username}2@example.com"),
        "password": "tr0mbone-under-glass"}});
    let signup = call(Method::POST, "user_tokens", Some(signup)).await;
    let hook = json!({"app_hook": {"destination": "https://theirs.example/", "realm_id": realm}});
    let hook = call(Method::POST, "app_hooks", Some(hook)).await;
    let jwt_keys = call(Method::GET, "jwt_keys", None).await;
    let org = call(Method::POST, "orgs", Some(json!({"org": {"name": "Theirs"}}))).await;
    let membership = json!({"membership": {"user_id": user["id"], "org_id": org["id"]}});
    let membership = call(Method::POST, "memberships", Some(membership)).await;
    let session = call(Method::POST, "sessions", Some(json!({"session": {"user_id": user["id"]}}))).await;
    let events = call(Method::GET, "events", None).await;
    Owned {
        key: key.to_owned(),
        realm: realm.to_owned(),
        user: text(&user, "id"),
        username: username.to_owned(),
        credential: text(&user["credentials"][0], "id"),
        provider: text(&provider, "id"),
        hook: text(&hook, "id"),
        signup: text(&signup, "id"),
        jwt_key: text(&jwt_keys["collection"][0], "id"),
        org: text(&org, "id"),
        membership: text(&membership, "id"),
        session: text(&session, "id"),
        token: text(&session, "token"),
        app,
        event: text(&events["collection"][0], "id"),
    }
}

/// The victim of another account.
async fn other_account(server: &TestServer) -> Owned {
    let made = accounts::found(
        &server.app.core,
        &server.app.system_realm,
        &NewAccount {
            name: "Victim",
            email: "victim@example.com",
            password: &SecretString::from("tr0mbone-under-glass"),
            login_handler: "https://victim.example/login",
            subdomain: Some("victim"),
            access: Access::AdminAccount,
            usernames: UsernameValidation::Standard,
        },
    )
    .await
    .expect("an account");
    furnish(server, made.api_key.expose_secret(), &made.realm.id, made.app.id.clone(), "vic").await
}

/// The victim in another realm of the same account.
async fn other_realm(server: &TestServer) -> Owned {
    let realm = server.post("realms", json!({"realm": {"name": "Second"}})).await.json(201);
    let realm = text(&realm, "id");
    let app = json!({"login_policy": {"name": "Second", "login_handler": "https://second.example/"}});
    let app = server.call_as(&server.key, Some(&realm), Method::POST, "login_policies", Some(app)).await.json(201);
    furnish(server, &server.key, &realm, text(&app, "id"), "sec").await
}

/// A call: method, path, body.
type Tried = (Method, String, Option<Value>);

/// Reading, changing and deleting one thing.
fn one(path: &str, id: &str, root: &str) -> Vec<Tried> {
    let mine = json!({root: {"name": "Mine", "first_name": "Mine", "login_handler": "https://m.example/"}});
    vec![
        (Method::GET, format!("{path}/{id}"), None),
        (Method::PUT, format!("{path}/{id}"), Some(mine)),
        (Method::DELETE, format!("{path}/{id}"), None),
    ]
}

/// The calls that try a hook out.
fn trials(victim: &Owned) -> Vec<(&'static str, Vec<Tried>)> {
    let of_hook = |action: &str| {
        vec![(
            Method::POST,
            format!("app_hooks/{}/{action}", victim.hook),
            Some(json!({"from": 0, "email": "me@example.com"})),
        )]
    };
    vec![
        ("/v1/app_hooks/{id}/ping", of_hook("ping")),
        ("/v1/app_hooks/{id}/preview", of_hook("preview")),
        ("/v1/app_hooks/{id}/rotate_secret", of_hook("rotate_secret")),
        ("/v1/app_hooks/{id}/replay", of_hook("replay")),
    ]
}

/// Beginning and ending a login at the victim's provider.
fn social_logins(victim: &Owned) -> Vec<(&'static str, Vec<Tried>)> {
    let path = format!("auth_providers/{}/authorize", victim.provider);
    let begin = (Method::GET, format!("{path}?redirect_uri=https://m.example/"), None);
    let end = (Method::POST, path, Some(json!({"access_token": "x"})));
    vec![("/v1/auth_providers/authorize", vec![]), ("/v1/auth_providers/{id}/authorize", vec![begin, end])]
}

/// The actions on a user.
fn actions(victim: &Owned) -> Vec<(&'static str, Vec<Tried>)> {
    let (put, post) = (Method::PUT, Method::POST);
    let password = || Some(json!({"password": "tr0mbone-under-glass"}));
    let proof = |name: &str| Some(json!({"user": {"token": "kpw_x", name: "tr0mbone-under-glass"}}));
    let of_user = |action: &str, method: &Method, body: Option<Value>| {
        let call = |key| (method.clone(), format!("users/{key}/{action}"), body.clone());
        vec![call(&victim.user), call(&victim.username)]
    };
    vec![
        ("/v1/users/authenticate_key", vec![]),
        ("/v1/users/{key}/authenticate", of_user("authenticate", &post, password())),
        ("/v1/users/{key}/authenticate_code", of_user("authenticate_code", &post, proof("code"))),
        ("/v1/users/{key}/update_password", of_user("update_password", &put, proof("current_password"))),
        ("/v1/users/{key}/generate_password_token", of_user("generate_password_token", &post, None)),
        ("/v1/users/{key}/reset_password_with_token", of_user("reset_password_with_token", &post, proof("password"))),
        ("/v1/users/{key}/request_email_verification", of_user("request_email_verification", &post, None)),
        ("/v1/users/{key}/verify_email", of_user("verify_email", &post, proof("token"))),
        ("/v1/users/{key}/known_browsers", of_user("known_browsers", &Method::DELETE, None)),
        ("/v1/users/{key}/unlock", of_user("unlock", &post, None)),
        (
            "/v1/users/{key}/recovery_codes",
            [of_user("recovery_codes", &Method::GET, None), of_user("recovery_codes", &post, None)].concat(),
        ),
    ]
}

/// The routes of sessions, named by id and by token.
fn sessions(victim: &Owned) -> Vec<(&'static str, Vec<Tried>)> {
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let mut one = Vec::new();
    for id in [&victim.session, &victim.token] {
        one.push((get.clone(), format!("sessions/{id}"), None));
        one.push((get.clone(), format!("sessions/{id}?expand=token,memberships"), None));
        one.push((delete.clone(), format!("sessions/{id}"), None));
    }
    let verified = ["sessions/verify", "sessions/verify?expand=token,memberships"]
        .map(|path| (post.clone(), path.to_owned(), Some(json!({"token": victim.token}))));
    let all = [&victim.user, &victim.username].map(|user| (delete.clone(), format!("sessions?user_id={user}"), None));
    vec![("/v1/sessions", all.to_vec()), ("/v1/sessions/verify", verified.to_vec()), ("/v1/sessions/{id}", one)]
}

/// Each route with its methods, and the calls that try it with the victim's ids.
fn matrix(victim: &Owned) -> Vec<(&'static str, Vec<Tried>)> {
    let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
    let before = vec![
        ("/v1/realms", vec![]),
        ("/v1/realms/{id}", one("realms", &victim.realm, "realm")),
        ("/v1/realms/{id}/reset", vec![(post.clone(), format!("realms/{}/reset", victim.realm), None)]),
        ("/v1/users", vec![]),
        ("/v1/users/{key}", [one("users", &victim.user, "user"), one("users", &victim.username, "user")].concat()),
    ];
    let behind = vec![
        ("/v1/user_tokens", vec![]),
        ("/v1/user_tokens/{id}", vec![(get.clone(), format!("user_tokens/{}", victim.signup), None)]),
        ("/v1/credentials", vec![]),
        ("/v1/credentials/{id}", one("credentials", &victim.credential, "credential")),
        (
            "/v1/credentials/{id}/verify",
            vec![(
                post.clone(),
                format!("credentials/{}/verify", victim.credential),
                Some(json!({"credential": {"code": "123456"}})),
            )],
        ),
        ("/v1/orgs", vec![]),
        (
            "/v1/orgs/{id}",
            [
                one("orgs", &victim.org, "org"),
                vec![(get.clone(), format!("orgs/{}?expand=memberships", victim.org), None)],
            ]
            .concat(),
        ),
        ("/v1/memberships", vec![]),
        ("/v1/memberships/{id}", one("memberships", &victim.membership, "membership")),
        ("/v1/auth_providers", vec![]),
        ("/v1/auth_providers/{id}", one("auth_providers", &victim.provider, "auth_provider")),
        ("/v1/app_hooks", vec![]),
        ("/v1/app_hooks/{id}", one("app_hooks", &victim.hook, "app_hook")),
        ("/v1/jwt_keys", vec![]),
        (
            "/v1/jwt_keys/{id}",
            [&get, &delete].map(|method| (method.clone(), format!("jwt_keys/{}", victim.jwt_key), None)).to_vec(),
        ),
        (
            "/v1/jwt_keys/{id}/rotate",
            vec![(Method::POST, format!("jwt_keys/{}/rotate", victim.jwt_key), Some(json!({})))],
        ),
        ("/v1/login_policies", vec![]),
        ("/v1/login_policies/{id}", one("login_policies", &victim.app, "login_policy")),
        ("/v1/events", vec![]),
        ("/v1/events/{id}", vec![(get.clone(), format!("events/{}", victim.event), None)]),
    ];
    [before, actions(victim), behind, sessions(victim), social_logins(victim), trials(victim)].concat()
}

/// What the victim sees of its own.
async fn state(server: &TestServer, victim: &Owned) -> Vec<String> {
    let mut seen = Vec::new();
    for path in [
        format!("realms/{}", victim.realm),
        format!("users/{}", victim.user),
        format!("credentials/{}", victim.credential),
        format!("auth_providers/{}", victim.provider),
        format!("jwt_keys/{}", victim.jwt_key),
        format!("app_hooks/{}", victim.hook),
        format!("user_tokens/{}", victim.signup),
        format!("orgs/{}?expand=memberships", victim.org),
        format!("memberships/{}", victim.membership),
        format!("sessions/{}", victim.session),
        format!("sessions/{}", victim.token),
        format!("login_policies/{}", victim.app),
        format!("events/{}", victim.event),
        "users".to_owned(),
        "events".to_owned(),
        format!("sessions?user_id={}", victim.user),
    ] {
        let answer = server.call_as(&victim.key, Some(&victim.realm), Method::GET, &path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        seen.push(answer.text);
    }
    seen
}

/// Tries every cell. `realms` are what the attacker says in the realm header.
async fn attack(server: &TestServer, victim: &Owned, realms: &[Option<&str>], skip_realms: bool) {
    let before = state(server, victim).await;
    for (route, calls) in matrix(victim) {
        if skip_realms && route.starts_with("/v1/realms") {
            continue;
        }
        for (method, path, body) in calls {
            for realm in realms {
                let answer = server.call_as(&server.key, *realm, method.clone(), &path, body.clone()).await;
                // Neither a username nor a signup token names a realm, so without one there is nothing to look in.
                let nameless = [
                    format!("users/{}", victim.username),
                    format!("user_tokens/{}", victim.signup),
                    format!("user_id={}", victim.username),
                ];
                let nowhere = realm.is_none() && nameless.iter().any(|name| path.contains(name));
                let expected = if nowhere { 400 } else { 404 };
                assert_eq!(answer.status, expected, "{method} {path} in {realm:?}: {}", answer.text);
            }
        }
    }
    assert_eq!(state(server, victim).await, before, "nothing changed");
}

/// The lists show nothing of the victim's, and nothing can be made in its realm.
async fn attack_lists(server: &TestServer, victim: &Owned, mine: &str) {
    let lists = [
        "users",
        "orgs",
        "auth_providers",
        "jwt_keys",
        "app_hooks",
        "login_policies",
        "events",
        &format!("sessions?user_id={}", victim.user),
        &format!("memberships?user_id={}", victim.user),
        &format!("memberships?org_id={}", victim.org),
    ];
    for path in lists {
        let joint = if path.contains('?') { '&' } else { '?' };
        for (realm, path) in [(Some(mine), path.to_owned()), (None, format!("{path}{joint}realm_id={mine}"))] {
            let listed = server.call_as(&server.key, realm, Method::GET, &path, None).await;
            for id in [
                &victim.realm,
                &victim.provider,
                &victim.jwt_key,
                &victim.hook,
                &victim.user,
                &victim.org,
                &victim.membership,
                &victim.session,
                &victim.app,
                &victim.event,
            ] {
                let echoed = listed.text.replace(&path, "");
                assert!(!echoed.contains(id.as_str()), "{path} shows {id}: {echoed}");
            }
        }
    }
    let session = json!({"session": {"user_id": victim.user}});
    let made = server.call_as(&server.key, Some(mine), Method::POST, "sessions", Some(session)).await;
    assert_eq!(made.status, 422, "{}", made.text);
    for (user, org) in [(&victim.user, None), (&victim.user, Some(&victim.org))] {
        let membership = json!({"membership": {"user_id": user, "org_id": org}});
        let made = server.call_as(&server.key, Some(mine), Method::POST, "memberships", Some(membership)).await;
        assert_eq!(made.status, 422, "{}", made.text);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_accounts_things_are_not_there(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let victim = other_account(&server).await;
    let mine = server.realm().to_owned();
    attack(&server, &victim, &[Some(&mine), Some(&victim.realm), None], false).await;
    attack_lists(&server, &victim, &mine).await;
    let realms = server.get("realms").await.json(200);
    assert!(!realms.to_string().contains(&victim.realm));
    for path in ["users", "login_policies", "events", &format!("sessions?user_id={}", victim.user)] {
        let there = server.call_as(&server.key, Some(&victim.realm), Method::GET, path, None).await;
        assert_eq!(there.status, 404, "{path}: {}", there.text);
    }
    for (path, body) in [
        ("users", json!({"user": {"user_type": "human", "username": "x", "password": "tr0mbone-under-glass"}})),
        ("login_policies", json!({"login_policy": {"name": "x", "login_handler": "https://m.example/"}})),
        ("sessions", json!({"session": {"user_id": victim.user}})),
    ] {
        let there = server.call_as(&server.key, Some(&victim.realm), Method::POST, path, Some(body)).await;
        assert_eq!(there.status, 404, "{path}: {}", there.text);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_realms_things_are_not_in_this_one(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let victim = other_realm(&server).await;
    let mine = server.realm().to_owned();
    attack(&server, &victim, &[Some(&mine)], true).await;
    attack_lists(&server, &victim, &mine).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_matrix_has_every_route(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let victim = other_account(&server).await;
    let mut tried: Vec<_> = matrix(&victim).into_iter().map(|(route, _)| route).collect();
    let mut routes: Vec<&str> = gantry_api::listed().into_iter().map(|(_, path)| path).collect();
    routes.dedup();
    routes.sort_unstable();
    tried.sort_unstable();
    assert_eq!(routes, tried);
}
