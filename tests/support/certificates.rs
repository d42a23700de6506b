//! Certificates for servers in tests: an authority, one that nobody knows, and what they signed. Made once by openssl.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

const EXTENSIONS: &str = include_str!("certificates.cnf");

/// A folder with these files:
///
/// * `ca.pem`: the authority that a client is told of;
/// * `localhost.pem`, `elsewhere.pem`: signed by it, for `localhost` and for `elsewhere.example`;
/// * `stranger.pem`: for `localhost`, signed by an authority that no client is told of;
///
/// each with its `.key`.
pub fn certificates() -> PathBuf {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    MADE.get_or_init(make).path().to_owned()
}

fn make() -> TempDir {
    // It outlives the tests, since statics are not dropped; so it lies where `cargo clean` finds it.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    fs::write(folder.path().join("certificates.cnf"), EXTENSIONS).expect("written");
    let made = [
        ("ca", "authority", None),
        ("other", "authority", None),
        ("localhost", "localhost", Some("ca")),
        ("elsewhere", "elsewhere", Some("ca")),
        ("stranger", "localhost", Some("other")),
    ];
    for (name, extensions, signer) in made {
        let mut openssl = Command::new("openssl");
        openssl.args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2".split(' '));
        openssl.args(["-config", "certificates.cnf", "-extensions", extensions, "-subj", &format!("/CN={name}")]);
        openssl.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")]);
        if let Some(signer) = signer {
            openssl.args(["-CA", &format!("{signer}.pem"), "-CAkey", &format!("{signer}.key")]);
        }
        let done = openssl.current_dir(folder.path()).stderr(Stdio::null()).status().expect("openssl runs");
        assert!(done.success(), "openssl makes {name}");
    }
    folder
}
