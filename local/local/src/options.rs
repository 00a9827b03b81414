//! What the local stack is asked to do: the command line's options, which tests fill in directly.

use std::path::{Path, PathBuf};

use clap::Parser;

use super::profile::Profile;
use super::stack::Containers;

/// Runs a SAM template on this machine: no AWS account, no Docker.
///
/// Any template of HTTP APIs, S3 events, table streams and schedules will do, whose functions are executables that speak
/// the Lambda Runtime API. Without --template it is Satchel's own.
#[derive(Debug, Clone, Parser)]
#[command(name = "local", version)]
pub struct Options {
    /// Port of the API; S3 and DynamoDB take the next two. 0 picks free ports.
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// Folder that keeps tables, objects, mail and secrets between runs.
    #[arg(long, value_name = "FOLDER", default_value = ".local")]
    pub data_dir: PathBuf,
    /// Keep nothing: a fresh folder that goes when the stack stops.
    #[arg(long)]
    pub ephemeral: bool,
    /// Build and run the functions with the release profile.
    #[arg(long)]
    pub release: bool,
    /// Set a parameter of the template; may be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// The template to run [default: template.yaml of this workspace, which is Satchel's].
    #[arg(long, value_name = "PATH")]
    pub template: Option<PathBuf>,
    /// The cargo workspace whose binaries are the functions, each named like the last folder of its `CodeUri`
    /// [default: the template's folder].
    #[arg(long, value_name = "FOLDER")]
    pub workspace: Option<PathBuf>,
    /// Run the function binaries of this folder instead of building a workspace.
    #[arg(long, value_name = "FOLDER")]
    pub binaries: Option<PathBuf>,
    /// What surrounds the template. plain: nothing. satchel: the front door, the names and the words of the mail page
    /// that Satchel has [default: satchel for the template of this workspace, else plain].
    #[arg(long, value_name = "NAME", value_parser = Profile::named)]
    pub profile: Option<Profile>,
    /// `AWS::StackName`, which begins the names of resources without a name [default: the profile's].
    #[arg(long, value_name = "NAME")]
    pub stack_name: Option<String>,
    /// Let containers use the stack: `sam local invoke` and `sam local start-api` with --env-vars and the file
    /// sam-env.json of the data folder. Listens on another port, the fourth, at the address of Docker's bridge, or at
    /// ADDRESS.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, require_equals = true, default_missing_value = "docker",
        value_parser = Containers::named)]
    pub sam: Option<Containers>,
    /// Do not run FUNCTION for events of buckets, tables and schedules; may be repeated. Its last event is in
    /// events/FUNCTION.json of the data folder, for `sam local invoke` or a debugger.
    #[arg(long, value_name = "FUNCTION")]
    pub hold: Vec<String>,
    /// Write progress and the functions' output to stderr. The library keeps quiet unless this is set.
    #[arg(skip)]
    pub print: bool,
    /// What must be built before the stack is ready.
    #[arg(skip)]
    pub ready_after: ReadyAfter,
}

/// What must be built before a stack is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReadyAfter {
    /// Every function. The library does this.
    #[default]
    AllFunctions,
    /// The functions that the profile names; the others are built in the background. The program does this.
    FirstFunctions,
}

impl Default for Options {
    /// What tests start from: free ports, nothing kept, nothing printed.
    fn default() -> Self {
        Self {
            port: 0,
            data_dir: PathBuf::from(".local"),
            ephemeral: true,
            release: false,
            parameters: Vec::new(),
            template: None,
            workspace: None,
            binaries: None,
            profile: None,
            stack_name: None,
            sam: None,
            hold: Vec::new(),
            print: false,
            ready_after: ReadyAfter::AllFunctions,
        }
    }
}

impl Options {
    /// The template to run.
    #[must_use]
    pub fn template(&self) -> PathBuf {
        self.template.clone().unwrap_or_else(|| workspace().join("template.yaml"))
    }

    /// The cargo workspace to build.
    #[must_use]
    pub fn workspace(&self) -> PathBuf {
        self.workspace.clone().unwrap_or_else(|| {
            let folder = self.template().parent().map(Path::to_owned).unwrap_or_default();
            if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder }
        })
    }

    /// Whether the workspace to build is the one that this program comes from.
    #[must_use]
    pub fn builds_own_workspace(&self) -> bool {
        is_same(&self.workspace(), &workspace())
    }

    /// What surrounds the template.
    #[must_use]
    pub fn profile(&self) -> Profile {
        let mut profile = self.profile.clone().unwrap_or_else(|| {
            let is_satchels = is_same(&self.template(), &workspace().join("template.yaml"));
            if is_satchels { Profile::satchel() } else { Profile::plain() }
        });
        if let Some(name) = &self.stack_name {
            profile.identity.name.clone_from(name);
        }
        profile
    }
}

/// The root folder of this workspace.
fn workspace() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().nth(2).unwrap_or(crate_folder).to_owned()
}

/// Whether two paths lead to the same file or folder.
fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_has_the_documented_defaults() {
        let options = Options::parse_from(["local"]);
        assert_eq!((options.port, options.ephemeral, options.release), (3000, false, false));
        assert_eq!(options.data_dir, Path::new(".local"));
        assert!(options.template().ends_with("template.yaml"));
        assert!(options.builds_own_workspace());
    }

    #[test]
    fn parameters_keep_what_follows_the_first_equals_sign() {
        let options = Options::parse_from(["local", "--parameter", "A=b=c", "--parameter", "D="]);
        assert_eq!(options.parameters, [("A".into(), "b=c".into()), ("D".into(), String::new())]);
        assert!(Options::try_parse_from(["local", "--parameter", "nothing"]).is_err());
    }

    #[test]
    fn satchels_profile_belongs_to_satchels_template_only() {
        let identity = |arguments: &[&str]| Options::parse_from(arguments).profile().identity;
        let plain = Profile::plain().identity;
        assert_eq!(identity(&["local"]), Profile::satchel().identity);
        assert_eq!(identity(&["local", "--template", "/x/other.yaml"]), plain);
        assert_eq!(identity(&["local", "--profile", "plain"]), plain);
        assert_eq!(
            identity(&["local", "--template", "/x/other.yaml", "--profile", "satchel"]),
            Profile::satchel().identity
        );
        assert_eq!(identity(&["local", "--stack-name", "mine"]).name, "mine");
        assert!(Options::try_parse_from(["local", "--profile", "unheard-of"]).is_err());
    }

    #[test]
    fn containers_get_an_entrance_only_if_asked_for() {
        let sam = |arguments: &[&str]| Options::try_parse_from(arguments).map(|options| options.sam);
        assert_eq!(sam(&["local"]).unwrap(), None);
        assert_eq!(sam(&["local", "--sam", "--ephemeral"]).unwrap(), Some(Containers::Docker));
        assert_eq!(sam(&["local", "--sam=10.0.0.1"]).unwrap(), Some(Containers::At([10, 0, 0, 1].into())));
        assert!(sam(&["local", "--sam=somewhere"]).is_err());
    }

    #[test]
    fn another_template_is_built_in_its_own_folder() {
        let options = Options::parse_from(["local", "--template", "/x/other.yaml"]);
        assert_eq!(options.workspace(), Path::new("/x"));
        assert!(!options.builds_own_workspace());
        let options = Options::parse_from(["local", "--template", "other.yaml"]);
        assert_eq!(options.workspace(), Path::new("."));
    }
}
