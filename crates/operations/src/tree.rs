//! `tree`: what requires what in the stack that `advise` would choose.

use resolution::graph::Graph;

use crate::{
    error::AdviseError,
    inquiry::{Answer, inquire},
    request::Request,
    world::World,
};

/// The stack with the requirements that hold it together.
///
/// # Errors
/// When the decision cannot be made: usage, input, network or data.
pub fn tree(request: &Request, world: &World<'_>) -> Result<Answer<Graph>, AdviseError> {
    inquire(request, world, async |inquiry| {
        Ok(Graph::new(&inquiry.decided.search, inquiry.stack, &inquiry.question.case.policy.ignores))
    })
}
