//! A temporary PostgreSQL cluster, created and removed within one run, independent of others on the machine.
//!
//! It listens on a free port of 127.0.0.1 only (no socket files), requires a password, supports TLS with a certificate
//! for the name `localhost`, and compares text by ICU's rules, so that tests detect a query without a byte-wise
//! collation. If this program runs as root, the server runs under the account `postgres`, since it refuses to run as
//! root. Dropping the value stops the server and removes its files. If this program is killed, the kernel ends the
//! server, and the next run removes the files.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::command::{self, command, output};
use crate::install;

const START_LIMIT: Duration = Duration::from_mins(1);
const FOLDER: &str = "gantry-postgres-";
const SETTINGS: [&str; 4] = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300", "ssl=on"];
const NO_SYNC: [&str; 3] = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"];
const CERTIFICATES: &str = include_str!("certificates.cnf");

/// Durability of a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Commits do not survive a crash, which keeps tests that create hundreds of databases quick.
    None,
    /// Commits are on disk before they are acknowledged, as in production.
    Synced,
}

/// A running cluster.
pub(crate) struct Cluster {
    home: Home,
    server: Child,
    port: u16,
    password: String,
}

impl Cluster {
    /// Creates a cluster and waits until it responds. Installs PostgreSQL if it is missing.
    pub(crate) fn start(durability: Durability) -> Result<Self> {
        let bin = install::postgres()?;
        let home = Home::create(durability)?;
        let password = secret()?;
        initialise(&bin, &home, &password)?;
        certificates(&home)?;
        // A port that was free a moment ago may be in use by now.
        let mut attempt = 1;
        loop {
            match launch(&bin, &home, durability) {
                Ok((server, port)) => return Ok(Self { home, server, port, password }),
                Err(error) if attempt == 3 => return Err(error),
                Err(_) => attempt += 1,
            }
        }
    }

    /// Returns the URL of one database for the superuser.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://gantry:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Creates an empty database and returns its URL.
    pub(crate) fn create(&self, database: &str) -> Result<String> {
        let mut psql = command(install::postgres()?.join("psql"));
        psql.arg(self.url("postgres")).args(["--quiet", "--command", &format!("CREATE DATABASE {database}")]);
        output(&mut psql)?;
        Ok(self.url(database))
    }

    /// Returns the certificate of the authority that signed the server's certificate.
    pub(crate) fn ca(&self) -> PathBuf {
        self.home.path.join("ca.pem")
    }

    /// Returns the certificate of an authority that signed nothing.
    pub(crate) fn other_ca(&self) -> PathBuf {
        self.home.path.join("other-ca.pem")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Immediate shutdown, since the files are removed anyway. The server's child processes end shortly after it.
        let stopped = command::signal(&self.server, "QUIT").and_then(|()| Ok(self.server.wait()?));
        if let Err(error) = stopped {
            eprintln!("PostgreSQL (process {}) did not stop: {error:#}", self.server.id());
        }
    }
}

/// The cluster's folder, owned by the account that the server runs under; removed on drop.
struct Home {
    path: PathBuf,
    /// User and group id of that account, if it is not the current one.
    owner: Option<(u32, u32)>,
}

impl Home {
    fn create(durability: Durability) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // The system's temporary folder may be in memory, where a sync costs nothing and measurements are meaningless.
        let parent = if durability == Durability::Synced { PathBuf::from("/var/tmp") } else { std::env::temp_dir() };
        sweep(&parent);
        let owner = if install::is_root() { Some((account("-u")?, account("-g")?)) } else { None };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("{FOLDER}{}-{number}", std::process::id()));
        fs::create_dir(&path).with_context(|| path.display().to_string())?;
        let home = Self { path, owner };
        fs::set_permissions(&home.path, fs::Permissions::from_mode(0o755))?;
        home.give(&home.path)?;
        Ok(home)
    }

    /// Changes the owner of a file or folder to the server account.
    fn give(&self, path: &Path) -> Result<()> {
        if let Some((user, group)) = self.owner {
            chown(path, Some(user), Some(group)).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    /// Creates a command that runs under the server account and ends with this program.
    fn command(&self, program: PathBuf) -> Command {
        let Some((user, group)) = self.owner else { return command::bound_to_us("INT", program) };
        let mut command = command("setpriv");
        command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".into()]);
        command.args(["--pdeathsig", "INT", "--"]).arg(program).current_dir(&self.path);
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            eprintln!("{} is left behind: {error}", self.path.display());
        }
    }
}

/// Removes the folders of runs that were killed. Their names contain the id of the process.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(FOLDER)).and_then(|rest| rest.split('-').next());
        if process.is_some_and(|id| id.parse::<u32>().is_ok() && !Path::new("/proc").join(id).exists()) {
            // Removal fails for another user's folder, which stays.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

fn account(flag: &str) -> Result<u32> {
    let id = output(command("id").args([flag, "postgres"])).context("no account `postgres` to run the server under")?;
    Ok(id.parse()?)
}

fn secret() -> Result<String> {
    use std::io::Read as _;
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

fn initialise(bin: &Path, home: &Home, password: &str) -> Result<()> {
    let password_file = home.path.join("password");
    fs::write(&password_file, password)?;
    fs::set_permissions(&password_file, fs::Permissions::from_mode(0o600))?;
    home.give(&password_file)?;
    let mut initdb = home.command(bin.join("initdb"));
    initdb.arg("--pgdata").arg(home.path.join("data")).arg("--pwfile").arg(&password_file);
    initdb.args(["--username=gantry", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]);
    initdb.args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]);
    command::echo(&initdb);
    output(&mut initdb).map(drop)
}

/// Creates two authorities, and a server certificate for `localhost` signed by the first.
fn certificates(home: &Home) -> Result<()> {
    fs::write(home.path.join("certificates.cnf"), CERTIFICATES)?;
    let authority = |name: &str| issue(home, name, &["-extensions", "authority", "-subj", "/CN=Gantry test authority"]);
    authority("ca")?;
    authority("other-ca")?;
    let signed = ["-extensions", "server", "-subj", "/CN=localhost", "-CA", "ca.pem", "-CAkey", "ca.key"];
    issue(home, "server", &signed)
}

fn issue(home: &Home, name: &str, words: &[&str]) -> Result<()> {
    let (key, certificate) = (format!("{name}.key"), format!("{name}.pem"));
    let mut openssl = command("openssl");
    openssl.args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2".split(' '));
    openssl.args(["-config", "certificates.cnf", "-keyout", &key, "-out", &certificate]).args(words);
    output(openssl.current_dir(&home.path))?;
    fs::set_permissions(home.path.join(&key), fs::Permissions::from_mode(0o600))?;
    home.give(&home.path.join(&key))
}

fn launch(bin: &Path, home: &Home, durability: Durability) -> Result<(Child, u16)> {
    let port = free_port()?;
    let log = command::target()?.join("postgres.log");
    let mut postgres = home.command(bin.join("postgres"));
    postgres.arg("-D").arg(home.path.join("data"));
    let mut settings = vec![
        format!("port={port}"),
        format!("ssl_cert_file={}", home.path.join("server.pem").display()),
        format!("ssl_key_file={}", home.path.join("server.key").display()),
    ];
    settings.extend(SETTINGS.map(String::from));
    if durability == Durability::None {
        settings.extend(NO_SYNC.map(String::from));
    }
    for setting in &settings {
        postgres.arg("-c").arg(setting);
    }
    let file = File::create(&log).with_context(|| log.display().to_string())?;
    postgres.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    command::echo(&postgres);
    let mut server = postgres.spawn().context("cannot start PostgreSQL")?;
    if let Err(error) = wait_until_ready(&mut server, bin, port) {
        drop(server.kill().and_then(|()| server.wait()));
        return Err(error.context(fs::read_to_string(&log).unwrap_or_default()));
    }
    Ok((server, port))
}

fn wait_until_ready(server: &mut Child, bin: &Path, port: u16) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < START_LIMIT {
        if let Some(status) = server.try_wait()? {
            bail!("PostgreSQL ended while it started: {status}");
        }
        let mut ready = command(bin.join("pg_isready"));
        if command::succeeds(ready.args(["--host=127.0.0.1", &format!("--port={port}"), "--timeout=1"])) {
            return Ok(());
        }
        command::pause(Duration::from_millis(50));
    }
    bail!("PostgreSQL did not answer within {} s", START_LIMIT.as_secs())
}

/// Returns a port of 127.0.0.1 on which nothing listens at this moment.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
