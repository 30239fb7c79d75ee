//! Monte Carlo tree search with upper confidence bounds.

use super::super::{Action, Chance, Predictor, State, Step, Transition, World};
use crate::cost::Cost;

/// About how often a walk beyond the tree leaves its way, over the whole stack.
const DETOURS: f64 = 1.5;

/// How likely the way beyond the tree is that of the best stack found, rather than the cheapest release of everything.
const FOLLOWS: f64 = 0.5;

/// How likely the releases of a node widen or the least visited is taken, whatever the bounds say: scores of small levels
/// are soon lost in those of large ones.
const BEYOND: f64 = 0.05;

const NOWHERE: u32 = u32::MAX;

/// Grows a tree of choices, one node a walk, and walks it by upper confidence bounds (Kocsis and Szepesvári, Bandit Based
/// Monte-Carlo Planning, 2006): `mean + temperature · √(2 ln N / n)`, so that the bound is in the unit of scores and narrows
/// as the budget is used. Nodes widen slowly, the cheapest releases first: of N visits, √N releases are tried. Beyond the
/// tree, a walk takes the cheapest release, or, as often, that of the best stack found (as in Cazenave, Nested Monte-Carlo Search,
/// 2009), but for a detour or two.
#[derive(Clone, Debug)]
pub struct TreeSearch {
    most: usize,
    nodes: Vec<Node>,
    /// The nodes passed with the child taken at each.
    path: Vec<(u32, usize)>,
    at: u32,
    /// Whether a node was made in this walk.
    grown: bool,
    /// How many choices the last walk took; before the first, which takes no detour, more than there are.
    depth: usize,
    /// What the best stack found costs.
    best: Option<Cost>,
    /// By package: its release in that stack.
    releases: Vec<Option<u8>>,
    /// Whether this walk follows that stack beyond the tree.
    follows: bool,
}

#[derive(Clone, Debug)]
struct Node {
    package: u32,
    visits: u32,
    children: Vec<Child>,
}

#[derive(Clone, Copy, Debug)]
struct Child {
    release: u8,
    node: u32,
    visits: u32,
    total: f64,
}

impl TreeSearch {
    /// The tree grows to so many nodes.
    pub fn new(world: &World, most: usize) -> Self {
        Self {
            most,
            nodes: Vec::new(),
            path: Vec::new(),
            at: NOWHERE,
            grown: false,
            depth: usize::MAX,
            best: None,
            releases: vec![None; world.size().packages],
            follows: false,
        }
    }

    /// Beyond the tree: which release of a package to take.
    fn beyond(&self, package: usize, state: &State<'_>, chance: &mut Chance) -> usize {
        let left = state.left(package);
        let detour = chance.random.unit() < (DETOURS / self.depth as f64).min(0.5);
        let place = if detour { chance.random.termial(left.count_ones() as usize) } else { 0 };
        let known = self.releases[package].map(usize::from);
        let known = known.filter(|release| self.follows && !detour && left >> release & 1 == 1);
        known.or_else(|| state.preferred(package).nth(place)).unwrap_or_default()
    }

    fn node(&mut self, package: usize) -> u32 {
        if self.grown || self.nodes.len() >= self.most {
            return NOWHERE;
        }
        self.grown = true;
        self.nodes.push(Node { package: package as u32, visits: 0, children: Vec::new() });
        self.nodes.len() as u32 - 1
    }

    /// Which child of a node to take.
    fn descend(&mut self, node: u32, state: &State<'_>, chance: &mut Chance) -> usize {
        let node = &mut self.nodes[node as usize];
        let package = node.package as usize;
        let left = state.left(package);
        let is_left = |child: &Child| left >> child.release & 1 == 1;
        let tried = node.children.iter().filter(|child| is_left(child)).count();
        let beyond = chance.random.unit() < BEYOND;
        if beyond || tried * tried <= node.visits as usize {
            let is_new = |release: &usize| !node.children.iter().any(|child| usize::from(child.release) == *release);
            if let Some(release) = state.preferred(package).find(is_new) {
                node.children.push(Child { release: release as u8, node: NOWHERE, visits: 0, total: 0.0 });
                return node.children.len() - 1;
            }
        }
        let visits = 2.0 * f64::from(node.visits.max(1)).ln();
        let bound = |child: &Child| {
            if beyond {
                return -f64::from(child.visits);
            }
            let count = f64::from(child.visits.max(1));
            child.total / count + chance.temperature * (visits / count).sqrt()
        };
        let children = node.children.iter().enumerate().filter(|(_, child)| is_left(child));
        let best = children.max_by(|(_, one), (_, other)| bound(one).total_cmp(&bound(other)));
        best.map(|(place, _)| place).unwrap_or_default()
    }
}

impl Predictor for TreeSearch {
    fn choose(&mut self, state: &State<'_>, chance: &mut Chance) -> Action {
        let package = state.next().unwrap_or_default();
        if self.path.is_empty() && self.at == NOWHERE {
            self.at = if self.nodes.is_empty() { self.node(package) } else { 0 };
        }
        if self.at != NOWHERE && self.nodes[self.at as usize].package as usize == package {
            let child = self.descend(self.at, state, chance);
            self.path.push((self.at, child));
            return Action { package: package as u32, release: self.nodes[self.at as usize].children[child].release };
        }
        self.at = NOWHERE;
        Action { package: package as u32, release: self.beyond(package, state, chance) as u8 }
    }

    fn learn(&mut self, step: &Step<'_, '_>) {
        let depth = step.state.decisions().len();
        if step.transition == Transition::Invalid {
            if depth < self.path.len() {
                self.at = self.path[depth].0;
                self.path.truncate(depth);
            }
            return;
        }
        if self.at == NOWHERE {
            return;
        }
        let Some((node, child)) = self.path.last().copied() else { return };
        let mut next = self.nodes[node as usize].children[child].node;
        if next == NOWHERE
            && let Some(package) = step.state.next()
        {
            next = self.node(package);
            self.nodes[node as usize].children[child].node = next;
        }
        self.at = next;
    }

    fn done(&mut self, state: &State<'_>, score: f64, chance: &mut Chance) -> Vec<Action> {
        for (node, child) in self.path.drain(..) {
            let node = &mut self.nodes[node as usize];
            node.visits += 1;
            node.children[child].visits += 1;
            node.children[child].total += score;
        }
        let cost = state.cost();
        if self.best.is_none_or(|best| cost <= best) {
            self.best = Some(cost);
            self.releases.fill(None);
            state.stack().for_each(|action| self.releases[action.package as usize] = Some(action.release));
        }
        self.follows = chance.random.unit() < FOLLOWS;
        (self.at, self.grown, self.depth) = (NOWHERE, false, state.decisions().len().max(1));
        Vec::new()
    }
}
