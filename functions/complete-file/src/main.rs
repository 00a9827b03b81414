use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(complete_file::handle)
}
