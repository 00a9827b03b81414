use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(download_file::handle)
}
