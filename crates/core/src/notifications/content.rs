//! Data of a mail as of its event. Stored sealed, since it holds one-time tokens; erased once the mail is finished.

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::Subject;
use crate::users::User;

/// Recipient and template data of a mail. Has no `Debug`: it holds the token.
#[derive(Clone, Serialize, Deserialize)]
pub struct Content {
    /// Recipient address.
    pub to: String,
    /// One-time token, if the mail carries one.
    pub token: Option<String>,
    /// Id of the user, `usr_…`.
    pub user_id: String,
    /// Username in lower case.
    pub username: String,
    /// The user's address, even if the mail goes to another one.
    pub email: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Full name, or the username if there is none.
    pub name: String,
    /// Custom attributes.
    pub custom: Value,
    /// Id of the Connected App on whose pages the process began.
    pub connected_app_id: Option<String>,
    /// Redirect URI of the app for the end of the process.
    pub redirect_uri: Option<String>,
    /// Language of the page on which the process began.
    #[serde(default)]
    pub locale: Option<String>,
}

impl Content {
    pub(super) fn of(user: &User, to: &str, subject: Subject<'_>) -> Self {
        Self {
            to: to.to_owned(),
            token: subject.token.map(|token| token.expose_secret().to_owned()),
            user_id: user.id.clone(),
            username: user.username.clone(),
            email: user.email.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            name: user.name.clone(),
            custom: user.custom.value(),
            connected_app_id: subject.place.map(|place| place.connected_app.clone()),
            redirect_uri: subject.place.and_then(|place| place.redirect_uri.clone()),
            locale: subject.place.map(|place| place.locale.clone()),
        }
    }

    /// Returns sample data for trying out a mail.
    pub(super) fn sample(to: &str) -> Self {
        let some = |text: &str| Some(text.to_owned());
        Self {
            to: to.to_owned(),
            token: some("sample"),
            user_id: "usr_0000000000000000000000".to_owned(),
            username: "ada".to_owned(),
            email: some("ada@example.com"),
            first_name: some("Ada"),
            last_name: some("Lovelace"),
            name: "Ada Lovelace".to_owned(),
            custom: Value::Object(serde_json::Map::new()),
            connected_app_id: None,
            redirect_uri: None,
            locale: None,
        }
    }

    pub(super) fn sealed(&self, core: &Core, notification: &str) -> Result<Vec<u8>> {
        let text = serde_json::to_vec(self).map_err(Error::internal)?;
        Ok(core.master.seal(&place(notification), &text, &core.random))
    }

    pub(super) fn opened(core: &Core, notification: &str, sealed: &[u8]) -> Result<Self> {
        let text = core.master.open(&place(notification), sealed).map_err(Error::internal)?;
        serde_json::from_slice(&text).map_err(Error::internal)
    }
}

fn place(notification: &str) -> String {
    format!("notifications/{notification}/content")
}
