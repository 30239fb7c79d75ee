//! Whatever is in a file, the answer is a report: pieces of Python in any order, files cut anywhere, bytes of any kind.

use indicators::{Analyser, Depth, Member};
use proptest::prelude::*;

/// Pieces that rules look for, and pieces that take syntax apart.
const PIECES: &[&str] = &[
    "import pickle, subprocess as s\n",
    "from . import x\n",
    "def f(password='a', *, b=1, **c):\n",
    "    ",
    "\n",
    "\t",
    "class A(B, metaclass=C):\n",
    "@d\n",
    "async ",
    "await ",
    "lambda a, b=1: ",
    "yield ",
    "return ",
    "if a:\n",
    "elif b:\n",
    "else:\n",
    "try:\n",
    "except Exception:\n",
    "except* E as e:\n",
    "finally:\n",
    "with a as b, c:\n",
    "for x in y:\n",
    "while 1:\n",
    "match x:\n",
    "case {'a': [b, *c], **d}:\n",
    "case A(b=1) | C():\n",
    "pass",
    "continue",
    "assert a, 'b'",
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
    "->",
    "**",
    "*",
    "+",
    "%",
    ".",
    "...",
    "'select a from b '",
    "\"/tmp\"",
    "f'{",
    "f'a{b!r:>{c}}'",
    "f'{x=}'",
    "'''",
    "\"\"\"",
    "rb'\\x00'",
    "\\\n",
    "# nosec B101, B602\n",
    "#",
    "s.run(a, shell=True)",
    "yaml.load(x)",
    ".format(",
    "mark_safe('%s' % a)",
    "type X[T: int = str] = Y\n",
    "print 'a'",
    "0x",
    "1e5j",
    "\u{202e}",
    "\u{feff}",
    "\r",
    "\u{c}",
    "\\N{DASH}",
    "global a\n",
    "del a",
    "raise A from B",
    " if a else b",
    " for a in b if c",
    "not ",
    "-",
    "~",
    "1",
    "a",
    "password",
    "t'{a}'",
];

fn examine(bytes: &[u8]) -> Depth {
    let examined = Analyser::default().examine(&Member { path: "a/m.py", bytes });
    let skipped = examined.findings.iter().any(|finding| finding.rule.starts_with("A00"));
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count();
    for finding in &examined.findings {
        assert!(finding.line as usize <= lines && finding.end_line >= finding.line, "{finding:?}");
    }
    assert!(examined.findings.is_sorted());
    assert_eq!(examined.depth == Depth::Skipped, skipped, "{:?}", examined.findings);
    examined.depth
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn pieces_in_any_order(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        examine(pieces.concat().as_bytes());
    }

    #[test]
    fn bytes_of_any_kind(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        examine(&bytes);
    }

    #[test]
    fn files_cut_anywhere(start in 0usize..2_000, end in 0usize..2_000) {
        let whole = include_bytes!("rules/B703.py");
        examine(whole.get(start.min(end)..start.max(end).min(whole.len())).unwrap_or_default());
    }
}

#[test]
fn a_whole_file_is_looked_at() {
    assert_eq!(examine(include_bytes!("rules/B703.py")), Depth::Whole);
}
