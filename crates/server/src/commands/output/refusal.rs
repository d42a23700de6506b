//! Validation errors in terms of the command line.

use gantry_core::{Error, error::FieldError};

/// Converts a validation error to a message that names the option and the broken rule.
pub(in crate::commands) fn explain(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(errors) | Error::Conflict(errors) => {
            anyhow::anyhow!("{}", errors.iter().map(sentence).collect::<Vec<_>>().join("\ngantry: "))
        }
        Error::NotFound(kind) => anyhow::anyhow!("there is no such {kind}"),
        Error::Unavailable { .. } => anyhow::anyhow!("the database or the machine is busy; try again"),
        error => error.into(),
    }
}

fn sentence(error: &FieldError) -> String {
    match error.field.as_ref() {
        "base" | "user_type" => error.text.clone(),
        "username" => format!("USERNAME: {}", error.text),
        "password" => format!("the password on standard input: {}", error.text),
        field => format!("--{}: {}", field.replace('_', "-"), error.text),
    }
}
