fn main() -> std::process::ExitCode {
    satchel_http::serve(get_account_tier::handle)
}
