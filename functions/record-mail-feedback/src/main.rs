fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(record_mail_feedback::handle)
}
