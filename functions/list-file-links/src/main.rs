use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(list_file_links::handle)
}
