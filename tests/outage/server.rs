//! A server whose PostgreSQL is behind a proxy.

use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Answer, Engine, Proxy, TestServer, fresh_database};

/// Both, and the database's name.
pub struct Behind {
    pub server: TestServer,
    pub proxy: Proxy,
    pub database: String,
}

impl Behind {
    /// `parameters` follow the URL's question mark.
    pub async fn start(parameters: &str, connections: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = fresh_database(Engine::Postgres, folder.path()).await;
        let database = url.rsplit_once('/').expect("a path").1.to_owned();
        let (proxy, url) = Proxy::before(&url).await;
        let url = format!("{url}?{parameters}");
        let settings = [("database_url", &*url), ("postgres.connections", connections)];
        Self { server: TestServer::with(Engine::Postgres, &settings).await, proxy, database }
    }

    pub async fn ready(&self) -> Answer {
        let request = self.server.client.get(format!("{}/readyz", self.server.address));
        Answer::read(request.send().await.expect("an answer")).await
    }

    pub async fn write(&self, name: &str) -> Answer {
        self.server.call(Method::POST, "orgs", Some(serde_json::json!({"org": {"name": name}}))).await
    }
}

/// 503 in the API's shape, with the time after which to try again.
#[track_caller]
pub fn is_unavailable(answer: &Answer) {
    let body: Value = answer.json(503);
    assert_eq!(body["error"], "The server is busy, please try again");
    assert!(body["request_id"].as_str().is_some_and(|id| id.starts_with("rq_")), "{body}");
    assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds >= 1), "{answer:?}");
}
