//! Makes a thumbnail of each picture in a folder: `corpus <folder> <folder for thumbnails> <size>`.
//!
//! Prints a line for each picture, which `.ci/corpus/compare.py` reads. Its fields are separated by tabs: the name of
//! the picture, and then either `ok`, width, height and the name of the thumbnail, or `error` and the reason.

use std::{env, error::Error, fs, path::Path};

use satchel_images::{Limits, render};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [from, to, size] = arguments.as_slice() else {
        return Err("usage: corpus <folder> <folder for thumbnails> <size>".into());
    };
    let size: u32 = size.parse()?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if !path.is_file() {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let line = match render(&fs::read(&path)?, &[size], &Limits::default()) {
            Ok(rendered) => {
                let mut thumbnail = String::new();
                for rendition in &rendered.renditions {
                    thumbnail = format!("{name}.{}", rendition.extension);
                    fs::write(Path::new(to).join(&thumbnail), &rendition.bytes)?;
                }
                format!("{name}\tok\t{}\t{}\t{thumbnail}", rendered.width, rendered.height)
            }
            Err(error) => format!("{name}\terror\t{error}"),
        };
        #[expect(clippy::print_stdout, reason = "the output of a program")]
        {
            println!("{line}");
        }
    }
    Ok(())
}
