fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(manage_signing_keys::handle)
}
