//! `cargo run -p local`: a SAM template on this machine, Satchel's unless another is named, until Ctrl-C.

use std::process::ExitCode;

use clap::Parser as _;
use local::{Options, ReadyAfter, Stack};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options { print: true, ready_after: ReadyAfter::FirstFunctions, ..Options::parse() };
    // s3s reports each 403 and 412 that it answers as an error of its own.
    let levels = Targets::new().with_default(LevelFilter::WARN).with_target("s3s", LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines).with(levels).init();
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let title = options.profile().title;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut stopped = async || {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    // Stopping while it starts drops what has been started, and that ends it.
    let stack = tokio::select! {
        started = Stack::start(options) => started?,
        () = stopped() => return Ok(()),
    };
    announce(&stack, &title);
    stopped().await;
    // A second time means: at once.
    tokio::select! {
        () = stack.stop() => {}
        () = stopped() => {}
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is for the person at the terminal")]
fn announce(stack: &Stack, title: &str) {
    if stack.deployment().routes.iter().any(|route| route.method == "GET" && route.path == "/") {
        println!("Open {}", stack.api_url());
    }
    println!("{title} is ready; Ctrl-C stops it.");
    println!("  API       {}", stack.api_url());
    println!("  Mail      {}", stack.mail_url());
    println!("  S3        {}", stack.s3_url());
    println!("  DynamoDB  {}", stack.dynamodb_url());
    if let Some(url) = stack.containers_url() {
        let file = stack.data().file("sam-env.json");
        println!("  sam local {url}, with --env-vars {}", file.display());
    }
}
