//! End of a login, for all ways to log in.

use gantry_core::logins::LoggedIn;

use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::remembered;
use crate::site::Site;

/// Sends the browser to the app with the login token, and remembers the login.
pub fn logged_in(loginrocket: &LoginRocket, site: &Site, done: &LoggedIn, signup: bool) -> Shown {
    let url = site.destination().with_token(&done.opened.token, signup);
    page::redirect_with(loginrocket, &url, remembered::set(loginrocket, done))
}
