//! Devices that make codes, and logins in two steps (api-v1 §10; decisions §3, §9).

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Answer, Engine, TestServer};

const PASSWORD: &str = "tr0mbone-under-glass";
pub const STEP_MS: i64 = 30_000;

/// RFC 4226 and RFC 6238, written out: what the user's device shows.
pub fn code(secret: &str, now_ms: i64) -> String {
    // RFC 4648: five bits a character.
    let value = |byte: u8| u32::from(if byte >= b'A' { byte - b'A' } else { byte - b'2' + 26 });
    let bits: Vec<u32> = secret.bytes().flat_map(|byte| (0..5).rev().map(move |at| value(byte) >> at & 1)).collect();
    let byte = |bits: &[u32]| u8::try_from(bits.iter().fold(0, |all, bit| all << 1 | bit)).expect("eight bits");
    let secret: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
    let counter = (now_ms / STEP_MS).to_be_bytes();
    let hash = sign(&Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret), &counter);
    let hash = hash.as_ref();
    let at = usize::from(hash[19] & 0x0f);
    let number = u32::from_be_bytes([hash[at], hash[at + 1], hash[at + 2], hash[at + 3]]) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// A code that no step shows for hours around.
pub fn wrong_code(secret: &str, now_ms: i64) -> String {
    let near: Vec<String> = (-100..100).map(|step| code(secret, now_ms + step * STEP_MS)).collect();
    (0..1000).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).expect("a code")
}

pub struct Device {
    pub id: String,
    pub secret: String,
}

/// Ada with a device that is not in use yet.
pub async fn enrol(server: &TestServer) -> (Value, Device) {
    server.post("auth_providers", json!({"auth_provider": {"provider_type": "totp"}})).await.json(201);
    let ada = server.user("ada").await;
    let provider = server.get("auth_providers/totp").await.json(200);
    let device = json!({"credential": {"user_id": ada["id"], "auth_provider_id": provider["id"],
        "credential_type": "totp", "name": "Phone"}});
    let device = server.post("credentials", device).await.json(201);
    let kept = Device { id: text(&device, "id").to_owned(), secret: text(&device, "otp_secret").to_owned() };
    (device, kept)
}

pub async fn verify(server: &TestServer, device: &Device, digits: &str) -> Answer {
    server.post(&format!("credentials/{}/verify", device.id), json!({"credential": {"code": digits}})).await
}

/// Ada with a device in use, a step later, so that its next code is fresh.
pub async fn enrolled(server: &TestServer) -> Device {
    let (_, device) = enrol(server).await;
    verify(server, &device, &code(&device.secret, server.clock.now_ms())).await.json(200);
    server.clock.advance(STEP_MS);
    device
}

/// The token of a pending login that the API made.
pub async fn first_step(server: &TestServer) -> String {
    let pending = server.post("users/ada/authenticate", json!({"password": PASSWORD})).await.json(200);
    text(&pending, "token").to_owned()
}

pub async fn second_step(server: &TestServer, key: &str, token: &str, digits: &str) -> Answer {
    let body = json!({"user": {"token": token, "code": digits}});
    server.post(&format!("users/{key}/authenticate_code"), body).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_device_is_new_until_it_shows_a_right_code(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (made, device) = enrol(&server).await;
    let expected = (&json!("totp"), &json!("new"), &json!("Phone"));
    assert_eq!((&made["credential_type"], &made["state"], &made["name"]), expected);
    assert_eq!(device.secret.len(), 32, "160 bits");
    let uri = text(&made, "provisioning_uri");
    assert!(uri.starts_with("otpauth://totp/Acme:ada?") && uri.contains(&device.secret), "{uri}");
    assert!(uri.contains("issuer=Acme"), "{uri}");
    // Logins do not ask for it yet.
    let login = server.authenticate("ada").await;
    assert!(!text(&login, "token").starts_with("kli_"));

    let now = server.clock.now_ms();
    let wrong = verify(&server, &device, &wrong_code(&device.secret, now)).await;
    assert!(wrong.refusals("code")[0].contains("Verification failed"), "{}", wrong.text);
    assert!(!verify(&server, &device, "").await.refusals("code").is_empty());
    let path = format!("credentials/{}", device.id);
    assert_eq!(server.get(&path).await.json(200)["qr_svg"], made["qr_svg"], "told again while it is new");
    let active = verify(&server, &device, &code(&device.secret, now)).await.json(200);
    assert_eq!(active["state"], "active");
    for told in [&active, &server.get(&path).await.json(200)] {
        for secret in ["otp_secret", "provisioning_uri", "qr_svg"] {
            assert!(told.get(secret).is_none(), "only while it is new: {told}");
        }
    }
    let named = json!({"credential": {"name": "Tablet"}});
    assert_eq!(server.put(&format!("credentials/{}", device.id), named).await.json(200)["name"], "Tablet");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_login_takes_two_steps(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    let path = "users/ada/authenticate?expand=memberships";
    let pending = server.post(path, json!({"password": PASSWORD})).await.json(200);
    let token = text(&pending, "token");
    assert!(token.starts_with("kli_") && token.len() >= 26, "{token}");
    assert_eq!((&pending["object"], &pending["username"]), (&json!("user"), &json!("ada")));
    assert!(pending.get("memberships").is_none(), "not before the second step");
    let sessions = format!("sessions?user_id={}", text(&pending, "id"));
    assert_eq!(server.get(&sessions).await.json(200)["collection"], json!([]), "no session yet");
    server.get(&format!("sessions/{token}")).await.json(404);

    let digits = code(&device.secret, server.clock.now_ms());
    let done = second_step(&server, "ada", token, &digits).await.json(200);
    let login = server.get(&format!("sessions/{}", text(&done, "token"))).await.json(200);
    assert!(is_id("kss", text(&login, "id")));
    let events = server.get("events?event_type=user.login&direction=asc").await.json(200);
    assert_eq!(each(&events, "event_type"), ["user.login.initiated", "user.login.succeeded"]);
    // The token is spent, and so is the code.
    second_step(&server, "ada", token, &digits).await.json(401);
    let next = first_step(&server).await;
    second_step(&server, "ada", &next, &digits).await.json(401);
    server.clock.advance(STEP_MS);
    second_step(&server, "--", &next, &code(&device.secret, server.clock.now_ms())).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_step_either_side_counts(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    server.clock.advance(10 * STEP_MS);
    for (steps, status) in [(-2, 401), (2, 401), (-1, 200), (0, 200), (1, 200)] {
        let token = first_step(&server).await;
        let digits = code(&device.secret, server.clock.now_ms() + steps * STEP_MS);
        assert_eq!(second_step(&server, "ada", &token, &digits).await.status, status, "{steps}");
    }
    // An earlier step than the last one that was taken is over.
    let token = first_step(&server).await;
    let digits = code(&device.secret, server.clock.now_ms());
    second_step(&server, "ada", &token, &digits).await.json(401);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn five_wrong_codes_spend_the_pending_login(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    let now = server.clock.now_ms();
    let (right, wrong) = (code(&device.secret, now), wrong_code(&device.secret, now));
    let token = first_step(&server).await;
    for _ in 0..4 {
        second_step(&server, "ada", &token, &wrong).await.json(401);
    }
    second_step(&server, "ada", &token, &right).await.json(200);
    server.clock.advance(STEP_MS);
    let token = first_step(&server).await;
    for _ in 0..5 {
        second_step(&server, "ada", &token, &wrong).await.json(401);
    }
    let right = code(&device.secret, server.clock.now_ms());
    second_step(&server, "ada", &token, &right).await.json(401);
    let events = server.get("events?event_type=user.login.failed").await.json(200);
    assert_eq!(each(&events, "event_type").len(), 10);
}

/// Whoever has the password could else try codes without end, in ever new logins.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn right_passwords_do_not_clear_the_count_of_wrong_codes(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("tries.per_user", "3")]).await;
    let device = enrolled(&server).await;
    let wrong = wrong_code(&device.secret, server.clock.now_ms());
    for expected in [401, 401, 401, 429] {
        let token = first_step(&server).await;
        assert_eq!(second_step(&server, "ada", &token, &wrong).await.status, expected);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_pending_login_ends_with_its_time_and_its_reasons(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    server.user("bob").await;
    let right = || code(&device.secret, server.clock.now_ms());
    let token = first_step(&server).await;
    second_step(&server, "bob", &token, &right()).await.json(401);
    server.clock.advance(10 * 60_000);
    second_step(&server, "ada", &token, &right()).await.json(401);
    let token = first_step(&server).await;
    server.put("users/ada", json!({"user": {"password": "violin-over-marble-7"}})).await.json(200);
    second_step(&server, "ada", &token, &right()).await.json(401);
    server.put("users/ada", json!({"user": {"password": PASSWORD}})).await.json(200);
    let token = first_step(&server).await;
    server.put("users/ada", json!({"user": {"state": "inactive"}})).await.json(200);
    second_step(&server, "ada", &token, &right()).await.json(401);
    for missing in [json!({"user": {"token": token}}), json!({"user": {"code": "123456"}})] {
        server.post("users/ada/authenticate_code", missing).await.json(422);
    }
    second_step(&server, "nobody", &token, &right()).await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn of_fifty_tries_of_one_code_one_wins(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("tries.per_user", "1000"), ("tries.per_address", "1000")]).await;
    let device = enrolled(&server).await;
    let mut tokens = Vec::new();
    for _ in 0..50 {
        tokens.push(first_step(&server).await);
    }
    let digits = code(&device.secret, server.clock.now_ms());
    let tries = tokens.iter().map(|token| second_step(&server, "--", token, &digits));
    let answers = futures_util::future::join_all(tries).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((won, answers.iter().filter(|answer| answer.status == 401).count()), (1, 49));
}

/// The hosted pages ask for the code too, and remember nothing before.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn hosted_pages_ask_for_the_code(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    let browser = server.browser();
    let asked = browser.submit("/login?redir=%2Fdeep", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    assert!(asked.text.contains("one-time-code"), "{}", asked.text);
    let token =
        asked.text.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
    let now = server.clock.now_ms();
    let wrong = wrong_code(&device.secret, now);
    let refused = browser.submit_from(&asked, "/login/code?redir=%2Fdeep", &[("token", token), ("code", &wrong)]).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(
        refused.text.contains("That code is not right") && !refused.text.contains("<details class=\"other-way\" open")
    );
    // Whose mistake is in the other form finds that form open.
    let recovery = [("token", token), ("code", "k3v9-x2mq-7t4d"), ("recovers", "1")];
    let refused = browser.submit_from(&asked, "/login/code?redir=%2Fdeep", &recovery).await;
    assert!(refused.text.contains("That recovery code is not right"), "{}", refused.text);
    assert!(refused.text.contains("<details class=\"other-way\" open"), "{}", refused.text);
    let right = code(&device.secret, now);
    let done = browser.submit_from(&refused, "/login/code?redir=%2Fdeep", &[("token", token), ("code", &right)]).await;
    assert_eq!(done.status, 302, "{}", done.text);
    let to = done.header("location");
    assert!(to.starts_with("https://app.example.com/login?token=") && to.contains("redir=%2Fdeep"), "{to}");
}

/// A QR code is read by another implementation than the one that drew it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_qr_code_holds_the_address(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (made, _) = enrol(&server).await;
    let picture = text(&made, "qr_svg");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>"), "{picture}");
    assert_eq!(scan(picture), text(&made, "provisioning_uri"));
}

/// What a scanner sees in the picture, whose dark squares are `Mx yh1v1H…` of one path.
fn scan(svg: &str) -> String {
    let number = |name: &str| -> usize {
        let rest = svg.split(&format!(" {name}=\"")).nth(1).expect(name);
        rest.split('"').next().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{name} in {svg}"))
    };
    let (width, height) = (number("width"), number("height"));
    let path = svg.split("d=\"").nth(2).or_else(|| svg.split("d=\"").nth(1)).expect("a path");
    let path = path.split('"').next().expect("its end");
    let mut dark = vec![false; width * height];
    for square in path.split('M').filter(|square| !square.is_empty()) {
        // `8 16h8v8H8V16`
        let numbers: Vec<usize> = square.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
        let [x, y, wide, tall, ..] = numbers[..] else { panic!("{square}") };
        for row in y..y + tall {
            dark[row * width + x..row * width + x + wide].fill(true);
        }
    }
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| if dark[y * width + x] { 0 } else { 255 });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code");
    grids[0].decode().expect("readable").1
}

/// The device's clock is told to be off where there is nothing to guess: at enrolment.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn enrolment_tells_a_clock_that_is_off(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (_, device) = enrol(&server).await;
    for (steps, told) in [
        (-2, Some("about 1 minute behind")),
        (-10, Some("about 5 minutes behind")),
        (-20, Some("about 10 minutes behind")),
        (-21, None),
        (2, Some("about 1 minute ahead")),
        (20, Some("about 10 minutes ahead")),
        (21, None),
    ] {
        let digits = code(&device.secret, server.clock.now_ms() + steps * STEP_MS);
        let refused = verify(&server, &device, &digits).await;
        let sentence = refused.refusals("code").join(" ");
        assert!(sentence.contains("Verification failed"), "{sentence}");
        assert_eq!(told.is_some_and(|told| sentence.contains(told)), told.is_some(), "{steps}: {sentence}");
        assert_eq!(sentence.contains("clock"), told.is_some(), "{steps}: {sentence}");
    }
}

/// At a login only a slow clock is told: that a code will be right later, a guesser would only have to wait for.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_login_tells_a_slow_clock_and_no_fast_one(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    server.clock.advance(60 * STEP_MS);
    let browser = server.browser();
    let asked = browser.submit("/login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let now = server.clock.now_ms();
    let mut texts = Vec::new();
    for digits in [
        code(&device.secret, now - 6 * STEP_MS),
        code(&device.secret, now + 6 * STEP_MS),
        wrong_code(&device.secret, now),
    ] {
        let token = pending_token(&asked);
        let refused = browser.submit_from(&asked, "/login/code", &[("token", &token), ("code", &digits)]).await;
        assert_eq!(refused.status, 422);
        texts.push(
            refused.text.split("role=\"alert\"").nth(1).expect("an alert").split("</div>").next().map(str::to_owned),
        );
    }
    assert!(texts[0].as_ref().is_some_and(|text| text.contains("about 3 min ago")), "{texts:?}");
    assert_eq!(texts[1], texts[2]);
    // Each was counted as a wrong try, and the API says no more than that.
    let events = server.get("events?event_type=user.login.failed").await.json(200);
    assert_eq!(each(&events, "event_type").len(), 3);
    let token = first_step(&server).await;
    let slow = second_step(&server, "ada", &token, &code(&device.secret, now - 6 * STEP_MS)).await;
    assert_eq!((slow.status, slow.text.contains("minutes")), (401, false), "{}", slow.text);
}

/// The token of the login that the page waits for.
pub fn pending_token(page: &Answer) -> String {
    let found = page.text.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    found.unwrap_or_else(|| panic!("no token in {}", page.text)).to_owned()
}
