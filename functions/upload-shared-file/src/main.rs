use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(upload_shared_file::handle)
}
