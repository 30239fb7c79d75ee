//! How deeply the syntax of a file can nest, from its tokens alone, before anybody parses it.
//!
//! The parser grows its stack as deep as the text asks for, and trees are walked and freed by recursion. So what nests too
//! deeply is not parsed. The number is an upper bound: every level of a syntax tree takes a token that is not just a name,
//! a literal or a comma.

use std::panic::{self, AssertUnwindSafe};

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer::lex};

/// Syntax up to here is walked on the stack at hand.
const SHALLOW: usize = 100;
/// Stack for deeper syntax, in bytes: what the greatest depth takes in a build without optimisation, twice.
const DEEP_STACK: usize = 64 << 20;

/// What the tokens of a file tell before it is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// How many tokens there are.
    pub(crate) tokens: usize,
    /// An upper bound of how deeply the syntax nests.
    pub(crate) depth: usize,
    /// Whether the tokens alone show that this is not Python. From there on everything counts as nested, because nobody
    /// knows how the parser goes on.
    pub(crate) broken: bool,
}

/// Reads tokens until there are too many, or they nest too deeply.
pub(crate) fn measure(text: &str, most_tokens: usize, most_depth: usize) -> Size {
    let mut lexer = lex(text, Mode::Module);
    let mut nesting = Nesting::default();
    let mut size = Size { tokens: 0, depth: 0, broken: false };
    while size.tokens <= most_tokens && size.depth <= most_depth {
        let token = lexer.next_token();
        if token == TokenKind::EndOfFile {
            break;
        }
        size.tokens += 1;
        size.broken |= nesting.breaks_at(token);
        nesting.after(token);
        size.depth = size.depth.max(nesting.indents + nesting.inside);
    }
    size
}

/// Does something with syntax of a depth on a stack that is large enough; nothing when the parser fails, which is not ours: one
/// file of an attacker's must not end the analysis of all others.
pub(crate) fn sheltered<T>(depth: usize, work: impl FnOnce() -> T) -> Option<T> {
    let work = || if depth <= SHALLOW { work() } else { stacker::maybe_grow(DEEP_STACK / 2, DEEP_STACK, work) };
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

impl Default for Bracket {
    fn default() -> Self {
        Self { close: TokenKind::EndOfFile, operators: 0, lambdas: 0, yields: false }
    }
}

/// Open brackets, and what nests in each without closing.
#[derive(Debug, Default)]
struct Nesting {
    indents: usize,
    /// The sum over all brackets.
    inside: usize,
    brackets: Vec<Bracket>,
    outside: Bracket,
    last: Option<TokenKind>,
    /// A line ended in a colon.
    block_is_due: bool,
    broken: bool,
}

fn is_close(token: TokenKind) -> bool {
    use TokenKind as T;
    matches!(token, T::Rpar | T::Rsqb | T::Rbrace | T::FStringEnd | T::TStringEnd)
}

fn closed_by(open: TokenKind) -> TokenKind {
    use TokenKind as T;
    match open {
        T::Lpar => T::Rpar,
        T::Lsqb => T::Rsqb,
        T::FStringStart => T::FStringEnd,
        T::TStringStart => T::TStringEnd,
        _ => T::Rbrace,
    }
}

/// What nests between two brackets, or in a statement outside of them.
#[derive(Clone, Copy, Debug)]
struct Bracket {
    /// What closes it.
    close: TokenKind,
    /// Operators and keywords since the last comma that ends an element.
    operators: usize,
    /// Lambdas whose colon is still to come: the commas before it separate their parameters.
    lambdas: usize,
    /// A `yield` takes what follows, commas and all.
    yields: bool,
}

impl Nesting {
    /// Whether Python cannot go on with this token.
    fn breaks_at(&mut self, token: TokenKind) -> bool {
        use TokenKind as T;
        if matches!(token, T::Comment | T::NonLogicalNewline) {
            return self.broken;
        }
        self.broken = self.broken
            || token == T::Unknown
            || self.block_is_due && token != T::Indent
            || matches!(token, T::Newline | T::Semi) && (!self.brackets.is_empty() || self.outside.lambdas > 0)
            || is_close(token)
                && self.brackets.last().is_none_or(|bracket| bracket.close != token || bracket.lambdas > 0);
        self.block_is_due = token == T::Newline && self.last == Some(T::Colon);
        self.last = Some(token);
        self.broken
    }

    fn after(&mut self, token: TokenKind) {
        use TokenKind as T;
        if self.broken {
            self.inside += 1;
            return;
        }
        match token {
            T::Indent => self.indents += 1,
            T::Dedent => self.indents = self.indents.saturating_sub(1),
            T::Newline | T::Semi => self.statement_ends(),
            T::Lpar | T::Lsqb | T::Lbrace | T::FStringStart | T::TStringStart => {
                self.operator();
                self.brackets.push(Bracket { close: closed_by(token), ..Bracket::default() });
            }
            T::Rpar | T::Rsqb | T::Rbrace | T::FStringEnd | T::TStringEnd => {
                let closed = self.brackets.pop().unwrap_or_default();
                self.inside = self.inside.saturating_sub(closed.operators);
            }
            T::Comma => self.comma(),
            T::Lambda => {
                self.operator();
                self.top().lambdas += 1;
            }
            T::Yield => {
                self.operator();
                self.top().yields = true;
            }
            T::Colon => {
                let top = self.top();
                top.lambdas = top.lambdas.saturating_sub(1);
            }
            T::Dot => self.operator(),
            other if other.is_operator() && other != T::Equal || other.is_non_soft_keyword() => self.operator(),
            _ => {}
        }
    }

    fn statement_ends(&mut self) {
        self.brackets.clear();
        self.outside = Bracket::default();
        self.inside = 0;
    }

    fn top(&mut self) -> &mut Bracket {
        self.brackets.last_mut().unwrap_or(&mut self.outside)
    }

    fn operator(&mut self) {
        self.top().operators += 1;
        self.inside += 1;
    }

    /// Within brackets a comma begins a new element, beside the one before.
    fn comma(&mut self) {
        if let Some(top) = self.brackets.last_mut()
            && top.lambdas == 0
            && !top.yields
        {
            self.inside = self.inside.saturating_sub(top.operators);
            top.operators = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ruff_python_ast::{
        AnyNodeRef, PySourceType,
        visitor::source_order::{SourceOrderVisitor, TraversalSignal},
    };
    use ruff_python_parser::parse_unchecked_source;

    use super::*;

    fn depth(text: &str) -> usize {
        measure(text, usize::MAX, usize::MAX).depth
    }

    #[test]
    fn a_table_is_flat_however_long() {
        let table = format!("x = {{{}}}\n", "'a': f(1 + 2, [3]),\n".repeat(10_000));
        assert!(depth(&table) < 10, "{}", depth(&table));
        let statements = "if a:\n    b(c)\n".repeat(10_000);
        assert!(depth(&statements) < 10, "{}", depth(&statements));
    }

    #[test]
    fn everything_that_nests_counts() {
        let chains = [
            "x = ".to_owned() + &"(".repeat(5_000),
            "x = ".to_owned() + &"[".repeat(5_000),
            "x = ".to_owned() + &"{".repeat(5_000),
            "x = ".to_owned() + &"not ".repeat(5_000),
            "x = ".to_owned() + &"-".repeat(5_000),
            "x = ".to_owned() + &"await ".repeat(5_000),
            "x = a".to_owned() + &".b".repeat(5_000),
            "x = a".to_owned() + &"()".repeat(5_000),
            "x = a".to_owned() + &"[0]".repeat(5_000),
            "x = 1".to_owned() + &"+1".repeat(5_000),
            "x = 1".to_owned() + &"**1".repeat(5_000),
            "x = 1".to_owned() + &" if a else 1".repeat(5_000),
            "x = ".to_owned() + &"lambda a, b: ".repeat(5_000),
            "f(".to_owned() + &"lambda a, b: ".repeat(5_000),
            "f(".to_owned() + &"lambda a=lambda b, c: 0, d=0: ".repeat(5_000),
            "f(".to_owned() + &"yield a, ".repeat(5_000),
            (0..5_000).map(|level| " ".repeat(level) + "if a:\n").collect::<String>(),
            "x = ".to_owned() + &"f'{".repeat(5_000),
            "async ".repeat(5_000),
            "if a: ".repeat(5_000),
        ];
        for chain in chains {
            assert!(depth(&chain) >= 2_500, "{}: {}", chain.chars().take(40).collect::<String>(), depth(&chain));
        }
    }

    /// The levels of nodes in a tree.
    #[derive(Default)]
    struct Levels {
        now: usize,
        most: usize,
    }

    impl<'a> SourceOrderVisitor<'a> for Levels {
        fn enter_node(&mut self, _: AnyNodeRef<'a>) -> TraversalSignal {
            self.now += 1;
            self.most = self.most.max(self.now);
            TraversalSignal::Traverse
        }

        fn leave_node(&mut self, _: AnyNodeRef<'a>) {
            self.now -= 1;
        }
    }

    const PIECES: &[&str] = &[
        "if a: ",
        "if a:\n ",
        "while a, ",
        "for a in b, ",
        "with a as b, ",
        "async ",
        "def f(a=",
        "lambda a, ",
        "lambda: ",
        "lambda a=",
        "yield ",
        "yield a, ",
        "await ",
        "not ",
        "-",
        "*",
        "**",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ";",
        "=",
        ":=",
        ".",
        " if a else ",
        " for a in b ",
        " and ",
        " or ",
        " + ",
        " < ",
        "f'{",
        "}'",
        "f'a'",
        ":{",
        "a",
        "1",
        "'s'",
        "\n",
        "\n ",
        "\n  ",
        "try:\n ",
        "except ",
        "class A(",
        "return ",
        "match a:\n ",
        "case ",
        " as ",
        "|",
        "print ",
        "@",
        "del ",
        "->",
        "type A[B: ",
        "!r",
        "\\\n",
        "import a as ",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

        /// A level of operators is at most four of nodes: a call, its arguments, one of them by keyword, its value.
        #[test]
        fn no_tree_is_deeper_than_its_tokens_allow(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 1..8),
            times in 1usize..40,
        ) {
            let text = pieces.concat().repeat(times);
            let parsed = parse_unchecked_source(&text, PySourceType::Python);
            let mut levels = Levels::default();
            levels.visit_body(&parsed.syntax().body);
            prop_assert!(levels.most <= 4 * depth(&text) + 12, "{} levels, {} by tokens", levels.most, depth(&text));
        }
    }

    #[test]
    fn reading_stops_where_it_is_enough() {
        assert_eq!(measure(&"(".repeat(1_000), usize::MAX, 10).depth, 11);
        assert_eq!(measure(&"a\n".repeat(1_000), 10, usize::MAX).tokens, 11);
    }
}
