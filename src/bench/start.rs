//! From nothing to serving.

use super::ground::Ground;
use super::report::{Row, Times};
use super::server::Server;
use super::{BenchError, Measured};

const STARTS: usize = 5;

pub(super) async fn measure(ground: &Ground) -> Measured {
    // The schema is made once in the life of an office, not at each start.
    let app = ground.open().await?;
    let database = app.db.kind();
    drop(app);
    let (mut starts, mut held) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = Server::start(ground.config()).await?;
        starts.push(server.started_in);
        held.push(server.memory().await?.resident);
        server.stop().await?;
    }
    held.sort_by(f64::total_cmp);
    let median = held.get(STARTS / 2).copied().ok_or_else(|| BenchError("nothing was measured".into()))?;
    let starts: Times = starts.into_iter().collect();
    let rows = vec![
        Row::new(
            "cold start to serving",
            "ms",
            &[("median", starts.median()), ("min", starts.quantile(0.0)), ("max", starts.max())],
        ),
        Row::new("resident memory when ready", "MiB", &[("median", median)]),
    ];
    Ok((
        rows,
        vec![format!("{STARTS} starts on {database} with an up-to-date schema, until /health/ready says ok")],
    ))
}
