fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(import_users::handle)
}
