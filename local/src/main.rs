//! `cargo run -p local`: the whole of Satchel on this machine, until Ctrl-C.

use std::process::ExitCode;

use clap::Parser as _;
use local::{Options, Stack};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options { print: true, ..Options::parse() };
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(LevelFilter::WARN).init();
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
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
    announce(&stack);
    stopped().await;
    // A second time means: at once.
    tokio::select! {
        () = stack.stop() => {}
        () = stopped() => {}
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is for the person at the terminal")]
fn announce(stack: &Stack) {
    println!("Satchel is ready; Ctrl-C stops it.");
    println!("  API       {}", stack.api_url());
    println!("  Mail      {}/_local/mail", stack.api_url());
    println!("  S3        {}", stack.s3_url());
    println!("  DynamoDB  {}", stack.dynamodb_url());
}
