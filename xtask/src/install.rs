//! Installs missing dependencies of the checks beyond Rust: Debian packages through apt-get (as root, or through
//! sudo), npm packages from the lock file, cargo-deny from crates.io.
//!
//! Each function returns only if its dependency works; otherwise the error names what is missing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::command::{command, found, output, root, run, succeeds, target};

/// Version of cargo-deny that `deny.toml` is written for.
const CARGO_DENY: &str = "0.20.2";

/// Version of `PyJWT`, with which the Python examples in the documentation verify tokens.
const PYJWT: &str = "2.15.1";

/// Version of schemathesis, which fuzzes the API.
const SCHEMATHESIS: &str = "4.32.5";

/// Returns the folder of PostgreSQL's server programs, of the newest version on the system.
pub(crate) fn postgres() -> Result<PathBuf> {
    if postgres_bin().is_none() {
        apt(&["postgresql"])?;
    }
    program("openssl", "openssl")?;
    postgres_bin().context("no PostgreSQL server programs (initdb, postgres) on this system")
}

/// Returns the Chromium for the browser walks.
pub(crate) fn chromium() -> Result<PathBuf> {
    let path = program("chromium", "chromium")?;
    let version = output(command(&path).arg("--version"))?;
    println!("{version}, {}", path.display());
    // Without a Japanese font, screenshots of Japanese pages would show empty boxes.
    if !output(command(program("fc-list", "fontconfig")?).arg(":lang=ja"))?.contains(':') {
        apt(&["fonts-noto-cjk"])?;
    }
    Ok(path)
}

/// Installs Node.js with its test runner, and `e2e/node_modules` from the lock file. Returns that folder.
pub(crate) fn node_modules() -> Result<PathBuf> {
    program("node", "nodejs")?;
    program("npm", "npm")?;
    let version = output(command("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|n| n.parse::<u32>().ok());
    ensure!(major.is_some_and(|n| n >= 18), "Node.js {version} has no test runner, 18 is the least");

    let e2e = root().join("e2e");
    let lock = fs::read(e2e.join("package-lock.json")).context("e2e/package-lock.json")?;
    let modules = e2e.join("node_modules");
    let installed = modules.join(".installed-lock.json");
    if fs::read(&installed).ok().as_ref() != Some(&lock) {
        run(command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&e2e))?;
        fs::write(&installed, &lock).context("cannot note what npm installed")?;
    }
    Ok(modules)
}

/// Returns the `schemathesis` command, in a separate Python environment.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    program("curl", "curl")?;
    let home = target()?.join("schemathesis").join(SCHEMATHESIS);
    let schemathesis = home.join("bin/schemathesis");
    if !succeeds(command(&schemathesis).arg("--version")) {
        python_with(&home, &format!("schemathesis=={SCHEMATHESIS}"))?;
    }
    Ok(schemathesis)
}

/// Returns a Python with `PyJWT`, with which the examples in the documentation verify tokens.
pub(crate) fn python_with_jwt() -> Result<PathBuf> {
    let home = target()?.join("pyjwt").join(PYJWT);
    let python = home.join("bin/python3");
    if !succeeds(command(&python).args(["-c", "import jwt"])) {
        python_with(&home, &format!("PyJWT=={PYJWT}"))?;
    }
    Ok(python)
}

/// Creates a Python environment with this package in this folder.
fn python_with(home: &Path, package: &str) -> Result<()> {
    program("python3", "python3")?;
    let make = || succeeds(command("python3").args(["-m", "venv", "--clear"]).arg(home));
    if !make() {
        apt(&["python3-venv"])?;
        ensure!(make(), "python3 cannot make an environment at {}", home.display());
    }
    run(command(home.join("bin/pip")).args(["install", "--quiet", package]))
}

/// Installs the languages of the documentation's examples.
pub(crate) fn languages() -> Result<()> {
    for (name, package) in [
        ("python3", "python3"),
        ("curl", "curl"),
        ("ruby", "ruby"),
        ("php", "php-cli"),
        ("go", "golang-go"),
        ("gofmt", "golang-go"),
    ] {
        program(name, package)?;
    }
    if !succeeds(command("php").args(["-r", "exit(function_exists('curl_init') ? 0 : 1);"])) {
        apt(&["php-curl"])?;
    }
    Ok(())
}

/// Installs the `cargo deny` command.
pub(crate) fn cargo_deny() -> Result<()> {
    if !succeeds(command("cargo").args(["deny", "--version"])) {
        // Its build is separate from ours, so it must not use our target directory.
        let mut install = command("cargo");
        install.args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY]).env_remove("CARGO_TARGET_DIR");
        run(&mut install)?;
    }
    Ok(())
}

/// Returns a program on the search path, installing the Debian package that contains it if necessary.
pub(crate) fn program(name: &str, package: &str) -> Result<PathBuf> {
    if found(name).is_none() {
        apt(&[package])?;
    }
    found(name).with_context(|| format!("`{name}` is missing, and the package {package} did not bring it"))
}

fn postgres_bin() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let newest = debian.filter(|(_, bin)| is_server(bin)).max_by_key(|(version, _)| *version);
    let elsewhere = || found("initdb")?.parent().map(Path::to_path_buf).filter(|bin| is_server(bin));
    newest.map(|(_, bin)| bin).or_else(elsewhere)
}

fn is_server(bin: &Path) -> bool {
    ["initdb", "postgres", "pg_isready"].iter().all(|program| bin.join(program).exists())
}

fn apt(packages: &[&str]) -> Result<()> {
    ensure!(found("apt-get").is_some(), "{} is missing and there is no apt-get: install it", packages.join(", "));
    let apt_get = |words: &[&str]| {
        let environment = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes"];
        let mut line = command(if is_root() { "env" } else { "sudo" });
        line.args(&environment[usize::from(is_root())..]).args(words);
        run(&mut line)
    };
    apt_get(&["update"])?;
    apt_get(&[&["install", "--no-install-recommends"], packages].concat())
}

/// Returns whether this process runs as root, by the owner of its entry under `/proc`.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
