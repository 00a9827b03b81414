use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(list_resources::handle)
}
