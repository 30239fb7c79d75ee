//! T103 and T105: what a mere import does.

use super::{acts::Act, flow::Event, rule};
use crate::{
    finding::{Confidence, Severity},
    module::Module,
    moment::Moment,
    rule::{Check, Hit, Rule},
};

pub(super) static NETWORK: Rule = rule("T103", "import_time_network", Some(506), Check::Module(network));
pub(super) static PROGRAM: Rule = rule("T105", "import_time_program", Some(506), Check::Module(program));

fn network(module: &Module<'_>) -> Vec<Hit> {
    let message = |event: &Event| format!("Importing this speaks to the network, with `{}`", event.name);
    let events = on_import(module, &[Act::Fetch, Act::Send, Act::Connect]);
    events.map(|event| event.hit(Severity::Medium, Confidence::Low, message(event))).collect()
}

fn program(module: &Module<'_>) -> Vec<Hit> {
    let message = |event: &Event| format!("Importing this starts a program, with `{}`", event.name);
    on_import(module, &[Act::Process]).map(|event| event.low(Confidence::Low, message(event))).collect()
}

/// What an import does of these; what tests do when they are imported is their matter.
fn on_import<'m>(module: &'m Module<'_>, acts: &'m [Act]) -> impl Iterator<Item = &'m Event> {
    let is_test = module.path.split('/').any(|folder| matches!(folder, "test" | "tests" | "_test" | "testing"));
    let events = module.flow().acts(acts);
    events.filter(move |event| !is_test && matches!(event.moment, Moment::Import | Moment::Start))
}
