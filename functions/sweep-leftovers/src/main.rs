fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(sweep_leftovers::handle)
}
