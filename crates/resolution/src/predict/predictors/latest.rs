//! The newest of everything, and what is nearly that.

use super::super::{Action, Chance, Predictor, State, random::nth};

/// How likely a walk leaves the newest release for another, at each choice.
const HOP: f64 = 0.1;

/// Takes the newest release that is left; from the second walk on, now and then an older one, newer ones likelier.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latest;

impl Predictor for Latest {
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action {
        let package = state.next().unwrap_or_default();
        let left = state.left(package);
        let hops = chance.share > 0.0 && chance.random.unit() < HOP;
        let drawn = if hops { chance.random.termial(left.count_ones() as usize) } else { 0 };
        Action { package: package as u32, release: nth(left, drawn) as u8 }
    }
}
