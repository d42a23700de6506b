//! What a page shows after a form: field errors and typed values, the result, or the next step.
//!
//! Every form is answered by a redirect to a page, so that Back, a reload and a restored tab show that page again. The
//! browser keeps the page's state in a cookie; the page's address holds only the cookie's name.
//!
//! Guarantees: the cookie is sealed, valid only for one app, page and name, and expires. It contains no password and no
//! code. Each tab has its own cookie; all such cookies of a browser stay under 4 KB together.

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gantry_core::{FieldError, browser_seal};
use gantry_crypto::{hex, token};
use gantry_web::cookies;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::site::Site;

/// Prefix of the cookies' names.
const PREFIX: &str = "gantry_page_";
/// Lifetime of a page's state, in seconds.
const LIFETIME_S: i64 = 30 * 60;
/// Maximum bytes of one cookie's value.
const LARGEST: usize = 3000;
/// Maximum bytes of all values together.
const LARGEST_OF_ALL: usize = 4000;
/// Length of a generated name.
const NAME: usize = 20;
/// Longest name that is accepted.
const LONGEST_NAME: usize = 24;

/// State of a page after a form.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PageState {
    /// Typed values by field name.
    pub values: Vec<(String, String)>,
    /// Errors of the fields.
    pub problems: Vec<Problem>,
    /// Error of the form as a whole.
    pub error: Option<Phrase>,
    /// Token that allows the next step; goes into the page's form.
    pub token: Option<String>,
    /// Message that the page shows instead of a form.
    pub message: Option<Message>,
}

/// A broken rule of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field's name.
    pub field: String,
    /// A stable machine-readable word: `blank`, `too_long`, `taken`, …
    pub code: String,
    /// The core's English sentence, for errors without a translation.
    pub text: String,
}

/// A translatable sentence.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Phrase {
    /// Key of the translation.
    pub key: String,
    /// Placeholders of the sentence, with names and values.
    pub words: Vec<(String, String)>,
}

/// A page with only a message and a link to continue.
#[derive(Debug, Serialize, Deserialize)]
pub struct Message {
    /// HTTP status of the page.
    pub status: u16,
    /// Key of the title.
    pub title: String,
    /// Text of the message.
    pub text: Phrase,
    /// Where it leads; `None`: the site's usual target.
    pub way_on: Option<WayOn>,
    /// Seconds until a form can be sent again.
    pub retry_after: Option<u64>,
}

/// Targets of a message other than the site's usual one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum WayOn {
    /// The page to request another link.
    AnotherLink,
}

/// Content of the cookie.
#[derive(Serialize, Deserialize)]
struct Envelope {
    /// Expiry in epoch milliseconds.
    until: i64,
    state: PageState,
}

impl Phrase {
    /// Creates a sentence without placeholders.
    pub fn plain(key: &str) -> Self {
        Self { key: key.to_owned(), words: Vec::new() }
    }

    /// Creates a sentence with one placeholder.
    pub fn with(key: &str, name: &str, value: &str) -> Self {
        Self { key: key.to_owned(), words: vec![(name.to_owned(), value.to_owned())] }
    }

    /// Returns the sentence in the visitor's language.
    pub fn say(&self, site: &Site) -> String {
        let words: Vec<(&str, &str)> = self.words.iter().map(|(name, value)| (&**name, &**value)).collect();
        site.reader.language.say_with(&self.key, &words).into_owned()
    }
}

impl Message {
    /// Creates a message from the keys of its texts.
    pub fn new(status: u16, title: &str, text: Phrase) -> Self {
        Self { status, title: title.to_owned(), text, way_on: None, retry_after: None }
    }
}

impl From<&FieldError> for Problem {
    fn from(error: &FieldError) -> Self {
        Self { field: error.field.to_string(), code: error.code.to_owned(), text: error.text.clone() }
    }
}

impl PageState {
    /// State of a refused form: its errors and typed values.
    pub fn refused(problems: &[FieldError], values: Vec<(&str, &str)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { values, problems: problems.iter().map(Problem::from).collect(), ..Self::default() }
    }

    /// State of a page with only a message.
    pub fn says(message: Message) -> Self {
        Self { message: Some(message), ..Self::default() }
    }

    /// State of the next step, which this token allows.
    pub fn step(token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::default() }
    }

    /// Adds a value.
    pub fn with_value(mut self, name: &str, value: &str) -> Self {
        self.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns what was typed into a field, or an empty text.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Returns whether a form was refused.
    pub fn is_refused(&self) -> bool {
        self.error.is_some() || !self.problems.is_empty()
    }

    /// Reads the state of the requested page from the browser's cookie.
    pub fn of(loginrocket: &LoginRocket, site: &Site) -> Option<Self> {
        let name = site.kept.form.as_deref()?;
        let value = cookies::read(&site.headers, loginrocket.secure, &format!("{PREFIX}{name}"))?;
        let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
        let text = browser_seal::open(&loginrocket.core, &place(site, &site.path, name), &sealed)?;
        let Envelope { until, state } = serde_json::from_str(text.expose_secret()).ok()?;
        (until > loginrocket.core.clock.now_ms()).then_some(state)
    }

    /// Redirects the browser to the page at this path, with this state.
    pub fn show_at(self, loginrocket: &LoginRocket, site: &Site, path: &str) -> Shown {
        let (name, cookies) = self.keep(loginrocket, site, path);
        page::redirect_with(loginrocket, &site.kept.at_form(path, &name), cookies)
    }

    /// Keeps this state for the page being shown, so that its links to other languages need no secret.
    pub fn keep_for_links(self, loginrocket: &LoginRocket, site: &mut Site) -> Vec<HeaderValue> {
        let (name, cookies) = self.keep(loginrocket, site, &site.path);
        site.reader.leads_to(&site.kept, &name);
        site.kept.form = Some(name);
        cookies
    }

    /// Returns the cookie's short name, and the cookies to set.
    fn keep(self, loginrocket: &LoginRocket, site: &Site, path: &str) -> (String, Vec<HeaderValue>) {
        let name = site.kept.form.clone().unwrap_or_else(|| fresh_name(loginrocket, site));
        let value = self.sealed(loginrocket, &place(site, path, &name));
        let mut cookies = make_room(loginrocket, &site.headers, &name, value.len());
        cookies.push(cookies::set(loginrocket.secure, &format!("{PREFIX}{name}"), &value, Some(LIFETIME_S)));
        (name, cookies)
    }

    /// Seals the state. Drops the longest values if it is too large, which no honest form is.
    fn sealed(mut self, loginrocket: &LoginRocket, place: &str) -> String {
        let until = loginrocket.core.clock.now_ms() + LIFETIME_S * 1000;
        loop {
            let envelope = Envelope { until, state: self };
            let text = serde_json::to_string(&envelope).unwrap_or_default();
            let value = URL_SAFE_NO_PAD.encode(browser_seal::seal(&loginrocket.core, place, &text));
            self = envelope.state;
            let longest = (0..self.values.len()).max_by_key(|at| self.values[*at].1.len());
            match longest {
                Some(at) if value.len() > LARGEST => self.values.remove(at),
                _ => return value,
            };
        }
    }
}

/// Binds a sealed value to app, path and name, so that it cannot be opened elsewhere.
fn place(site: &Site, path: &str, name: &str) -> String {
    format!("page/{}{path}/{name}", site.app.id)
}

/// Duplicate submissions of a form get one name, so they lead to one page.
fn fresh_name(loginrocket: &LoginRocket, site: &Site) -> String {
    let name = match &site.actor.origin.submission {
        Some(submission) => hex::encode(&submission.hash()),
        None => token::generate(None, &loginrocket.core.random),
    };
    name[..NAME].to_owned()
}

/// Returns the text from an address if it is a valid name.
pub fn name(text: String) -> Option<String> {
    let is_name = (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some(text)
}

/// Clears the cookie of this tab's page.
pub fn clear(loginrocket: &LoginRocket, site: &Site) -> Option<HeaderValue> {
    let name = format!("{PREFIX}{}", site.kept.form.as_deref()?);
    cookies::read(&site.headers, loginrocket.secure, &name)?;
    Some(cookies::set(loginrocket.secure, &name, "", Some(0)))
}

/// Clears the cookies of all pages.
pub fn clear_all(loginrocket: &LoginRocket, headers: &HeaderMap) -> Vec<HeaderValue> {
    let sent = sent(loginrocket, headers);
    sent.into_iter().map(|(name, _)| cookies::set(loginrocket.secure, &name, "", Some(0))).collect()
}

/// Clears cookies until there is room for one of this name. Browsers send the oldest first (RFC 6265, 5.4).
fn make_room(loginrocket: &LoginRocket, headers: &HeaderMap, name: &str, length: usize) -> Vec<HeaderValue> {
    let mut others = sent(loginrocket, headers);
    others.retain(|(other, _)| other.strip_prefix(PREFIX) != Some(name));
    let mut total = length + others.iter().map(|(_, length)| length).sum::<usize>();
    let mut gone = Vec::new();
    for (other, length) in others {
        if total <= LARGEST_OF_ALL {
            break;
        }
        total -= length;
        gone.push(cookies::set(loginrocket.secure, &other, "", Some(0)));
    }
    gone
}

/// Returns names and value lengths of the page cookies that the browser sent.
fn sent(loginrocket: &LoginRocket, headers: &HeaderMap) -> Vec<(String, usize)> {
    let all = cookies::sent(headers, loginrocket.secure);
    let of_pages = all.into_iter().filter(|(name, _)| name.starts_with(PREFIX));
    of_pages.map(|(name, value)| (name, value.len())).collect()
}
