//! What people type and paste: case, invisible characters, scripts of digits, punctuation of addresses (decisions §9,
//! RFC 5322 section 3.2.3, RFC 6531 section 3.3, RFC 8265 section 3).

use std::fmt::Write as _;

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use super::two_factor::{STEP_MS, code, enrolled};
use crate::support::{Engine, TestServer};

const PASSWORD: &str = "tr0mbone-under-glass";

fn person(username: &str, email: &str) -> Value {
    json!({"user": {"user_type": "human", "username": username, "email": email, "password": PASSWORD}})
}

/// Every byte as `%XX`: a path takes anything so.
fn encoded(segment: &str) -> String {
    segment.bytes().fold(String::new(), |mut path, byte| {
        let _ = write!(path, "%{byte:02X}");
        path
    })
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_name_in_any_spelling_is_one_account(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = server.post("users", person("\u{200b}Νίκος\u{feff}", "ΝΊΚΟΣ@Example.com")).await.json(201);
    assert_eq!((text(&made, "username"), text(&made, "email")), ("νίκος", "νίκος@example.com"));
    for spelling in ["ΝΊΚΟΣ", "νίκοσ", "Νι\u{301}κος", "\u{200e}νίκος\u{202c}"] {
        let again = server.post("users", person(spelling, "other@example.com")).await;
        assert_eq!(again.refusals("username"), ["Username has already been taken"], "{spelling:?}");
        let path = encoded(spelling);
        assert_eq!(server.get(&format!("users/{path}")).await.json(200)["id"], made["id"], "{spelling:?}");
        let login = json!({"password": PASSWORD});
        server.post(&format!("users/{path}/authenticate"), login).await.json(200);
        for query in ["q", "username"] {
            let found = server.get(&format!("users?{query}={path}")).await.json(200);
            assert_eq!(each(&found, "id"), [text(&made, "id")], "{query} {spelling:?}");
        }
    }
    for spelling in ["ΝΊΚΟΣ@EXAMPLE.com", "νίκος\u{ff20}example.com\u{200b}"] {
        let again = server.post("users", person("other", spelling)).await;
        assert_eq!(again.refusals("email"), ["Email has already been taken"], "{spelling:?}");
        let found = server.get(&format!("users?email={}", encoded(spelling))).await.json(200);
        assert_eq!(each(&found, "id"), [text(&made, "id")], "{spelling:?}");
    }
    let found = server.get(&format!("users?q={}", encoded("ΝΊΚΟΣ@EX"))).await.json(200);
    assert_eq!(each(&found, "id"), [text(&made, "id")], "an address is found by its beginning");
}

/// A beginning that ends in a sigma may be within a word.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_search_finds_greek_names_letter_by_letter(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for (username, email) in [("κώστας", "k@example.com"), ("ada", "κώς@example.com"), ("bob", "bob@example.com")]
    {
        let mut user = person(username, email);
        user["user"]["first_name"] = json!(if username == "bob" { "ΚΏΣΤΑΣ" } else { "Ada" });
        server.post("users", user).await.json(201);
    }
    for beginning in ["κ", "Κώ", "ΚΏΣ", "κώς"] {
        let found = server.get(&format!("users?q={}", encoded(beginning))).await.json(200);
        assert_eq!(each(&found, "username"), ["κώστας", "ada", "bob"], "{beginning}");
        let mut paged = Vec::new();
        let mut after = String::new();
        for _ in 0..3 {
            let page =
                server.get(&format!("users?q={}&max_results=1&after={after}", encoded(beginning))).await.json(200);
            paged.extend(each(&page, "username").into_iter().map(str::to_owned));
            after = text(&page["collection"][0], "id").to_owned();
        }
        assert_eq!(paged, ["κώστας", "ada", "bob"], "{beginning}");
    }
    let found = server.get(&format!("users?q={}", encoded("κωτ"))).await.json(200);
    assert_eq!(found["collection"], json!([]));
}

/// All that RFC 5322 calls atext is fine before the `@`, and so are letters of any script.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn addresses_with_any_punctuation_work_as_names_too(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for address in [
        "ann/dept=x@example.com",
        "ann#1@example.com",
        "50%off@example.com",
        "what?@example.com",
        "!$&'*+-/=^_`{|}~@example.com",
        "jörg@example.com",
        "יוסי@example.com",
    ] {
        let made = server.post("users", person(address, address)).await.json(201);
        assert_eq!((text(&made, "username"), text(&made, "email")), (address, address));
        let path = encoded(address);
        assert_eq!(server.get(&format!("users/{path}")).await.json(200)["id"], made["id"], "{address}");
        server.post(&format!("users/{path}/authenticate"), json!({"password": PASSWORD})).await.json(200);
        assert_eq!(server.delete(&format!("users/{path}")).await.status, 204, "{address}");
    }
}

/// Names that a path cannot carry, or that a route stands in the place of: made, they could never be reached.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_name_that_no_path_reaches_cannot_be_made(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let mut unreachable = vec![".".to_owned(), "..".to_owned(), "--".to_owned()];
    let under =
        |path: &str| path.strip_prefix("/v1/users/").map(|rest| rest.split('/').next().unwrap_or_default().to_owned());
    let words: Vec<String> = gantry_api::listed()
        .into_iter()
        .filter_map(|(_, path)| under(path))
        .filter(|word| !word.contains('{'))
        .collect();
    assert!(words.contains(&"authenticate_key".to_owned()), "{words:?}");
    unreachable.extend(words);
    for name in unreachable {
        for spelling in [name.clone(), name.to_uppercase(), format!(" {name}\u{200b}")] {
            let refused = server.post("users", person(&spelling, "x@example.com")).await;
            assert_eq!(
                refused.refusals("username"),
                ["Username is reserved, please choose another one"],
                "{spelling:?}"
            );
        }
    }
}

/// One rule for every text that is shown, whoever sent it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_name_turns_the_sentence_around_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let hostile = "\u{200b}Ada\u{202e}lived\u{202c} \u{2067}x\u{2069}\u{feff}";
    let mut user = person("ada", "ada@example.com");
    user["user"]["first_name"] = json!(hostile);
    assert_eq!(server.post("users", user).await.json(201)["name"], "Adalived x");
    let org = server.post("orgs", json!({"org": {"name": hostile, "reference": hostile}})).await.json(201);
    assert_eq!((text(&org, "name"), text(&org, "reference")), ("Adalived x", "Adalived x"));
    let found = server.get(&format!("orgs?reference={}", encoded(hostile))).await.json(200);
    assert_eq!(each(&found, "id"), [text(&org, "id")]);
    let realm = json!({"realm": {"name": hostile}});
    assert_eq!(server.put(&format!("realms/{}", server.realm()), realm).await.json(200)["name"], "Adalived x");
    let app = json!({"login_policy": {"name": hostile}});
    let path = format!("login_policies/{}", server.made.app.id);
    assert_eq!(server.put(&path, app).await.json(200)["name"], "Adalived x");
}

/// Six digits as keyboards and authenticators of the world write them.
fn spellings(code: &str) -> Vec<String> {
    let from =
        |zero: u32| code.bytes().map(move |digit| char::from_u32(zero + u32::from(digit - b'0')).expect("a digit"));
    let scripts = [0xff10, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1d7ce].map(|zero| from(zero).collect::<String>());
    let (head, tail) = code.split_at(3);
    let mut all = vec![
        format!("{head}-{tail}"),
        format!("{head} {tail}"),
        format!("{head}\u{2011}{tail}"),
        format!("\u{200b}{head}.{tail}\u{feff}"),
    ];
    all.extend(scripts);
    all
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_right_code_counts_however_it_is_written(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    for at in 0..spellings("000000").len() {
        let pending = server.authenticate("ada").await;
        let typed = spellings(&code(&device.secret, server.clock.now_ms())).swap_remove(at);
        let token = format!("\u{feff} {}\u{200b}", text(&pending, "token"));
        let body = json!({"user": {"token": token, "code": typed}});
        let done = server.post("users/--/authenticate_code", body).await.json(200);
        assert_eq!(text(&done, "token").split('.').count(), 3, "{typed}");
        server.clock.advance(STEP_MS);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_recovery_code_counts_however_it_is_written(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    enrolled(&server).await;
    let made = server.post("users/ada/recovery_codes", json!({})).await.json(200);
    let codes: Vec<&str> = made["recovery_codes"].as_array().expect("codes").iter().filter_map(Value::as_str).collect();
    let wide = |code: &str| code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).expect("wide")).collect();
    let write: [fn(&str) -> String; 3] = [
        |code| code.replace('-', "\u{2013}").to_uppercase(),
        |code| format!("\u{200b}{}\u{feff}", code.replace('-', "")),
        |code| {
            let arabic = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(0x660 + digit)).unwrap_or(c);
            code.chars().map(arabic).collect()
        },
    ];
    let mut typed: Vec<String> = write.iter().zip(&codes).map(|(write, code)| write(code)).collect();
    typed.push(wide(codes[3]));
    for typed in typed {
        let pending = server.authenticate("ada").await;
        let body = json!({"user": {"token": pending["token"], "code": typed}});
        server.post("users/--/authenticate_code", body).await.json(200);
    }
}

/// Passwords are taken as they were typed: a space at the end is a character of it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_password_is_not_trimmed(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let mut user = person("ada", "ada@example.com");
    user["user"]["password"] = json!(" tr0mbone under glass ");
    server.post("users", user).await.json(201);
    let tried = async |password: &str| server.post("users/ada/authenticate", json!({"password": password})).await;
    tried(" tr0mbone under glass ").await.json(200);
    tried("tr0mbone under glass").await.json(401);
}

/// Where emails are unique, either name is the user's; elsewhere an address may be several users'.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_user_logs_in_by_username_or_email(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = server.user("ada").await;
    let login = json!({"password": PASSWORD});
    for name in ["ada", "Ada@Example.COM", "%20ada@example.com%E2%80%8B"] {
        let done = server.post(&format!("users/{name}/authenticate"), login.clone()).await.json(200);
        assert_eq!(done["id"], ada["id"], "{name}");
    }
    server.post("users/eve@example.com/authenticate", login.clone()).await.json(404);
    // No address is another's name, so that nobody is mistaken for somebody else.
    let named = server.post("users", person("ada@example.com", "eve@example.com")).await;
    assert_eq!(named.refusals("username"), ["Username has already been taken"]);

    let shared = json!({"realm": {"require_unique_emails": false}});
    server.put(&format!("realms/{}", server.realm()), shared).await.json(200);
    server.post("users/ada@example.com/authenticate", login.clone()).await.json(404);
    server.post("users/ada/authenticate", login).await.json(200);
}
