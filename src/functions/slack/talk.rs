//! The workspace of the settings, for as long as one call or one event takes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    adapters::{
        slack::{Problem, Workspace},
        vendor,
    },
    functions::{
        Failure, Refusal, Service,
        settings::{
            registry::{SLACK_ENABLED, SLACK_TOKEN},
            state::Settings,
        },
    },
};

/// A talk with Slack.
pub struct Talk {
    /// The running service.
    pub service: Arc<Service>,
    /// The settings when it began.
    pub settings: Arc<Settings>,
    /// The workspace, until when it may take.
    pub workspace: Workspace,
    /// The position of the event that it follows from; 0 where somebody called.
    pub because: u64,
}

/// Why a talk did not come to its end.
#[derive(Debug)]
pub enum Stopped {
    /// By Slack.
    Slack(Problem),
    /// By ourselves.
    Here(Failure),
}

impl Talk {
    /// A talk that takes as long as is configured at most, pauses for Slack's limits included.
    ///
    /// # Errors
    /// `slack-not-active` where Slack is switched off or has no token.
    pub fn begin(service: &Arc<Service>) -> Result<Self, Failure> {
        let settings = service.settings()?;
        let token = settings.text(&SLACK_TOKEN);
        if !settings.is_on(&SLACK_ENABLED) || token.is_empty() {
            return Err(not_active("slack-enabled and slack-token").into());
        }
        let patience = Duration::from_secs(service.config.slack_timeout_seconds.into());
        let workspace = Workspace {
            base_url: service.config.slack_url.clone(),
            token: token.to_owned(),
            timeout: service.config.vendor_timeout(),
            deadline: Instant::now() + patience,
        };
        Ok(Self {
            service: Arc::clone(service),
            settings,
            workspace,
            because: 0,
        })
    }

    /// The same within a shorter time.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        let ends = Instant::now() + patience;
        self.workspace.deadline = self.workspace.deadline.min(ends);
        self
    }
}

/// Slack lacks these settings.
pub fn not_active(settings: &str) -> Refusal {
    let why = format!("Slack is not active: save the settings {settings}.");
    Refusal::Vendor("slack-not-active", why)
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        Self::Slack(problem)
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Here(failure)
    }
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Here(refusal.into())
    }
}

/// What it is to a caller.
impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Slack(problem) => said(&problem).into(),
            Stopped::Here(failure) => failure,
        }
    }
}

/// What a problem with Slack is to a caller.
pub fn said(problem: &Problem) -> Refusal {
    let why = match problem {
        Problem::Vendor(vendor::Problem::Invalid(why)) => {
            return Refusal::InvalidArgument(why.clone());
        }
        Problem::Vendor(vendor::Problem::Said { text, .. }) => {
            format!("Slack refused: {}.", text.trim_end_matches('.'))
        }
        problem => format!("Slack: {problem}."),
    };
    Refusal::Vendor("slack-error", why)
}
