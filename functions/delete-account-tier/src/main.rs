use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(delete_account_tier::handle)
}
