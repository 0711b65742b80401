//! What is wrong with a store, and what to do about it, in words for whoever runs it.
use homeroom_core::ports::record_store::StoreError;
use std::fmt;

/// A finding of `homeroom admin records init|check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What is wrong.
    pub problem: String,
    /// What to do about it; empty where `problem` already says it.
    pub remedy: String,
}

impl Advice {
    /// A finding and its remedy.
    pub fn new(problem: &str, remedy: &str) -> Self {
        Self {
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// An error whose message says both.
    pub fn of_error(error: &StoreError) -> Self {
        let problem = match error {
            StoreError::Invalid(why)
            | StoreError::Unavailable(why)
            | StoreError::OutcomeUnknown(why)
            | StoreError::Damaged(why) => why,
        };
        match problem.split_once("; ") {
            Some((problem, remedy)) => Self::new(problem, remedy),
            None => Self::new(problem, ""),
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.problem)?;
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}
