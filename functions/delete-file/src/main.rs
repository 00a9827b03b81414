use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(delete_file::handle)
}
