//! Differential tests against the host.
