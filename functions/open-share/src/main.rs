use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(open_share::handle)
}
