fn main() -> std::process::ExitCode {
    satchel_http::serve(delete_account_tier::handle)
}
