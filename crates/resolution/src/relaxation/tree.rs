//! Which relaxations to try together, few before many.
//!
//! The tree of hitting sets of Reiter (A theory of diagnosis from first principles, 1987): a node is a set of relaxations;
//! a case that is still impossible with them has a conflict, and each way out of that conflict makes a further node. Breadth
//! first, so that no set is tried of which a part already helped.

use std::collections::{BTreeSet, VecDeque};

use super::{Relaxation, options::Obstacle};

/// How many relaxations are tried together at most.
pub const MOST_TOGETHER: usize = 3;

/// Relaxations that are tried together.
pub type Node = BTreeSet<Relaxation>;

/// The tree as far as it has grown.
#[derive(Clone, Debug)]
pub struct Tree {
    open: VecDeque<Node>,
    seen: BTreeSet<Node>,
    helped: Vec<Node>,
    settled: Vec<Node>,
    obstacles: Vec<Obstacle>,
}

impl Default for Tree {
    /// A tree whose only node relaxes nothing.
    fn default() -> Self {
        Self {
            open: VecDeque::from([Node::new()]),
            seen: BTreeSet::from([Node::new()]),
            helped: Vec::new(),
            settled: Vec::new(),
            obstacles: Vec::new(),
        }
    }
}

impl Tree {
    /// The next set to try; nothing when there is none left. A set that an obstacle met before cannot be got past with is
    /// not tried: the tree grows from that obstacle at once.
    pub fn next_node(&mut self) -> Option<Node> {
        while let Some(node) = self.open.pop_front() {
            let has = |helped: &Node| helped.is_subset(&node);
            let all: Vec<Relaxation> = node.iter().cloned().collect();
            if self.helped.iter().any(has) || self.settled.iter().any(|settled| covers(&all, settled)) {
                continue;
            }
            let stands = |obstacle: &&Obstacle| {
                let touched = |relaxation: &Relaxation| obstacle.subjects.iter().any(|one| relaxation.touches(one));
                !node.iter().any(touched)
            };
            let Some(obstacle) = self.obstacles.iter().find(stands).cloned() else { return Some(node) };
            self.branch(&node, &obstacle.options);
        }
        None
    }

    /// The set helped: none that contains it will be tried.
    pub fn helped(&mut self, node: Node) {
        self.helped.push(node);
    }

    /// The set helped as much as any could: none that changes the same things, or drops them, will be tried.
    pub fn settled(&mut self, node: Node) {
        self.settled.push(node);
    }

    /// The case is impossible with the set, for a reason that holds wherever nothing of it is relaxed.
    pub fn blocked(&mut self, node: &Node, obstacle: Obstacle) {
        self.branch(node, &obstacle.options);
        self.obstacles.push(obstacle);
    }

    /// Grows the tree at a set by each of some relaxations.
    pub fn branch(&mut self, node: &Node, options: &BTreeSet<Relaxation>) {
        let mut mildest: Vec<&Relaxation> = options.iter().collect();
        mildest.sort_by_key(|one| one.weight());
        for option in mildest {
            let child = with(node, option);
            if child.len() <= MOST_TOGETHER && self.seen.insert(child.clone()) {
                self.open.push_back(child);
            }
        }
    }
}

/// Whether relaxations change everything that others change, and what of it they do not change alike they drop.
pub fn covers<'a, Smaller: IntoIterator<Item = &'a Relaxation>>(larger: &[Relaxation], smaller: Smaller) -> bool {
    smaller.into_iter().all(|one| {
        larger.iter().any(|other| match (other, one) {
            (
                Relaxation::Dropped { written: dropped },
                Relaxation::Bound { written, .. } | Relaxation::Extra { written, .. },
            ) => dropped == written,
            _ => other == one,
        })
    })
}

/// A set with one more relaxation, without those that it makes pointless.
fn with(node: &Node, option: &Relaxation) -> Node {
    let pointless = |one: &Relaxation| match (one, option) {
        (Relaxation::Python { .. }, Relaxation::Python { .. })
        | (Relaxation::Newer { .. }, Relaxation::Newer { .. }) => true,
        (Relaxation::Index { package, .. }, Relaxation::Index { package: other, .. }) => package == other,
        (
            Relaxation::Bound { written, .. } | Relaxation::Extra { written, .. },
            Relaxation::Dropped { written: dropped },
        ) => written == dropped,
        _ => false,
    };
    let mut child: Node = node.iter().filter(|one| !pointless(one)).cloned().collect();
    child.insert(option.clone());
    child
}

#[cfg(test)]
mod tests {
    use packaging::Origin;

    use super::*;
    use crate::relaxation::{Part, Written, options::Subject};

    fn written(package: &str) -> Written {
        Written {
            part: Part::Requirement,
            package: package.parse().expect("a name"),
            text: format!("{package}<2"),
            origin: Origin::line("requirements.in", 1),
        }
    }

    fn bound(package: &str) -> Relaxation {
        Relaxation::Bound { written: written(package), admit: None }
    }

    /// A conflict between the bounds on some packages.
    fn obstacle(packages: &[&str]) -> Obstacle {
        Obstacle {
            subjects: packages.iter().map(|package| Subject::Written(written(package))).collect(),
            options: packages.iter().map(|package| bound(package)).collect(),
        }
    }

    fn node(packages: &[&str]) -> Node {
        packages.iter().map(|package| bound(package)).collect()
    }

    #[test]
    fn all_smallest_sets_that_meet_every_conflict_are_tried_and_none_that_contains_one() {
        // Reiter's example: the conflicts {a, b} and {a, c} have the minimal hitting sets {a} and {b, c}.
        let conflicts = [["a", "b"], ["a", "c"]];
        let mut tree = Tree::default();
        let (mut helped, mut tried) = (Vec::new(), 0);
        while let Some(set) = tree.next_node() {
            tried += 1;
            match conflicts.iter().find(|conflict| !conflict.iter().any(|one| set.contains(&bound(one)))) {
                Some(conflict) => tree.blocked(&set, obstacle(conflict)),
                None => {
                    helped.push(set.clone());
                    tree.helped(set);
                }
            }
        }
        assert_eq!(helped, [node(&["a"]), node(&["b", "c"])]);
        assert_eq!(tried, 4, "the empty set, a, b, and b with c");
    }

    #[test]
    fn a_conflict_that_a_set_leaves_alone_is_not_looked_for_again() {
        let mut tree = Tree::default();
        let root = tree.next_node().expect("the empty set");
        tree.blocked(&root, obstacle(&["a", "b"]));
        let first = tree.next_node().expect("a");
        assert_eq!(first, node(&["a"]));
        tree.blocked(&first, obstacle(&["c"]));
        // {b} does nothing about {c}: it is passed over for {b, c}.
        assert_eq!(tree.next_node(), Some(node(&["a", "c"])));
        assert_eq!(tree.next_node(), Some(node(&["b", "c"])));
        assert_eq!(tree.next_node(), None);
    }

    #[test]
    fn another_python_takes_the_place_of_the_one_before_and_a_dropped_requirement_of_its_bound() {
        let python = |version: &str| Relaxation::Python { version: version.to_string() };
        let one = with(&Node::from([python("3.11"), bound("a")]), &python("3.12"));
        assert_eq!(one, Node::from([python("3.12"), bound("a")]));
        let dropped = Relaxation::Dropped { written: written("a") };
        assert_eq!(with(&node(&["a", "b"]), &dropped), Node::from([bound("b"), dropped.clone()]));
    }

    #[test]
    fn no_more_than_three_give_together() {
        let mut tree = Tree::default();
        let mut largest = 0;
        while let Some(set) = tree.next_node() {
            largest = largest.max(set.len());
            let fresh = format!("p{}", set.len());
            tree.branch(&set, &Node::from([bound(&fresh)]));
        }
        assert_eq!(largest, MOST_TOGETHER);
    }
}
