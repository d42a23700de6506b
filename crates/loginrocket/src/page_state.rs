//! What a page shows after a form: what was wrong with it and what was typed, what has come of it, or which step is next.
//!
//! Every form is answered by a redirect to a page, so that Back, a reload and a restored tab show that page again. The
//! browser keeps what the page needs for that in a cookie; the page's address holds only the cookie's name.
//!
//! Guarantees: the cookie is sealed, and opens only for the app, the page and the name that it was made for, and for so
//! long. No password and no code is in it. Each tab has a cookie of its own; all of a browser together stay under 4 KB.

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

/// How the cookies' names begin.
const PREFIX: &str = "gantry_page_";
/// How long a page is shown again, in seconds.
const LIFETIME_S: i64 = 30 * 60;
/// Most bytes of one cookie's value.
const LARGEST: usize = 3000;
/// Most bytes of all values together.
const LARGEST_OF_ALL: usize = 4000;
/// Characters of a name.
const NAME: usize = 20;
/// Longest name that is read.
const LONGEST_NAME: usize = 24;

/// What a page shows after a form.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct PageState {
    /// What was typed, by field.
    pub values: Vec<(String, String)>,
    /// What is wrong with the fields.
    pub problems: Vec<Problem>,
    /// What is wrong with the form as a whole: the key of a sentence.
    pub error: Option<Phrase>,
    /// Allows the next step; goes into the page's form.
    pub token: Option<String>,
    /// What the page says instead of showing a form.
    pub message: Option<Message>,
}

/// A broken rule of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field's name.
    pub field: String,
    /// A stable machine-readable word: `blank`, `too_long`, `taken`, …
    pub code: String,
    /// The rule's own sentence.
    pub text: String,
}

/// A sentence of the page's language.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Phrase {
    /// Its key.
    pub key: String,
    /// What it says of whom: names and values.
    pub words: Vec<(String, String)>,
}

/// A page that only says something, and leads on.
#[derive(Debug, Serialize, Deserialize)]
pub struct Message {
    /// The page's status.
    pub status: u16,
    /// The key of its title.
    pub title: String,
    /// What it says.
    pub text: Phrase,
    /// Where it leads; none: wherever a page of this site leads.
    pub way_on: Option<WayOn>,
    /// Seconds until a form can be sent again.
    pub retry_after: Option<u64>,
}

/// Where a message leads, beside the way that all pages have.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum WayOn {
    /// To ask for another link.
    AnotherLink,
}

/// What the cookie holds.
#[derive(Serialize, Deserialize)]
struct Envelope {
    /// Epoch milliseconds.
    until: i64,
    state: PageState,
}

impl Phrase {
    /// A sentence that says the same of everybody.
    pub fn plain(key: &str) -> Self {
        Self { key: key.to_owned(), words: Vec::new() }
    }

    /// A sentence with a value in it.
    pub fn with(key: &str, name: &str, value: &str) -> Self {
        Self { key: key.to_owned(), words: vec![(name.to_owned(), value.to_owned())] }
    }

    /// In the visitor's language.
    pub fn say(&self, site: &Site) -> String {
        let words: Vec<(&str, &str)> = self.words.iter().map(|(name, value)| (&**name, &**value)).collect();
        site.reader.language.say_with(&self.key, &words).into_owned()
    }
}

impl Message {
    /// A page of these keys.
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
    /// A form with broken rules, and what was typed.
    pub fn refused(problems: &[FieldError], values: Vec<(&str, &str)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { values, problems: problems.iter().map(Problem::from).collect(), ..Self::default() }
    }

    /// A page that says this.
    pub fn says(message: Message) -> Self {
        Self { message: Some(message), ..Self::default() }
    }

    /// The next step, which this token allows.
    pub fn step(token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::default() }
    }

    /// With one more value.
    pub fn with_value(mut self, name: &str, value: &str) -> Self {
        self.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What was typed into a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Whether a form was refused.
    pub fn is_refused(&self) -> bool {
        self.error.is_some() || !self.problems.is_empty()
    }

    /// What the browser keeps for the page that the site was asked for.
    pub fn of(loginrocket: &LoginRocket, site: &Site) -> Option<Self> {
        let name = site.kept.form.as_deref()?;
        let value = cookies::read(&site.headers, loginrocket.secure, &format!("{PREFIX}{name}"))?;
        let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
        let text = browser_seal::open(&loginrocket.core, &place(site, &site.path, name), &sealed)?;
        let Envelope { until, state } = serde_json::from_str(text.expose_secret()).ok()?;
        (until > loginrocket.core.clock.now_ms()).then_some(state)
    }

    /// Sends the browser to the page at this path, which shows this.
    pub fn show_at(self, loginrocket: &LoginRocket, site: &Site, path: &str) -> Shown {
        let (name, cookies) = self.keep(loginrocket, site, path);
        page::redirect_with(loginrocket, &site.kept.at_form(path, &name), cookies)
    }

    /// Has the browser keep this for the page that is shown now, so that its links to other languages need no secret.
    pub fn keep_for_links(self, loginrocket: &LoginRocket, site: &mut Site) -> Vec<HeaderValue> {
        let (name, cookies) = self.keep(loginrocket, site, &site.path);
        site.reader.leads_to(&site.kept, &name);
        site.kept.form = Some(name);
        cookies
    }

    /// The name that the browser keeps it under, and the cookies for that.
    fn keep(self, loginrocket: &LoginRocket, site: &Site, path: &str) -> (String, Vec<HeaderValue>) {
        let name = site.kept.form.clone().unwrap_or_else(|| fresh_name(loginrocket, site));
        let value = self.sealed(loginrocket, &place(site, path, &name));
        let mut cookies = make_room(loginrocket, &site.headers, &name, value.len());
        cookies.push(cookies::set(loginrocket.secure, &format!("{PREFIX}{name}"), &value, Some(LIFETIME_S)));
        (name, cookies)
    }

    /// Gives up the longest values where it is too large, which no person's form is.
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

/// Is the value's place, so that it opens nowhere else.
fn place(site: &Site, path: &str, name: &str) -> String {
    format!("page/{}{path}/{name}", site.app.id)
}

/// Two sendings of one form are led to the same page.
fn fresh_name(loginrocket: &LoginRocket, site: &Site) -> String {
    let name = match &site.actor.origin.submission {
        Some(submission) => hex::encode(&submission.hash()),
        None => token::generate(None, &loginrocket.core.random),
    };
    name[..NAME].to_owned()
}

/// A name as an address tells it, if it may be one.
pub fn name(text: String) -> Option<String> {
    let is_name = (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some(text)
}

/// Takes away what the browser keeps of this name.
pub fn clear(loginrocket: &LoginRocket, site: &Site) -> Option<HeaderValue> {
    let name = format!("{PREFIX}{}", site.kept.form.as_deref()?);
    cookies::read(&site.headers, loginrocket.secure, &name)?;
    Some(cookies::set(loginrocket.secure, &name, "", Some(0)))
}

/// Takes away all that the browser keeps for pages.
pub fn clear_all(loginrocket: &LoginRocket, headers: &HeaderMap) -> Vec<HeaderValue> {
    let sent = sent(loginrocket, headers);
    sent.into_iter().map(|(name, _)| cookies::set(loginrocket.secure, &name, "", Some(0))).collect()
}

/// Takes cookies away until one more of this name has room. Browsers send the oldest first (RFC 6265, 5.4).
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

/// Short names and lengths of the cookies that the browser sent for pages.
fn sent(loginrocket: &LoginRocket, headers: &HeaderMap) -> Vec<(String, usize)> {
    let all = cookies::sent(headers, loginrocket.secure);
    let of_pages = all.into_iter().filter(|(name, _)| name.starts_with(PREFIX));
    of_pages.map(|(name, value)| (name, value.len())).collect()
}
