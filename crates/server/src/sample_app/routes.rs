//! The pages of the sample app.
//!
//! Guarantees that each page with data of a user first verifies the session with the server.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use gantry_crypto::Random;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use minijinja::{Environment, context};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::{Position, Url};

use super::api::Api;
use super::redir::own_page;
use super::session::{Session, Sessions};

const STYLE: &str = include_str!("../../../../assets/sample_app.css");
const TEMPLATES: [(&str, &str); 4] = [
    ("sample_app/layout.html", include_str!("../../../../templates/sample_app/layout.html")),
    ("sample_app/home.html", include_str!("../../../../templates/sample_app/home.html")),
    ("sample_app/hello.html", include_str!("../../../../templates/sample_app/hello.html")),
    ("sample_app/verified.html", include_str!("../../../../templates/sample_app/verified.html")),
];
const ASSETS: &str = "/assets";

/// Configuration of the app. All but its own URL is on the portal's integration page.
#[derive(Clone)]
pub struct SampleApp {
    /// Base URL of the API, such as `http://localhost:8000/v1/`.
    pub api_url: String,
    /// API key (`ko_…`) with access `verify`.
    pub api_key: String,
    /// Id of the realm (`rl_…`).
    pub realm: String,
    /// The realm's HS256 secret, `jsk_…`.
    pub jwt_secret: String,
    /// URL of the hosted login pages, with a trailing slash, such as `http://acme.localhost:8000/`.
    pub login_url: String,
    /// URL of this app, such as `http://localhost:8001/`.
    pub own_url: String,
}

struct App {
    settings: SampleApp,
    own_url: Url,
    api: Api,
    sessions: Sessions,
    templates: Environment<'static>,
}

type Shared = State<Arc<App>>;

/// Returns the router of the app. Fails if a URL or the key is malformed.
pub fn router(settings: SampleApp, random: Random) -> anyhow::Result<Router> {
    let own_url = Url::parse(&settings.own_url).context("the app's own URL")?;
    let login_url = Url::parse(&settings.login_url).context("the URL of the login pages")?;
    let api = Api::new(&settings.api_url, &settings.api_key, &settings.realm)?;
    let sessions = Sessions::new(random, own_url.scheme() == "https");
    let mut templates = Environment::new();
    for (name, source) in TEMPLATES {
        templates.add_template(name, source)?;
    }
    let headers = headers(&login_url)?;
    let app = App { settings, own_url, api, sessions, templates };
    let routes = Router::new()
        .route("/", get(home))
        .route("/login", get(login))
        .route("/hello", get(hello))
        .route("/jwt", get(jwt))
        .route("/logout", post(logout))
        .route("/assets/sample_app.css", get(style))
        .layer(map_response(move |mut response: Response| {
            let headers = headers.clone();
            async move {
                response.headers_mut().extend(headers);
                response
            }
        }))
        .with_state(Arc::new(app));
    Ok(routes)
}

/// Returns the headers of all pages: no Referer and no cache, since the login handler's URL contains a token. Forms may
/// redirect to the login pages, as `/logout` does.
fn headers(login_url: &Url) -> anyhow::Result<HeaderMap> {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' {}; base-uri 'none'; \
         frame-ancestors 'none'",
        &login_url[..Position::BeforePath]
    );
    Ok(HeaderMap::from_iter([
        (header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy)?),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

async fn home(State(app): Shared) -> Result<Response, Failure> {
    let login_url = &app.settings.login_url;
    app.page("home", context! { login_url => format!("{login_url}login"), signup_url => format!("{login_url}signup") })
}

#[derive(Deserialize)]
struct Login {
    #[serde(default)]
    token: String,
    #[serde(default)]
    redir: String,
}

/// The login handler: the login pages send the browser here with a token.
async fn login(State(app): Shared, jar: CookieJar, Query(query): Query<Login>) -> Result<Response, Failure> {
    let session = app.api.session(&query.token).await?;
    let Some(user_id) = session.as_ref().and_then(|session| session["user_id"].as_str()) else {
        return Ok(app.to_login(None));
    };
    let jar = app.sessions.begin(jar, Session { token: query.token, user_id: user_id.to_owned() });
    let wanted = Some(query.redir).filter(|redir| !redir.is_empty());
    let page = wanted.and_then(|redir| own_page(&app.own_url, &redir)).unwrap_or_else(|| "/hello".to_owned());
    Ok((jar, Redirect::to(&page)).into_response())
}

async fn hello(State(app): Shared, jar: CookieJar) -> Result<Response, Failure> {
    let Some((own, session)) = app.live_session(&jar).await? else {
        return Ok((app.sessions.end(jar), app.to_login(Some("/hello"))).into_response());
    };
    let text = |field: &str| session["user"][field].as_str().unwrap_or_default().to_owned();
    let mut rows = vec![
        ("Name", text("name")),
        ("Username", text("username")),
        ("Email", text("email")),
        ("Email verification", text("email_verification")),
        ("User id", own.user_id),
    ];
    if let (Some(begin), Some(end)) = (session["created_at"].as_f64(), session["expires_at"].as_f64()) {
        rows.push(("Session lasts", format!("{:.0} minutes", (end - begin) / 60.0)));
    }
    rows.retain(|(_, value)| !value.is_empty());
    app.page("hello", context! { name => text("name"), rows, jwt_url => "/jwt", logout_url => "/logout" })
}

/// Shows how an app verifies a token itself, without asking the server.
async fn jwt(State(app): Shared, jar: CookieJar) -> Result<Response, Failure> {
    let Some((own, _)) = app.live_session(&jar).await? else {
        return Ok((app.sessions.end(jar), app.to_login(Some("/jwt"))).into_response());
    };
    let Ok(claims) = app.verify(&own.token) else {
        return Err(Failure::Status(StatusCode::BAD_GATEWAY, "The login token is not signed with the realm's secret."));
    };
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let rows: Vec<_> = claims.iter().map(|(claim, value)| (claim.clone(), shown(value))).collect();
    app.page("verified", context! { rows, back_url => "/hello" })
}

async fn logout(State(app): Shared, headers: HeaderMap, jar: CookieJar) -> Result<Response, Failure> {
    // SameSite=Lax keeps the cookie from other sites' forms; this also refuses other ports of the same host.
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if !matches!(site, None | Some(b"same-origin")) {
        return Err(Failure::Status(StatusCode::FORBIDDEN, "This form is not from here."));
    }
    if let Some(own) = app.sessions.find(&jar) {
        app.api.end_session(&own.token).await?;
    }
    let jar = app.sessions.end(jar);
    Ok((jar, Redirect::to(&format!("{}logout", app.settings.login_url))).into_response())
}

impl App {
    /// Returns this browser's session, here and on the server; `None` if it has ended in either place.
    async fn live_session(&self, jar: &CookieJar) -> anyhow::Result<Option<(Session, Value)>> {
        let Some(own) = self.sessions.find(jar) else { return Ok(None) };
        Ok(self.api.session(&own.token).await?.map(|session| (own, session)))
    }

    /// Verifies the signature, audience and expiry of a token and returns its claims.
    fn verify(&self, token: &str) -> Result<Map<String, Value>, jsonwebtoken::errors::Error> {
        let mut rules = Validation::new(Algorithm::HS256);
        // Tokens have an audience only if the realm is configured so; it is then the realm.
        rules.set_audience(&[&self.settings.realm]);
        // `exp` is not required, since a realm may have sessions without expiry; if present, it is verified.
        rules.set_required_spec_claims::<&str>(&[]);
        let key = DecodingKey::from_secret(self.settings.jwt_secret.as_bytes());
        Ok(jsonwebtoken::decode(token, &key, &rules)?.claims)
    }

    fn to_login(&self, back_to: Option<&str>) -> Response {
        let redir = back_to.map(|page| format!("?redir={page}")).unwrap_or_default();
        Redirect::to(&format!("{}login{redir}", self.settings.login_url)).into_response()
    }

    fn page(&self, name: &str, values: minijinja::Value) -> Result<Response, Failure> {
        let template = self.templates.get_template(&format!("sample_app/{name}.html")).map_err(anyhow::Error::from)?;
        let html = template.render(context! { assets => ASSETS, ..values }).map_err(anyhow::Error::from)?;
        Ok(Html(html).into_response())
    }
}

/// Reason for an error page.
enum Failure {
    /// The server failed to answer correctly, or a template failed to render.
    Broken(anyhow::Error),
    Status(StatusCode, &'static str),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Broken(error) => {
                tracing::error!(error = format!("{error:#}"), "the sample app cannot show a page");
                (StatusCode::BAD_GATEWAY, "The login server does not answer. Try again in a moment.").into_response()
            }
            Self::Status(status, text) => (status, text).into_response(),
        }
    }
}
