fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(grant_staff::handle)
}
