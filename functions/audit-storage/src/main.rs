fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(audit_storage::handle)
}
