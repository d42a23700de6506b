//! Runs commands in the repository's root. Prints each before it runs; a failing command is an error.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

/// Returns the root of the checkout from which this automation was built.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("/"))
}

/// Returns Cargo's target directory, however it was configured: this program is in `<target>/debug`.
pub(crate) fn target() -> Result<PathBuf> {
    let program = std::env::current_exe().context("where does this program lie?")?;
    let target = program.ancestors().nth(2).context("not started through cargo")?;
    Ok(target.to_path_buf())
}

/// Creates a command that runs in the repository's root.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Creates a Cargo command with `words` that uses this program's target directory.
pub(crate) fn cargo(words: &str) -> Result<Command> {
    let mut command = command("cargo");
    command.args(words.split_whitespace()).env("CARGO_TARGET_DIR", target()?);
    Ok(command)
}

/// Prints the command and runs it to its end. Returns an error if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    echo(command);
    let status = command.status().with_context(|| format!("cannot start {}", name(command)))?;
    ensure!(status.success(), "{} failed: {status}", name(command));
    Ok(())
}

/// Returns the trimmed output of the command. An error contains its standard error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", name(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        bail!("{} failed: {}\n{said}", line(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Returns whether the command runs and succeeds. Prints nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}

/// Returns the path of a program on the search path.
pub(crate) fn found(program: &str) -> Option<PathBuf> {
    let mut shell = command("sh");
    shell.args(["-c", "command -v \"$1\"", "sh", program]);
    output(&mut shell).ok().filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Creates a command whose process is signalled by the kernel when this program ends in any way, so that nothing
/// survives a Ctrl-C. The process keeps the id of the spawned child.
pub(crate) fn bound_to_us(signal: &str, program: impl AsRef<OsStr>) -> Command {
    let mut command = command("setpriv");
    command.args(["--pdeathsig", signal]).arg("--").arg(program);
    command
}

/// Sends a signal to a child process. `signal` is its name without `SIG`.
pub(crate) fn signal(child: &Child, signal: &str) -> Result<()> {
    let mut shell = command("sh");
    shell.args(["-c", "kill -s \"$1\" \"$2\"", "sh", signal, &child.id().to_string()]);
    output(&mut shell).map(drop)
}

/// Runs one step: prints a headline, does the work, and prints how long it took.
pub(crate) fn step(headline: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("\n== {headline}");
    let start = Instant::now();
    let result = work();
    let seconds = start.elapsed().as_secs_f64();
    match &result {
        Ok(()) => println!("== {headline}: ok, {seconds:.1} s"),
        Err(_) => println!("== {headline}: FAILED after {seconds:.1} s"),
    }
    result.with_context(|| headline.to_owned())
}

/// Prints a command line.
pub(crate) fn echo(command: &Command) {
    println!("$ {}", line(command));
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// Waits between polls of a process that cannot signal when it is ready.
#[expect(clippy::disallowed_methods, reason = "a foreign server offers nothing to wait on")]
pub(crate) fn pause(time: std::time::Duration) {
    std::thread::sleep(time);
}
