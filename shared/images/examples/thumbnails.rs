//! Makes thumbnails of a picture repeatedly, and prints the time and memory: `thumbnails <picture> [rounds] [folder for
//! thumbnails, or -] [sizes, separated by commas]`.
//!
//! Prints one JSON line, which `bench/thumbnails/run.mjs` and `bench/extremes/run.py` read: the mean processor time of
//! a round in milliseconds (wall time if there is no /proc), and the peak memory of the process in MiB.

use std::{env, error::Error, fs, path::Path, time::Instant};

use satchel_images::{Limits, Rendered, render};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let path = arguments.first().ok_or("usage: thumbnails <picture> [rounds] [folder]")?;
    let rounds: u32 = arguments.get(1).map_or(Ok(1), |rounds| rounds.parse())?;
    let sizes = arguments.get(3).map_or("400,200", String::as_str);
    let sizes: Vec<u32> = sizes.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let bytes = fs::read(path)?;
    let thumbnails =
        || -> Result<Rendered, Box<dyn Error>> { Ok(render(&bytes, &sizes, &Limits::default())?) };

    // The first round is a warm-up, and is not measured.
    for rendition in thumbnails()?.renditions {
        if let Some(folder) = arguments.get(2).filter(|folder| *folder != "-") {
            let name = format!("{}.{}", rendition.size, rendition.extension);
            fs::write(Path::new(folder).join(name), rendition.bytes)?;
        }
    }
    let (wall, processor) = (Instant::now(), processor_time());
    for _ in 0..rounds {
        thumbnails()?;
    }
    let took = match (processor, processor_time()) {
        (Some(before), Some(after)) => after - before,
        _ => wall.elapsed().as_secs_f64() * 1e3,
    };
    let (round, peak) = (took / f64::from(rounds), peak_memory().unwrap_or(0.0));
    #[expect(clippy::print_stdout, reason = "the output of a program")]
    {
        println!(r#"{{"ms": {round:.2}, "mib": {peak:.1}}}"#);
    }
    Ok(())
}

/// The processor time of this thread in milliseconds.
fn processor_time() -> Option<f64> {
    let schedule = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = schedule.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e6)
}

fn peak_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}
