//! `/browser/forget`: the browser is no longer a trusted browser of any user. A remembered login remains.

use axum::extract::State;
use axum::http::StatusCode;
use minijinja::context;

use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::{Message, PageState, Phrase};
use crate::remembered;
use crate::site::Site;

const PATH: &str = "/browser/forget";

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    let (back_url, back) = site.way_on();
    let about = context! { action => site.kept.action(PATH), keep => site.kept.query(), back_url, back };
    page::show(&loginrocket, &site, StatusCode::OK, "loginrocket/forget_browser.html", about)
}

pub async fn submit(loginrocket: LoginRocket, form: Form) -> Shown {
    let done = Message::new(200, "forget-done-title", Phrase::plain("forget-done"));
    let shown = PageState::says(done).show_at(&loginrocket, &form.site, PATH);
    shown.with_cookie(remembered::clear_browser(&loginrocket))
}
