//! Rendering and sending of pages.

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

/// A page or redirect, ready to be sent; also the rejection type of extractors.
pub struct Shown(Box<Response>);

impl Shown {
    /// For a page with a token in its address: not even requests for our own assets reveal it, since a proxy may log
    /// them. `strict-origin` and not `no-referrer`, for the reason given at [`pages::harden`].
    #[must_use]
    pub fn keeping_its_address(mut self) -> Self {
        self.0.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
        self
    }

    /// Sets `Retry-After`, in seconds.
    #[must_use]
    pub fn retrying_after(mut self, seconds: u64) -> Self {
        self.0.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        self
    }

    /// Returns the redirect's target, if it is a redirect.
    pub fn location(&self) -> Option<&str> {
        self.0.headers().get(header::LOCATION)?.to_str().ok()
    }

    /// Returns the cookies that it sets.
    pub fn cookies(&self) -> impl Iterator<Item = &HeaderValue> {
        self.0.headers().get_all(header::SET_COOKIE).iter()
    }

    /// Returns whether it sets a cookie of this cookie's name.
    pub fn sets_same(&self, cookie: &HeaderValue) -> bool {
        fn name(cookie: &HeaderValue) -> Option<&[u8]> {
            cookie.as_bytes().split(|byte| *byte == b'=').next()
        }
        self.cookies().any(|set| name(set) == name(cookie))
    }

    /// Adds a cookie.
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

/// Renders a page of the site. `about` holds the template's own variables.
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

/// Returns the status of a form's page: 422 shows browsers and password managers that the form was refused.
pub fn status_of_form(site: &Site) -> StatusCode {
    if site.state.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// Renders a page, caches it under its name, and returns it.
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

/// Returns a cached page, filled in for the browser that sent these headers.
pub fn prepared(loginrocket: &LoginRocket, headers: &HeaderMap, page: &Page) -> Shown {
    let fresh = Fresh::of(loginrocket, headers);
    let html = page.filled(&fresh.token, &fresh.nonce);
    send(loginrocket, StatusCode::OK, html, fresh, &page.outside)
}

fn broken(loginrocket: &LoginRocket, site: &Site, error: &Error) -> Shown {
    tracing::error!(%error, "a page cannot be rendered");
    nameless(loginrocket, &site.reader, StatusCode::INTERNAL_SERVER_ERROR, ("fault-title", "fault"))
}

/// Values that differ each time a page is sent.
struct Fresh {
    /// CSRF token of its forms.
    token: String,
    /// Nonce of its script.
    nonce: String,
    cookie: Option<HeaderValue>,
}

impl Fresh {
    /// Creates the values for the browser that sent these headers.
    fn of(loginrocket: &LoginRocket, headers: &HeaderMap) -> Self {
        let random = &loginrocket.core.random;
        let Issued { token, cookie } = csrf::issue(headers, loginrocket.secure, random);
        Self { token, nonce: pages::nonce(random), cookie }
    }
}

/// Builds the response of a rendered page.
fn send(loginrocket: &LoginRocket, status: StatusCode, html: String, fresh: Fresh, outside: &Outside) -> Shown {
    let mut response = pages::answer(status, html, &fresh.nonce, loginrocket.secure, outside);
    if let Some(cookie) = fresh.cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Shown(Box::new(response))
}

/// Renders the page with a CSRF token and a script nonce.
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

/// Returns a page with a text about the site and a link to continue.
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

/// Returns a page with the result of a form.
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

/// Returns a page without a site, for unknown hosts and addresses. Takes the keys of its texts.
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

/// Redirects the browser with a GET.
pub fn redirect(to: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else { return StatusCode::BAD_REQUEST.into_response() };
    let mut response = StatusCode::FOUND.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// Redirects with cookies and with headers against caching and referrers, since the address may hold a token.
pub fn redirect_with(loginrocket: &LoginRocket, to: &str, cookies: Vec<HeaderValue>) -> Shown {
    let mut response = redirect(to);
    let headers = response.headers_mut();
    pages::harden(headers, loginrocket.secure);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    Shown(Box::new(response))
}

/// Adds the security headers of all pages to another response.
pub fn hardened(loginrocket: &LoginRocket, mut response: Response) -> Response {
    pages::harden(response.headers_mut(), loginrocket.secure);
    response
}
