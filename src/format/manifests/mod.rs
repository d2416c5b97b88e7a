//! Connections inside of manifests: Compose, Kubernetes, Helm, workflows, Terraform,
//! CloudFormation.

mod cloudformation;
mod compose;
mod compose_roles;
mod compose_services;
mod ecs_task;
mod github_actions;
mod helm;
mod kubernetes;
mod terraform;

use super::Format;

/// In the order of pages and of the guess.
pub(super) const FORMATS: &[&Format] = &[
    &compose::FORMAT,
    &kubernetes::FORMAT,
    &kubernetes::DATA,
    &helm::FORMAT,
    &github_actions::FORMAT,
    &ecs_task::FORMAT,
    &terraform::FORMAT,
    &cloudformation::FORMAT,
];
