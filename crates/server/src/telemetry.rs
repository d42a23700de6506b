//! Log lines: pretty on a terminal, JSON elsewhere, always to standard error.
//!
//! Guarantees that only Gantry itself logs below the level `warn`. Other libraries log the data that they handle
//! (headers, statement parameters), which may contain user input, tokens or addresses.

use std::io::IsTerminal;

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::config::{LogFormat, LogLevel};

/// Starts logging, once per process.
pub fn start(format: LogFormat, level: LogLevel) -> anyhow::Result<()> {
    let terminal = std::io::stderr().is_terminal();
    let format = match format {
        LogFormat::Auto if terminal => LogFormat::Pretty,
        LogFormat::Auto => LogFormat::Json,
        chosen => chosen,
    };
    let layer = layer(format, level, terminal, std::io::stderr);
    Ok(tracing_subscriber::registry().with(layer).try_init()?)
}

fn layer<W>(format: LogFormat, level: LogLevel, colours: bool, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let level = match level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
        LogLevel::Trace => Level::TRACE,
    };
    // The target matches every crate whose name begins with it.
    let filter =
        Targets::new().with_default(LevelFilter::WARN.min(level.into())).with_target(env!("CARGO_PKG_NAME"), level);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colours);
    match format {
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).with_filter(filter).boxed(),
        LogFormat::Auto | LogFormat::Pretty => lines.compact().with_target(false).with_filter(filter).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Returns the log output of this test's events.
    fn logged(format: LogFormat, level: LogLevel) -> String {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let writer = { Arc::clone(&lines) };
        let subscriber =
            tracing_subscriber::registry().with(layer(format, level, false, move || Lines(Arc::clone(&writer))));
        tracing::subscriber::with_default(subscriber, || {
            let _span = tracing::info_span!(target: "gantry_api", "request", id = "rq_1").entered();
            tracing::info!(target: "gantry_core::users", count = 3, "ours");
            tracing::debug!(target: "gantry", "ours, detailed");
            tracing::info!(target: "hyper::proto", "theirs");
            tracing::warn!(target: "hyper::proto", "theirs, important");
        });
        let lines = lines.lock().expect("the lines").clone();
        String::from_utf8(lines).expect("text")
    }

    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("the lines").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn json_lines_hold_the_fields_and_the_request() {
        let log = logged(LogFormat::Json, LogLevel::Info);
        let first: serde_json::Value = serde_json::from_str(log.lines().next().expect("a line")).expect("JSON");
        assert_eq!(first["level"], "INFO");
        assert_eq!(first["message"], "ours");
        assert_eq!(first["count"], 3);
        assert_eq!(first["target"], "gantry_core::users");
        assert_eq!(first["span"]["id"], "rq_1");
    }

    #[test]
    fn other_libraries_are_heard_only_when_it_matters() {
        for format in [LogFormat::Json, LogFormat::Pretty] {
            let info = logged(format, LogLevel::Info);
            assert_eq!(info.lines().count(), 2, "{info}");
            assert!(info.contains("theirs, important"), "{info}");
            let trace = logged(format, LogLevel::Trace);
            assert_eq!(trace.lines().count(), 3, "{trace}");
            assert!(trace.contains("ours, detailed"), "{trace}");
            assert_eq!(logged(format, LogLevel::Error), "");
        }
    }
}
