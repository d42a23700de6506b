//! Pages as they are sent: what all have in common.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gantry_core::Error;
use gantry_core::configuration::Reading;
use gantry_web::csrf::{self, Issued};
use gantry_web::pages::{self, Outside};
use minijinja::{Value, context};

use crate::loginrocket::LoginRocket;
use crate::look::Look;
use crate::page_state::{Message, WayOn};
use crate::prepared::{Name, Page};
use crate::reader::Reader;
use crate::site::Site;

/// A page or redirect, ready to be sent; also what an extractor refuses with.
pub struct Shown(Box<Response>);

impl Shown {
    /// For a page whose address holds a token: not even our own assets are told it, whose requests a proxy may log.
    /// `strict-origin` and not `no-referrer`, for the reason that [`pages::harden`] tells.
    #[must_use]
    pub fn keeping_its_address(mut self) -> Self {
        self.0.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
        self
    }

    /// Tells when to come again, in seconds.
    #[must_use]
    pub fn retrying_after(mut self, seconds: u64) -> Self {
        self.0.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        self
    }

    /// Where it leads, if it is a redirect.
    pub fn location(&self) -> Option<&str> {
        self.0.headers().get(header::LOCATION)?.to_str().ok()
    }

    /// The cookies that it sets.
    pub fn cookies(&self) -> impl Iterator<Item = &HeaderValue> {
        self.0.headers().get_all(header::SET_COOKIE).iter()
    }

    /// Whether it sets a cookie of the same name.
    pub fn sets_same(&self, cookie: &HeaderValue) -> bool {
        fn name(cookie: &HeaderValue) -> Option<&[u8]> {
            cookie.as_bytes().split(|byte| *byte == b'=').next()
        }
        self.cookies().any(|set| name(set) == name(cookie))
    }

    /// With one more cookie.
    #[must_use]
    pub fn with_cookie(mut self, cookie: HeaderValue) -> Self {
        self.0.headers_mut().append(header::SET_COOKIE, cookie);
        self
    }
}

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// Renders a page of the site. `about` is what this template needs besides the common names.
pub fn show(loginrocket: &LoginRocket, site: &Site, status: StatusCode, template: &str, about: Value) -> Shown {
    let mut fresh = Fresh::of(loginrocket, &site.headers);
    match render(loginrocket, site, template, about, (&fresh.token, &fresh.nonce)) {
        Ok(html) => {
            // A page without a form needs no cookie for one.
            fresh.cookie = fresh.cookie.filter(|_| html.contains(&fresh.token));
            send(loginrocket, status, html, fresh, &loginrocket.looks.of(&site.app).outside())
        }
        Err(error) => broken(loginrocket, site, &error),
    }
}

/// The status of a form's page: whether it was refused shows to browsers and their password managers, too.
pub fn status_of_form(site: &Site) -> StatusCode {
    if site.state.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// Renders a page, keeps it under its name, and shows it.
pub fn prepare(
    loginrocket: &LoginRocket,
    site: &Site,
    named: (Name, Reading),
    (template, about): (&str, Value),
) -> Shown {
    match render(loginrocket, site, template, about, loginrocket.prepared.marks()) {
        Ok(html) => {
            let page = loginrocket.prepared.keep(named, &html, loginrocket.looks.of(&site.app).outside());
            prepared(loginrocket, &site.headers, &page)
        }
        Err(error) => broken(loginrocket, site, &error),
    }
}

/// Shows a page that was kept, to the browser that sent these headers.
pub fn prepared(loginrocket: &LoginRocket, headers: &HeaderMap, page: &Page) -> Shown {
    let fresh = Fresh::of(loginrocket, headers);
    let html = page.filled(&fresh.token, &fresh.nonce);
    send(loginrocket, StatusCode::OK, html, fresh, &page.outside)
}

fn broken(loginrocket: &LoginRocket, site: &Site, error: &Error) -> Shown {
    tracing::error!(%error, "a page cannot be rendered");
    nameless(loginrocket, &site.reader, StatusCode::INTERNAL_SERVER_ERROR, ("fault-title", "fault"))
}

/// What a page has that no other page of the same text has.
struct Fresh {
    /// Goes into its forms.
    token: String,
    /// Lets its script run.
    nonce: String,
    cookie: Option<HeaderValue>,
}

impl Fresh {
    /// For the browser that sent these headers.
    fn of(loginrocket: &LoginRocket, headers: &HeaderMap) -> Self {
        let random = &loginrocket.core.random;
        let Issued { token, cookie } = csrf::issue(headers, loginrocket.secure, random);
        Self { token, nonce: pages::nonce(random), cookie }
    }
}

/// Sends what was rendered.
fn send(loginrocket: &LoginRocket, status: StatusCode, html: String, fresh: Fresh, outside: &Outside) -> Shown {
    let mut response = pages::answer(status, html, &fresh.nonce, loginrocket.secure, outside);
    if let Some(cookie) = fresh.cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Shown(Box::new(response))
}

/// The page's HTML, with a form's token and a script's nonce.
fn render(
    loginrocket: &LoginRocket,
    site: &Site,
    template: &str,
    about: Value,
    (token, nonce): (&str, &str),
) -> Result<String, Error> {
    let look = loginrocket.looks.of(&site.app);
    let common = context! {
        app_name => &site.app.name,
        look => look.shown(),
        realm_name => &site.realm.name,
        lang => site.reader.language.tag(),
        languages => site.reader.choices(&loginrocket.pages.languages),
        csrf => token,
        assets => loginrocket.pages.assets.prefix(),
        nonce,
    };
    loginrocket.pages.render_in(&site.reader.language, template, context! { ..about, ..common })
}

/// A page that says something of the site, and leads on.
pub fn leading_on(
    loginrocket: &LoginRocket,
    site: &Site,
    status: StatusCode,
    (title, text): (&str, &str),
    (action_url, action_label): (&str, &str),
) -> Shown {
    let about = context! { title, text, action_url, action_label, keep => "" };
    show(loginrocket, site, status, "loginrocket/message.html", about)
}

/// A page that says what has come of a form.
pub fn message(loginrocket: &LoginRocket, site: &Site, message: &Message) -> Shown {
    let status = StatusCode::from_u16(message.status).unwrap_or(StatusCode::OK);
    let (url, label) = match message.way_on {
        Some(WayOn::AnotherLink) if site.settings.login.on_pages() => {
            (site.kept.at("/password/forgot"), site.say("reset-again"))
        }
        _ => site.way_on(),
    };
    let told = (&*site.say(&message.title), &*message.text.say(site));
    let shown = leading_on(loginrocket, site, status, told, (&url, &label));
    match message.retry_after {
        Some(seconds) => shown.retrying_after(seconds),
        None => shown,
    }
}

/// A page that names no site, for hosts and addresses that have none. Takes the keys of its words.
pub fn nameless(loginrocket: &LoginRocket, reader: &Reader, status: StatusCode, (title, text): (&str, &str)) -> Shown {
    let nonce = pages::nonce(&loginrocket.core.random);
    let language = &reader.language;
    let about = context! {
        title => language.say(title),
        text => language.say(text),
        action_url => Value::from(()),
        action_label => Value::from(()),
        app_name => "",
        look => Look::default().shown(),
        realm_name => "",
        lang => language.tag(),
        languages => reader.choices(&loginrocket.pages.languages),
        csrf => "",
        keep => "",
        assets => loginrocket.pages.assets.prefix(),
        nonce => &nonce,
    };
    match loginrocket.pages.render_in(language, "loginrocket/message.html", about) {
        Ok(html) => Shown(Box::new(pages::answer(status, html, &nonce, loginrocket.secure, &Outside::default()))),
        Err(error) => {
            tracing::error!(%error, "the message page cannot be rendered");
            Shown(Box::new((status, language.say(title).into_owned()).into_response()))
        }
    }
}

/// Sends the browser elsewhere with a GET.
pub fn redirect(to: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else { return StatusCode::BAD_REQUEST.into_response() };
    let mut response = StatusCode::FOUND.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// The same with cookies, and without a trace in caches or referrers: the address may hold a token.
pub fn redirect_with(loginrocket: &LoginRocket, to: &str, cookies: Vec<HeaderValue>) -> Shown {
    let mut response = redirect(to);
    let headers = response.headers_mut();
    pages::harden(headers, loginrocket.secure);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    Shown(Box::new(response))
}

/// What is no page, with the headers of all pages.
pub fn hardened(loginrocket: &LoginRocket, mut response: Response) -> Response {
    pages::harden(response.headers_mut(), loginrocket.secure);
    response
}
