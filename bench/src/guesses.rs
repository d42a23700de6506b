//! Account enumeration by timing: compares response times for 2,000 known and 2,000 unknown users, in turn, at the
//! login and at the forgotten password.
//!
//! The order alternates with each pair, since work after a response, such as a mail, may slow down the next request.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::hosted::Form;
use crate::report::Report;
use crate::site::Site;
use crate::wrk::ratio;

const TRIES: usize = 2_000;
/// Each pair of attempts comes from a different address, so that no limit is reached. The network is reserved for
/// benchmarks (RFC 2544).
const FIRST_ADDRESS: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
/// Maximum difference of the medians; half of what the check allows.
const MOST_MS: f64 = 0.5;

/// Measures both forms.
pub async fn compare(sites: &[Site], report: &mut Report) -> anyhow::Result<()> {
    for site in sites {
        for path in ["/login", "/password/forgot"] {
            println!("guesses at {path}, {}", site.engine);
            let (known, unknown) = tries(site, path).await?;
            let what = |what| format!("m  {path}, {what}, {}", site.engine);
            report.footprint(what("known name"), "ms", ms(median(&known)));
            report.footprint(what("unknown name"), "ms", ms(median(&unknown)));
            report.at_most(what("medians apart in ms"), ms(median(&known).abs_diff(median(&unknown))), MOST_MS);
            report.footprint(what("pairs with the known one slower"), "%", per_cent_slower(&known, &unknown));
        }
    }
    Ok(())
}

/// Returns sorted response times for known users, each tried once, and for unknown users.
async fn tries(site: &Site, path: &str) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
    let form = Form::open(site, path).await?;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for nth in 0..TRIES {
        let from = Ipv4Addr::from_bits(FIRST_ADDRESS.to_bits() + u32::try_from(nth)?);
        let somebody = (format!("{}{nth}", site.seeded.username), &mut known);
        let nobody = (format!("nobody{nth}"), &mut unknown);
        let pair = if nth % 2 == 0 { [somebody, nobody] } else { [nobody, somebody] };
        for (username, times) in pair {
            let begun = Instant::now();
            let fields = [("username", username.as_str()), ("password", "wrong-but-long-enough")];
            let answered = form.send(from.into(), &fields).await?;
            times.push(begun.elapsed());
            ensure!(answered == 302, "{path} answered {answered} to {username}");
        }
    }
    known.sort_unstable();
    unknown.sort_unstable();
    Ok((known, unknown))
}

fn median(times: &[Duration]) -> Duration {
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Returns the percentage of all pairs in which the first time is slower (the statistic of the Mann-Whitney U test).
/// Both slices must be sorted.
fn per_cent_slower(first: &[Duration], second: &[Duration]) -> f64 {
    let slower: u64 = first.iter().map(|time| second.partition_point(|other| other < time) as u64).sum();
    100.0 * ratio(slower, (first.len() * second.len()) as u64)
}
