//! The programs that build and deploy, and what they built.

use super::Finding;

/// Builds the dependency tree once for all functions; older releases build it once for each
/// (aws-lambda-builders before 1.67, aws/aws-lambda-builders#900).
const SAM: [u32; 3] = [1, 170, 0];
/// The release that this repository is built with.
const CARGO_LAMBDA: [u32; 3] = [1, 9, 0];

/// Whether SAM is there and recent enough. `output` is that of `sam --version`; `None`: there is no such program.
pub fn sam(output: Option<&str>) -> Finding {
    let install = "install it: pip install 'aws-sam-cli>=1.170'";
    let Some(output) = output else {
        return Finding::blocker("sam", "the AWS SAM CLI is not installed", install);
    };
    let Some(version) = version(output) else {
        return Finding::note("sam", format!("`{}` is no known version", output.trim()), install);
    };
    if version < SAM {
        return Finding::blocker(
            "sam",
            format!(
                "SAM CLI {} builds all dependencies once for every function, which takes hours",
                dotted(version)
            ),
            "update it: pip install --upgrade 'aws-sam-cli>=1.170'",
        );
    }
    Finding::ok("sam", format!("SAM CLI {}", dotted(version)))
}

/// Whether cargo-lambda is there and recent enough. `output` is that of `cargo lambda --version`.
pub fn cargo_lambda(output: Option<&str>) -> Finding {
    let install = "install it: pip install --upgrade 'cargo-lambda>=1.9', or deploy a packaged template with --template";
    let Some(version) = output.and_then(version) else {
        return Finding::blocker(
            "sam",
            "cargo-lambda is not installed, so functions cannot be built",
            install,
        );
    };
    if version < CARGO_LAMBDA {
        return Finding::warning(
            "sam",
            format!("cargo-lambda {} is older than 1.9", dotted(version)),
            install,
        );
    }
    Finding::ok("sam", format!("cargo-lambda {}", dotted(version)))
}

/// Whether the functions that were built fit the parameter. `built` has a bootstrap's name and its first bytes.
pub fn architecture(wanted: &str, built: &[(String, Vec<u8>)]) -> Finding {
    let machine = |head: &[u8]| match head.get(18..20) {
        Some([0x3e, 0]) if head.starts_with(b"\x7fELF") => "x86_64",
        Some([0xb7, 0]) if head.starts_with(b"\x7fELF") => "arm64",
        _ => "unknown",
    };
    if built.is_empty() {
        return Finding::blocker("artefacts", "nothing is built", "leave out --no-build, or run `sam build`");
    }
    match built.iter().find(|(_, head)| machine(head) != wanted) {
        Some((name, head)) => Finding::blocker(
            "artefacts",
            format!("{name} is built for {}, and Architecture is {wanted}", machine(head)),
            format!(
                "only a build decides it: leave out --no-build, or run \
                 `sam build --parameter-overrides Architecture={wanted}`"
            ),
        ),
        None => Finding::ok("artefacts", format!("{} functions are built for {wanted}", built.len())),
    }
}

/// The first version number in a text.
fn version(text: &str) -> Option<[u32; 3]> {
    text.split_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches('v').split('.').map(|part| {
            part.split(|letter: char| !letter.is_ascii_digit()).next().and_then(|digits| digits.parse().ok())
        });
        let (major, minor) = (numbers.next()??, numbers.next()??);
        Some([major, minor, numbers.next().flatten().unwrap_or(0)])
    })
}

fn dotted([major, minor, patch]: [u32; 3]) -> String {
    format!("{major}.{minor}.{patch}")
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn sam_before_1_170_builds_the_dependencies_too_often() {
        assert_eq!(sam(Some("SAM CLI, version 1.170.0\n")).level, Level::Ok);
        assert_eq!(sam(Some("SAM CLI, version 2.0.1")).level, Level::Ok);
        let old = sam(Some("SAM CLI, version 1.169.9"));
        assert_eq!(old.level, Level::Blocker);
        assert!(old.advice.unwrap().contains("pip install"));
        assert_eq!(sam(None).level, Level::Blocker);
    }

    #[test]
    fn cargo_lambda_is_needed_to_build() {
        assert_eq!(cargo_lambda(Some("cargo-lambda 1.9.2 (abc 2026-10-01)")).level, Level::Ok);
        assert_eq!(cargo_lambda(Some("cargo-lambda 1.6.3")).level, Level::Warning);
        assert!(cargo_lambda(None).advice.unwrap().contains("--template"));
    }

    #[test]
    fn code_for_another_processor_blocks() {
        let head = |machine: u8| {
            let mut head = b"\x7fELF\x02\x01\x01".to_vec();
            head.resize(18, 0);
            head.extend([machine, 0]);
            head
        };
        let arm = ("GetFileFunction".to_owned(), head(0xb7));
        let intel = ("GetFileFunction".to_owned(), head(0x3e));
        assert_eq!(architecture("arm64", std::slice::from_ref(&arm)).level, Level::Ok);
        let finding = architecture("x86_64", &[intel, arm]);
        assert_eq!(finding.level, Level::Blocker);
        assert_eq!(finding.fact, "GetFileFunction is built for arm64, and Architecture is x86_64");
        assert_eq!(architecture("arm64", &[]).level, Level::Blocker);
    }
}
