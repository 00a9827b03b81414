use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(list_download_urls::handle)
}
