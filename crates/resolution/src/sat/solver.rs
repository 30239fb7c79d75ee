//! Conflict-driven clause learning, incremental, under assumptions.
//!
//! The usual parts (two watched literals, first unique implication point, clause minimisation, activities) with two
//! differences that suit dependency resolution: the caller's [`Guide`] proposes decisions, so the first model found is
//! already what a careful person would pick; and the search never restarts, because a proposal order that follows the
//! dependency graph leaves nothing to randomise away. Everything learned is kept between calls: it follows from the
//! clauses alone, never from assumptions.
//!
//! Literature: Marques-Silva and Sakallah, GRASP (1999); Eén and Sörensson, An Extensible SAT-solver (2003).

use super::literal::{Lit, Var};

/// Proposes what to decide next.
pub trait Guide {
    /// A literal that is unassigned under `view` and should be made true, or `None` to leave the rest to the solver,
    /// which makes every remaining variable false in the order of creation.
    fn propose(&mut self, view: &View<'_>) -> Option<Lit>;

    /// Told that the assignment was taken back to its first `length` literals.
    fn taken_back(&mut self, _length: usize) {}

    /// Told about each variable met while a conflict was analysed.
    fn blame(&mut self, _var: Var) {}

    /// Asked now and then; `true` ends the search with [`Verdict::Stopped`].
    fn stop(&mut self) -> bool {
        false
    }
}

/// A guide without opinions.
#[derive(Debug, Default)]
pub struct NoGuide;

impl Guide for NoGuide {
    fn propose(&mut self, _view: &View<'_>) -> Option<Lit> {
        None
    }
}

/// The assignment a [`Guide`] may look at.
#[derive(Debug)]
pub struct View<'a> {
    values: &'a [i8],
    trail: &'a [Lit],
}

impl View<'_> {
    /// The literals that hold, in the order in which they came to.
    pub fn trail(&self) -> &[Lit] {
        self.trail
    }

    /// `Some(true)` when the literal holds, `Some(false)` when its negation does.
    pub fn value(&self, lit: Lit) -> Option<bool> {
        match sign(self.values, lit) {
            0 => None,
            value => Some(value > 0),
        }
    }
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is a model: [`Solver::model`].
    Satisfiable,
    /// There is none under the assumptions: [`Solver::core`].
    Unsatisfiable,
    /// The guide asked to stop.
    Stopped,
}

type ClauseIndex = u32;
const NO_CLAUSE: ClauseIndex = u32::MAX;

#[derive(Clone, Copy)]
struct Watch {
    clause: ClauseIndex,
    /// Some other literal of the clause: when it holds, the clause need not be looked at.
    blocker: Lit,
}

/// How much work is done before the guide is asked whether to stop: about a millisecond. The unit is a literal propagated;
/// a decision or a conflict counts as [`WORK_STEP`] of them.
const WORK_UNASKED: usize = 10_000;
const WORK_STEP: usize = 50;

/// Marks the watch of a clause of two: its blocker is all there is to look at.
const PAIR: ClauseIndex = 1 << 31;

impl Watch {
    fn clause(self) -> ClauseIndex {
        self.clause & !PAIR
    }

    fn is_pair(self) -> bool {
        self.clause & PAIR != 0
    }
}

#[derive(Clone, Copy)]
struct Span {
    start: u32,
    len: u32,
}

/// An incremental SAT solver.
#[derive(Default)]
pub struct Solver {
    /// The literals of all clauses of two and more, one after the other.
    arena: Vec<Lit>,
    clauses: Vec<Span>,
    /// By literal: the clauses to visit when it becomes false.
    watches: Vec<Vec<Watch>>,
    /// By literal: 1 when it holds, -1 when its negation does.
    values: Vec<i8>,
    levels: Vec<u32>,
    reasons: Vec<ClauseIndex>,
    trail: Vec<Lit>,
    level_starts: Vec<usize>,
    propagated: usize,
    /// All variables below this one are assigned; where the search for the next default decision begins.
    fill: usize,
    seen: Vec<bool>,
    model: Vec<i8>,
    core: Vec<Lit>,
    contradiction: bool,
    conflicts: u64,
    visits: u64,
    /// Work done since the guide was asked whether to stop.
    unasked: usize,
}

impl std::fmt::Debug for Solver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Solver")
            .field("variables", &self.levels.len())
            .field("clauses", &self.clauses.len())
            .field("conflicts", &self.conflicts)
            .finish_non_exhaustive()
    }
}

fn sign(values: &[i8], lit: Lit) -> i8 {
    values[lit.index()]
}

impl Solver {
    /// A solver without variables or clauses.
    pub fn new() -> Self {
        Self::default()
    }

    /// A fresh variable's positive literal.
    pub fn new_lit(&mut self) -> Lit {
        let var = Var(u32::try_from(self.levels.len()).expect("fewer than 2^31 variables fit into memory"));
        self.values.extend([0, 0]);
        self.levels.push(0);
        self.reasons.push(NO_CLAUSE);
        self.seen.push(false);
        self.watches.push(Vec::new());
        self.watches.push(Vec::new());
        var.positive()
    }

    /// How many variables there are.
    pub fn variables(&self) -> usize {
        self.levels.len()
    }

    /// How many clauses of two and more literals there are, learned ones included.
    pub fn clauses(&self) -> usize {
        self.clauses.len()
    }

    /// How many conflicts were met so far.
    pub fn conflicts(&self) -> u64 {
        self.conflicts
    }

    /// How many clauses were looked at while propagating: a measure of effort that is the same on every machine.
    pub fn visits(&self) -> u64 {
        self.visits
    }

    /// About how many bytes the solver holds: clauses, watches and tables of variables, as far as they are filled. What the
    /// allocator keeps in reserve comes on top.
    pub fn bytes(&self) -> usize {
        let watches: usize = self.watches.iter().map(|list| list.capacity() * size_of::<Watch>()).sum();
        self.arena.len() * size_of::<Lit>()
            + self.clauses.len() * size_of::<Span>()
            + self.watches.len() * size_of::<Vec<Watch>>()
            + watches
            + self.levels.len() * (size_of::<i8>() * 4 + size_of::<u32>() * 3 + size_of::<bool>())
    }

    /// Adds a clause: at least one of `lits` holds in every model from now on.
    pub fn add(&mut self, lits: &[Lit]) {
        self.backtrack(0);
        let mut clause: Vec<Lit> = lits.iter().copied().filter(|lit| sign(&self.values, *lit) >= 0).collect();
        clause.sort_unstable();
        clause.dedup();
        let holds =
            clause.iter().any(|lit| sign(&self.values, *lit) > 0) || clause.windows(2).any(|pair| pair[0] == !pair[1]);
        if holds {
            return;
        }
        match clause[..] {
            [] => self.contradiction = true,
            [unit] => self.enqueue(unit, NO_CLAUSE),
            _ => {
                self.attach(&clause);
            }
        }
    }

    /// Drops clauses that hold in every model, and from the others literals that hold in none, as far as propagation shows.
    pub fn simplify(&mut self) {
        self.backtrack(0);
        if self.contradiction || self.propagate().is_some() {
            self.contradiction = true;
            return;
        }
        let arena = std::mem::take(&mut self.arena);
        self.watches.iter_mut().for_each(Vec::clear);
        for Span { start, len } in std::mem::take(&mut self.clauses) {
            let clause = &arena[start as usize..(start + len) as usize];
            if clause.iter().all(|lit| sign(&self.values, *lit) <= 0) {
                let open: Vec<Lit> = clause.iter().copied().filter(|lit| sign(&self.values, *lit) == 0).collect();
                self.attach(&open);
            }
        }
        for lit in &self.trail {
            self.reasons[lit.var().index()] = NO_CLAUSE;
        }
    }

    /// Settles every variable that no clause links to `kept`, not even over others, as some model has it: from now on only
    /// those linked may be assumed or get new clauses, and nothing else costs time.
    pub fn narrow(&mut self, kept: &[Lit]) {
        self.simplify();
        if self.solve(&[], &mut NoGuide) != Verdict::Satisfiable {
            return;
        }
        let mut links: Vec<usize> = (0..self.variables()).collect();
        for Span { start, len } in &self.clauses {
            let clause = &self.arena[*start as usize..(start + len) as usize];
            for lit in clause {
                let (one, other) = (root(&mut links, clause[0].var()), root(&mut links, lit.var()));
                links[one.max(other)] = one.min(other);
            }
        }
        let mut is_linked = vec![false; self.variables()];
        for lit in kept {
            is_linked[root(&mut links, lit.var())] = true;
        }
        self.backtrack(0);
        for var in (0..self.variables()).map(|index| Var(index as u32)) {
            let lit = if self.model(var.positive()) { var.positive() } else { !var.positive() };
            if sign(&self.values, lit) == 0 && !is_linked[root(&mut links, var)] {
                self.enqueue(lit, NO_CLAUSE);
            }
        }
        self.simplify();
    }

    /// Looks for a model in which all of `assumptions` hold.
    pub fn solve(&mut self, assumptions: &[Lit], guide: &mut dyn Guide) -> Verdict {
        self.solve_within(assumptions, guide, u32::MAX)
    }

    /// As [`solve`](Self::solve), but gives up with [`Verdict::Stopped`] after so many decisions beyond the assumptions.
    pub fn solve_within(&mut self, assumptions: &[Lit], guide: &mut dyn Guide, patience: u32) -> Verdict {
        let mut decisions: u32 = 0;
        self.core.clear();
        self.backtrack_to_common(assumptions);
        guide.taken_back(self.trail.len());
        loop {
            if self.contradiction {
                return Verdict::Unsatisfiable;
            }
            let before = self.propagated;
            let conflict = self.propagate();
            self.unasked += WORK_STEP + self.propagated - before;
            if self.unasked > WORK_UNASKED {
                self.unasked = 0;
                if guide.stop() {
                    self.backtrack(0);
                    return Verdict::Stopped;
                }
            }
            if let Some(conflict) = conflict {
                self.conflicts += 1;
                if self.level_starts.is_empty() {
                    self.contradiction = true;
                    return Verdict::Unsatisfiable;
                }
                let (clause, level) = self.analyse(conflict, guide);
                self.backtrack(level);
                guide.taken_back(self.trail.len());
                let asserted = clause[0];
                let reason = if clause.len() > 1 { self.attach(&clause) } else { NO_CLAUSE };
                self.enqueue(asserted, reason);
                continue;
            }
            match self.next_decision(assumptions, guide) {
                Decision::Take(lit) => {
                    if self.level_starts.len() >= assumptions.len() {
                        if decisions == patience {
                            return Verdict::Stopped;
                        }
                        decisions += 1;
                    }
                    self.level_starts.push(self.trail.len());
                    self.enqueue(lit, NO_CLAUSE);
                }
                // The assumption holds already; a level of its own keeps levels and assumptions aligned.
                Decision::Holds => self.level_starts.push(self.trail.len()),
                Decision::Refuted(lit) => {
                    self.explain_refutation(lit);
                    return Verdict::Unsatisfiable;
                }
                Decision::Complete => {
                    self.model.clone_from(&self.values);
                    return Verdict::Satisfiable;
                }
            }
        }
    }

    /// Whether `lit` holds in the model found last.
    pub fn model(&self, lit: Lit) -> bool {
        self.model.get(lit.index()).is_some_and(|value| *value > 0)
    }

    /// Some of the assumptions of the last call that cannot hold together; empty when the clauses alone have no model.
    pub fn core(&self) -> &[Lit] {
        &self.core
    }

    /// Whether `lit` holds in every model, as far as propagation has shown.
    pub fn is_fixed(&self, lit: Lit) -> bool {
        sign(&self.values, lit) > 0 && self.levels[lit.var().index()] == 0
    }

    fn attach(&mut self, clause: &[Lit]) -> ClauseIndex {
        let index = u32::try_from(self.clauses.len()).expect("fewer than 2^31 clauses fit into memory");
        let mark = if clause.len() == 2 { PAIR } else { 0 };
        let start = u32::try_from(self.arena.len()).expect("fewer than 2^32 literals fit into memory");
        self.arena.extend_from_slice(clause);
        self.clauses.push(Span { start, len: clause.len() as u32 });
        self.watches[clause[0].index()].push(Watch { clause: index | mark, blocker: clause[1] });
        self.watches[clause[1].index()].push(Watch { clause: index | mark, blocker: clause[0] });
        index
    }

    fn enqueue(&mut self, lit: Lit, reason: ClauseIndex) {
        let var = lit.var().index();
        self.values[lit.index()] = 1;
        self.values[(!lit).index()] = -1;
        self.levels[var] = self.level_starts.len() as u32;
        self.reasons[var] = reason;
        self.trail.push(lit);
    }

    fn propagate(&mut self) -> Option<ClauseIndex> {
        while self.propagated < self.trail.len() {
            let falsified = !self.trail[self.propagated];
            self.propagated += 1;
            let mut watches = std::mem::take(&mut self.watches[falsified.index()]);
            let mut kept = 0;
            let mut at = 0;
            let mut conflict = None;
            'watches: while at < watches.len() {
                let watch = watches[at];
                at += 1;
                if sign(&self.values, watch.blocker) > 0 {
                    watches[kept] = watch;
                    kept += 1;
                    continue;
                }
                if watch.is_pair() {
                    watches[kept] = watch;
                    kept += 1;
                    if sign(&self.values, watch.blocker) < 0 {
                        conflict = Some(watch.clause());
                        break;
                    }
                    self.enqueue(watch.blocker, watch.clause());
                    continue;
                }
                let Span { start, len } = self.clauses[watch.clause as usize];
                let lits = &mut self.arena[start as usize..(start + len) as usize];
                if lits[0] == falsified {
                    lits.swap(0, 1);
                }
                let first = lits[0];
                if sign(&self.values, first) > 0 {
                    watches[kept] = Watch { clause: watch.clause, blocker: first };
                    kept += 1;
                    continue;
                }
                for other in 2..lits.len() {
                    if sign(&self.values, lits[other]) >= 0 {
                        lits.swap(1, other);
                        self.watches[lits[1].index()].push(Watch { clause: watch.clause, blocker: first });
                        continue 'watches;
                    }
                }
                watches[kept] = watch;
                kept += 1;
                if sign(&self.values, first) < 0 {
                    conflict = Some(watch.clause);
                    break;
                }
                self.enqueue(first, watch.clause);
            }
            self.visits += at as u64;
            watches.copy_within(at.., kept);
            watches.truncate(kept + watches.len() - at);
            self.watches[falsified.index()] = watches;
            if conflict.is_some() {
                return conflict;
            }
        }
        None
    }

    /// Learns from a conflict: the clause of the first unique implication point, asserting literal first and the highest
    /// other level second, and the level to return to.
    fn analyse(&mut self, conflict: ClauseIndex, guide: &mut dyn Guide) -> (Vec<Lit>, usize) {
        let here = self.level_starts.len() as u32;
        let mut clause = Vec::new();
        let mut marked = Vec::new();
        let mut open = 0usize;
        let mut at = self.trail.len();
        let mut reason = conflict;
        let mut resolved: Option<Lit> = None;
        let asserting = loop {
            let Span { start, len } = self.clauses[reason as usize];
            for index in start as usize..(start + len) as usize {
                let lit = self.arena[index];
                let var = lit.var().index();
                if resolved.is_some_and(|done| done.var() == lit.var()) || self.seen[var] || self.levels[var] == 0 {
                    continue;
                }
                self.seen[var] = true;
                marked.push(lit.var());
                guide.blame(lit.var());
                if self.levels[var] == here {
                    open += 1;
                } else {
                    clause.push(lit);
                }
            }
            let lit = loop {
                at -= 1;
                if self.seen[self.trail[at].var().index()] {
                    break self.trail[at];
                }
            };
            open -= 1;
            if open == 0 {
                break !lit;
            }
            resolved = Some(lit);
            reason = self.reasons[lit.var().index()];
        };
        let redundant = |solver: &Self, lit: Lit| {
            let reason = solver.reasons[lit.var().index()];
            reason != NO_CLAUSE && {
                let Span { start, len } = solver.clauses[reason as usize];
                solver.arena[start as usize..(start + len) as usize].iter().all(|other| {
                    let var = other.var().index();
                    other.var() == lit.var() || solver.seen[var] || solver.levels[var] == 0
                })
            }
        };
        let mut learned = vec![asserting];
        learned.extend(clause.iter().copied().filter(|lit| !redundant(self, *lit)));
        for var in marked {
            self.seen[var.index()] = false;
        }
        let mut level = 0;
        if learned.len() > 1 {
            let second = (1..learned.len())
                .max_by_key(|index| self.levels[learned[*index].var().index()])
                .expect("there are at least two literals");
            learned.swap(1, second);
            level = self.levels[learned[1].var().index()] as usize;
        }
        (learned, level)
    }

    fn next_decision(&mut self, assumptions: &[Lit], guide: &mut dyn Guide) -> Decision {
        if let Some(assumption) = assumptions.get(self.level_starts.len()) {
            return match sign(&self.values, *assumption) {
                0 => Decision::Take(*assumption),
                1 => Decision::Holds,
                _ => Decision::Refuted(*assumption),
            };
        }
        if let Some(lit) = guide.propose(&View { values: &self.values, trail: &self.trail }) {
            debug_assert_eq!(sign(&self.values, lit), 0, "a guide proposes unassigned literals");
            return Decision::Take(lit);
        }
        while self.fill < self.levels.len() {
            let lit = Var(self.fill as u32).positive();
            if sign(&self.values, lit) == 0 {
                return Decision::Take(!lit);
            }
            self.fill += 1;
        }
        Decision::Complete
    }

    /// Collects the assumptions that force `refuted` to be false.
    fn explain_refutation(&mut self, refuted: Lit) {
        self.core.push(refuted);
        if self.levels[refuted.var().index()] == 0 {
            return;
        }
        let bottom = self.level_starts.first().copied().unwrap_or(0);
        let mut marked = vec![refuted.var()];
        self.seen[refuted.var().index()] = true;
        for at in (bottom..self.trail.len()).rev() {
            let lit = self.trail[at];
            let var = lit.var().index();
            if !self.seen[var] {
                continue;
            }
            match self.reasons[var] {
                // A decision below the first unmet assumption is an assumption.
                NO_CLAUSE => self.core.push(lit),
                reason => {
                    let Span { start, len } = self.clauses[reason as usize];
                    for index in start as usize..(start + len) as usize {
                        let other = self.arena[index].var();
                        if self.levels[other.index()] > 0 && !self.seen[other.index()] {
                            self.seen[other.index()] = true;
                            marked.push(other);
                        }
                    }
                }
            }
        }
        for var in marked {
            self.seen[var.index()] = false;
        }
    }

    /// Keeps the levels whose assumptions are the same as in the last call: successive calls differ little.
    fn backtrack_to_common(&mut self, assumptions: &[Lit]) {
        let mut common = 0;
        while common < assumptions.len() && common < self.level_starts.len() {
            let start = self.level_starts[common];
            let end = self.level_starts.get(common + 1).copied().unwrap_or(self.trail.len());
            let same = if start == end {
                sign(&self.values, assumptions[common]) > 0
                    && (self.levels[assumptions[common].var().index()] as usize) <= common
            } else {
                self.trail[start] == assumptions[common]
            };
            if !same {
                break;
            }
            common += 1;
        }
        self.backtrack(common);
    }

    fn backtrack(&mut self, level: usize) {
        if self.level_starts.len() <= level {
            return;
        }
        let start = self.level_starts[level];
        for lit in self.trail.drain(start..) {
            let var = lit.var().index();
            self.values[lit.index()] = 0;
            self.values[(!lit).index()] = 0;
            self.fill = self.fill.min(var);
        }
        self.level_starts.truncate(level);
        self.propagated = self.propagated.min(start);
    }
}

/// The variable that stands for all that are linked to `var`, of which each names one linked to it.
fn root(links: &mut [usize], var: Var) -> usize {
    let mut at = var.index();
    while links[at] != at {
        links[at] = links[links[at]];
        at = links[at];
    }
    at
}

enum Decision {
    Take(Lit),
    Holds,
    Refuted(Lit),
    Complete,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn brute(vars: usize, clauses: &[Vec<(usize, bool)>], fixed: &[(usize, bool)]) -> bool {
        (0u32..1 << vars).any(|bits| {
            let holds = |&(var, positive): &(usize, bool)| (bits >> var & 1 == 1) == positive;
            clauses.iter().all(|clause| clause.iter().any(holds)) && fixed.iter().all(holds)
        })
    }

    #[test]
    fn whether_to_stop_is_asked_between_conflicts_and_short_searches() {
        struct Impatient(u32);
        impl Guide for Impatient {
            fn propose(&mut self, _view: &View<'_>) -> Option<Lit> {
                None
            }
            fn stop(&mut self) -> bool {
                self.0 += 1;
                true
            }
        }
        // Ten pigeons in nine holes: short clauses, few decisions, more conflicts than anybody would wait for.
        let mut solver = Solver::new();
        let sits: Vec<Vec<Lit>> = (0..10).map(|_| (0..9).map(|_| solver.new_lit()).collect()).collect();
        for (pigeon, holes) in sits.iter().enumerate() {
            solver.add(holes);
            for other in &sits[..pigeon] {
                holes.iter().zip(other).for_each(|(one, another)| solver.add(&[!*one, !*another]));
            }
        }
        let mut guide = Impatient(0);
        assert_eq!(solver.solve(&[], &mut guide), Verdict::Stopped);
        assert!(solver.conflicts() < 500, "{solver:?}");
        let asked = guide.0;
        for _ in 0..1000 {
            solver.solve_within(&[sits[0][0]], &mut guide, 2);
        }
        assert!(guide.0 > asked);
    }

    proptest! {
        #[test]
        fn agrees_with_brute_force_incrementally(
            clauses in prop::collection::vec(prop::collection::vec((0usize..8, any::<bool>()), 1..4), 0..40),
            calls in prop::collection::vec(prop::collection::vec((0usize..8, any::<bool>()), 0..5), 1..6),
        ) {
            let mut solver = Solver::new();
            let vars: Vec<Lit> = (0..8).map(|_| solver.new_lit()).collect();
            let lit = |&(var, positive): &(usize, bool)| if positive { vars[var] } else { !vars[var] };
            let mut added = Vec::new();
            for (index, assumed) in calls.iter().enumerate() {
                let upto = clauses.len() * (index + 1) / calls.len();
                for clause in &clauses[added.len()..upto] {
                    solver.add(&clause.iter().map(lit).collect::<Vec<_>>());
                    added.push(clause.clone());
                }
                if index % 2 == 1 {
                    solver.simplify();
                }
                let assumptions: Vec<Lit> = assumed.iter().map(lit).collect();
                let expected = brute(8, &added, assumed);
                let verdict = solver.solve(&assumptions, &mut NoGuide);
                prop_assert_eq!(verdict == Verdict::Satisfiable, expected);
                if expected {
                    for clause in &added {
                        prop_assert!(clause.iter().any(|l| solver.model(lit(l))));
                    }
                    prop_assert!(assumptions.iter().all(|l| solver.model(*l)));
                } else {
                    let core: Vec<(usize, bool)> = assumed.iter().copied().filter(|l| solver.core().contains(&lit(l))).collect();
                    prop_assert!(solver.core().iter().all(|l| assumptions.contains(l)));
                    prop_assert!(!brute(8, &added, &core));
                }
            }
        }

        #[test]
        fn narrowing_changes_nothing_for_what_is_kept(
            clauses in prop::collection::vec(prop::collection::vec((0usize..12, any::<bool>()), 1..3), 0..14),
            kept in prop::collection::vec(0usize..12, 1..4),
            signs in prop::collection::vec(any::<bool>(), 4),
        ) {
            let mut solver = Solver::new();
            let vars: Vec<Lit> = (0..12).map(|_| solver.new_lit()).collect();
            let lit = |&(var, positive): &(usize, bool)| if positive { vars[var] } else { !vars[var] };
            for clause in &clauses {
                solver.add(&clause.iter().map(lit).collect::<Vec<_>>());
            }
            solver.narrow(&kept.iter().map(|var| vars[*var]).collect::<Vec<_>>());
            let assumed: Vec<(usize, bool)> = kept.into_iter().zip(signs).collect();
            let assumptions: Vec<Lit> = assumed.iter().map(lit).collect();
            let expected = brute(12, &clauses, &assumed);
            prop_assert_eq!(solver.solve(&assumptions, &mut NoGuide) == Verdict::Satisfiable, expected);
            if expected {
                for clause in &clauses {
                    prop_assert!(clause.iter().any(|l| solver.model(lit(l))));
                }
            }
        }
    }
}
