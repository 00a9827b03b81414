//! Rotates the secret of share links. An operator invokes it; it has no route.

use satchel_links::{LinkRotation, Renewal, Rotated, RotationError};
use satchel_model::clock::Clock;
use satchel_runtime::telemetry::chain;
use satchel_runtime::{Diagnostic, Invocation, app};
use serde::{Deserialize, Serialize};
use tracing::info;

/// Milliseconds before the function's timeout at which a run starts no further page.
const RESERVE: u64 = 20_000;

app! {
    /// What this function needs.
    pub struct App { links: LinkRotation, clock: Clock }
}

/// The operator's order: `{"generation":2}` or, after a leak, `{"generation":2,"drop":true}`.
///
/// The same order can be repeated; it continues where the last run stopped.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The generation that is to be current: the present one, or the one after it.
    pub generation: u32,
    /// Whether to derive all links anew, so that no URL from before works.
    #[serde(default)]
    pub drop: bool,
}

/// How far the rotation is.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub generation: u32,
    /// Whether the order is carried out; if not, repeat it.
    pub done: bool,
    /// Seconds to wait before the order is repeated: until then, functions may use the earlier secret.
    pub wait_seconds: i64,
    /// How many links got a new URL in this run.
    pub renewed: u64,
    /// How many links with random tokens were deleted in this run.
    pub ended: u64,
}

/// Why the order failed.
#[derive(Debug)]
pub struct NotRotated(RotationError);

impl From<NotRotated> for Diagnostic {
    fn from(NotRotated(failure): NotRotated) -> Self {
        Self { error_type: "LinksNotRotated".to_owned(), error_message: chain(&failure) }
    }
}

/// Makes a generation of the secret current and, if the order says `drop`, gives every link a new URL.
///
/// # Errors
/// If the generation is not the next one, or a service fails.
pub async fn handle(
    app: &'static App,
    Invocation { payload: order, deadline }: Invocation<Order>,
) -> Result<Report, NotRotated> {
    let rotated = app.links.turn_to(order.generation).await.map_err(NotRotated)?;
    let mut report = Report { generation: order.generation, ..Report::default() };
    if !order.drop {
        report.done = true;
    } else if rotated.wait_seconds > 0 {
        report.wait_seconds = rotated.wait_seconds;
    } else {
        renew(app, &rotated, deadline, &mut report).await.map_err(NotRotated)?;
    }
    info!(
        links.generation = report.generation,
        links.renewed = report.renewed,
        links.ended = report.ended,
        links.done = report.done,
        "share links rotated"
    );
    Ok(report)
}

/// Derives all links anew, page by page, until the end or until the time runs out.
async fn renew(
    app: &App,
    rotated: &Rotated,
    deadline: u64,
    report: &mut Report,
) -> Result<(), RotationError> {
    let mut from = None;
    loop {
        let (links, more) = app.links.links(from).await?;
        for link in links {
            match app.links.renew(&link, &rotated.secret).await? {
                Renewal::Renewed => report.renewed += 1,
                Renewal::Ended => report.ended += 1,
                Renewal::Unchanged => {}
            }
        }
        from = more;
        if from.is_none() {
            app.links.forget_earlier().await?;
            report.done = true;
            return Ok(());
        }
        let now = u64::try_from(app.clock.now().as_millisecond()).unwrap_or_default();
        if now > deadline.saturating_sub(RESERVE) {
            return Ok(());
        }
    }
}
