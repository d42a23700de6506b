//! Gantry on one engine, filled and running.

use std::path::{Path, PathBuf};

use crate::seed::Seeded;
use crate::server::Server;

/// Gantry on one engine.
pub struct Site {
    /// Database engine: `SQLite` or `PostgreSQL`.
    pub engine: &'static str,
    pub seeded: Seeded,
    pub server: Server,
    program: PathBuf,
    data: PathBuf,
    url: String,
    client: reqwest::Client,
}

impl Site {
    /// Fills a fresh installation and starts the program on it.
    pub async fn make(
        engine: &'static str,
        program: &Path,
        data: PathBuf,
        url: &str,
        users: usize,
    ) -> anyhow::Result<Self> {
        println!("filling {engine}");
        let seeded = crate::seed::fill(&data, url, users).await?;
        Self::open(engine, program, data, url, seeded).await
    }

    /// Starts the program on a filled installation.
    pub async fn open(
        engine: &'static str,
        program: &Path,
        data: PathBuf,
        url: &str,
        seeded: Seeded,
    ) -> anyhow::Result<Self> {
        let server = start(program, &data, url).await?;
        let client = reqwest::Client::builder().build()?;
        Ok(Self { engine, seeded, server, program: program.to_owned(), data, url: url.to_owned(), client })
    }

    /// Stops the server and starts it again on the same installation.
    pub async fn restart(self) -> anyhow::Result<Self> {
        self.server.stop().await?;
        let server = start(&self.program, &self.data, &self.url).await?;
        Ok(Self { server, ..self })
    }

    /// Stops the server.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.server.stop().await
    }

    /// Creates an authenticated request to the API.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("http://{}/v1/{path}", self.server.address));
        let request = request.header("x-authrocket-api-key", &self.seeded.api_key);
        request.header("x-authrocket-realm", &self.seeded.realm)
    }
}

async fn start(program: &Path, data: &Path, url: &str) -> anyhow::Result<Server> {
    let data = data.display().to_string();
    Server::start(program, &["serve", "--data", &data, "--database-url", url]).await
}
