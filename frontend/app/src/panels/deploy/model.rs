//! How a deployment's progress is shown.

use crate::messages::say;

use protocol::deploy::Phase;

/// How far a step of a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Not begun.
    Ahead,
    /// At it.
    Now,
    /// Over.
    Over,
    /// It ended here.
    Failed,
}

/// The steps of a deployment in `phase`. Where a failed one failed is told by the last phase `before`.
pub fn steps(phase: &Phase, before: Option<&Phase>) -> [(&'static str, Step); 3] {
    let states = match phase {
        Phase::Building => [Step::Now, Step::Ahead, Step::Ahead],
        Phase::Uploading => [Step::Over, Step::Now, Step::Ahead],
        Phase::Deploying => [Step::Over, Step::Over, Step::Now],
        Phase::Done { .. } => [Step::Over; 3],
        Phase::Failed { .. } => match before {
            Some(Phase::Deploying) => [Step::Over, Step::Over, Step::Failed],
            Some(Phase::Uploading) => [Step::Over, Step::Failed, Step::Ahead],
            _ => [Step::Failed, Step::Ahead, Step::Ahead],
        },
    };
    let [build, upload, deploy] = states;
    [(say!("deploy.build"), build), (say!("deploy.upload"), upload), (say!("deploy.create"), deploy)]
}

impl Step {
    /// Its icon, class and word.
    pub fn look(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Ahead => ("circle", "ahead", say!("deploy.ahead")),
            Self::Now => ("loader-circle", "now", say!("deploy.now")),
            Self::Over => ("circle-check", "good", say!("deploy.over")),
            Self::Failed => ("circle-x", "error", say!("status.failed")),
        }
    }
}

/// The icon and class of a resource's status.
pub fn status_look(status: &str) -> (&'static str, &'static str) {
    if status.contains("FAILED") || status.contains("ROLLBACK") {
        ("circle-x", "error")
    } else if status.ends_with("COMPLETE") {
        ("circle-check", "good")
    } else {
        ("loader-circle", "now")
    }
}

#[cfg(test)]
mod tests {
    use protocol::Reasons;

    use super::*;

    #[test]
    fn the_step_that_failed_is_found() {
        let failed = Phase::Failed { message: String::new(), reasons: Reasons::default(), position: None };
        assert_eq!(steps(&failed, None)[0].1, Step::Failed);
        let deploying = steps(&failed, Some(&Phase::Deploying));
        assert_eq!(deploying.map(|(_, step)| step), [Step::Over, Step::Over, Step::Failed]);
        assert_eq!(steps(&Phase::Uploading, None)[1].1, Step::Now);
        assert!(steps(&Phase::Done { changed: true }, None).iter().all(|(_, step)| *step == Step::Over));
    }

    #[test]
    fn statuses_have_looks() {
        assert_eq!(status_look("CREATE_COMPLETE").1, "good");
        assert_eq!(status_look("UPDATE_IN_PROGRESS").1, "now");
        assert_eq!(status_look("CREATE_FAILED").1, "error");
        assert_eq!(status_look("UPDATE_ROLLBACK_COMPLETE").1, "error");
    }
}
