//! What the pages of so large a meeting cost.

use std::time::Instant;

use super::council::Council;
use crate::bench::BenchError;
use crate::bench::report::{Row, Times};
use crate::bench::room::line::Line;
use crate::bench::server::Server;
use crate::meetings::urls;

const REQUESTS: usize = 100;

/// One page after the other, asked for by one person alone.
pub(super) async fn measure(server: &Server, council: &Council) -> Result<Vec<Row>, BenchError> {
    let meeting = urls::meeting(council.meeting);
    let member = row(server, "the meeting, for a member", &meeting, council.member()?).await?;
    let cockpit = format!("{meeting}/cockpit");
    Ok(vec![member, row(server, "the cockpit", &cockpit, &council.chair).await?])
}

async fn row(server: &Server, what: &str, path: &str, session: &str) -> Result<Row, BenchError> {
    let mut line = Line::open(server.address()).await?;
    let mut times = Vec::new();
    let mut length = 0;
    for _ in 0..REQUESTS {
        let began = Instant::now();
        line.get(path, session).await?;
        let answer = line.answer().await?;
        times.push(began.elapsed());
        length = answer.body.len();
        if answer.status != 200 {
            return Err(BenchError(format!("{path} answered {}", answer.status)));
        }
    }
    let times: Times = times.into_iter().collect();
    let what = format!("{what}: a page of {} KB", length / 1000);
    Ok(Row::new(what, "ms", &[("p50", times.median()), ("p95", times.quantile(0.95)), ("max", times.max())]))
}
