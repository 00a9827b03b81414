use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_runtime::serve_event(record_mail_feedback::handle)
}
