//! A browser without scripts: it keeps cookies, reads forms and sends them. It goes on to the page of a form that was
//! answered by one, and follows nothing else by itself.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reqwest::Method;
use serde_json::Value;

use super::Answer;

/// One person's browser at one host.
pub struct Browser {
    client: reqwest::Client,
    address: String,
    host: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    pub fn new(client: reqwest::Client, address: &str, host: &str) -> Self {
        Self { client, address: address.to_owned(), host: host.to_owned(), cookies: Mutex::default() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        let answer = self.send(Method::GET, path, &[], &[]).await;
        if path.starts_with("/auth/callback") { self.settle(answer).await } else { answer }
    }

    /// Opens the page, and sends its form with these fields, as a browser would from the page itself.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await;
        self.submit_from(&page, path, fields).await
    }

    /// Sends the form of a page that is open to this path.
    pub async fn submit_from(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = csrf(&page.text);
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        let origin = format!("http://{}", self.host);
        self.send(Method::POST, path, &all, &[("origin", &origin), ("sec-fetch-site", "same-origin")]).await
    }

    pub async fn send(&self, method: Method, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(method.clone(), path, headers);
        let is_form = method == Method::POST;
        if is_form {
            request = request.form(fields);
        }
        let answer = self.answer(request).await;
        if is_form { self.settle_with(answer, headers).await } else { answer }
    }

    /// Goes on to the page that a redirect has the browser show something on.
    pub async fn settle(&self, answer: Answer) -> Answer {
        self.settle_with(answer, &[]).await
    }

    async fn settle_with(&self, answer: Answer, headers: &[(&str, &str)]) -> Answer {
        let to = answer.header("location").to_owned();
        let is_shown = answer.status == 302 && to.starts_with('/') && to.contains("form=");
        if is_shown { self.answer(self.request(Method::GET, &to, headers)).await } else { answer }
    }

    /// The same browser, with the same cookies, at another node.
    pub fn at_node(&self, address: &str) -> Self {
        let (client, cookies) = (self.client.clone(), Mutex::new(self.cookies()));
        Self { client, address: address.to_owned(), host: self.host.clone(), cookies }
    }

    /// Sends a form and stays with what it was answered.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.answer(self.request(Method::POST, path, &[]).form(fields)).await
    }

    /// Posts JSON, as a script does.
    pub async fn json(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.answer(self.request(Method::POST, path, headers).json(body)).await
    }

    fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut request = self.client.request(method, format!("{}{path}", self.address));
        request = request.header("host", &self.host).header("user-agent", "Test browser");
        let cookies = self.cookies();
        if !cookies.is_empty() {
            let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", line.join("; "));
        }
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = Answer::read(request.send().await.expect("an answer")).await;
        self.keep(&answer);
        answer
    }

    /// The cookies that the browser has.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().expect("cookies").clone()
    }

    /// Puts a cookie there, as somebody else may have done.
    pub fn plant(&self, name: &str, value: &str) {
        self.cookies.lock().expect("cookies").insert(name.to_owned(), value.to_owned());
    }

    fn keep(&self, answer: &Answer) {
        let mut cookies = self.cookies.lock().expect("cookies");
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().expect("text");
            let (name, rest) = line.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            if line.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The hidden token of the page's form.
pub fn csrf(html: &str) -> String {
    let rest = html.split_once("name=\"csrf\" value=\"").map(|(_, rest)| rest).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}
