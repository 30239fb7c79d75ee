//! Source that is made to break whoever reads it becomes a finding, in bounded time, memory and stack.

use indicators::{Analyser, Depth, Examined, Limits, Member};

fn examine(source: &str) -> Examined {
    examine_bytes(source.as_bytes())
}

fn examine_bytes(bytes: &[u8]) -> Examined {
    Analyser::default().examine(&Member { path: "m.py", bytes })
}

fn rules(examined: &Examined) -> Vec<&str> {
    examined.findings.iter().map(|finding| &*finding.rule).collect()
}

#[test]
fn source_that_nests_without_end_is_not_parsed() {
    let many = 100_000;
    let sources = [
        format!("x = {}1{}", "(".repeat(many), ")".repeat(many)),
        format!("x = {}", "[".repeat(many)),
        format!("x = {}1{}", "{1: ".repeat(many), "}".repeat(many)),
        format!("x = {}1", "not ".repeat(many)),
        format!("x = {}1", "-".repeat(many)),
        format!("x = a{}", ".b".repeat(many)),
        format!("x = a{}", "()".repeat(many)),
        format!("x = 1{}", "+1".repeat(many)),
        format!("x = 1{}", "**1".repeat(many)),
        format!("x = {}1", "lambda: ".repeat(many)),
        format!("f({}1)", "lambda a, b: ".repeat(many)),
        format!("x = 1{}", " if a else 1".repeat(many)),
        format!("x = {}", "f'{".repeat(many)),
        format!("async {}", "async ".repeat(many)),
        format!("match x:\n case {}", "[".repeat(many)),
        (0..5_000).map(|level| " ".repeat(level) + "def f():\n").collect::<String>(),
        (0..5_000).map(|level| " ".repeat(level) + "if a:\n").collect::<String>() + &" ".repeat(5_000) + "pass",
    ];
    for source in sources {
        let examined = examine(&source);
        assert_eq!(rules(&examined), ["A002"], "{}", source.chars().take(40).collect::<String>());
        assert_eq!(examined.depth, Depth::Skipped);
    }
}

#[test]
fn source_that_is_long_but_flat_is_looked_at() {
    let many = 20_000;
    let chain = format!("if a:\n    pass\n{}", "elif b:\n    exec(c)\n".repeat(1_000));
    assert_eq!(examine(&chain).findings.len(), 1_000);
    for source in [
        format!("x = [{}]", "'a', ".repeat(many)),
        format!("x = ({})", "'a' ".repeat(many)),
        format!("x = {{{}}}", "'a': f(1 + 2), ".repeat(many)),
        "x = 1; ".repeat(many),
        format!("f({})", "lambda: 1, ".repeat(many)),
        format!("from a import ({})", "b as c, ".repeat(many)),
    ] {
        let examined = examine(&source);
        assert_eq!(examined.depth, Depth::Whole, "{}", source.chars().take(40).collect::<String>());
        assert_eq!(rules(&examined), <[&str; 0]>::default());
    }
}

#[test]
fn source_as_deep_as_is_allowed_is_walked_on_a_small_stack() {
    let deep = Limits::default().depth - 20;
    let sources = [
        format!("x = {}exec(1){}", "(".repeat(deep), ")".repeat(deep)),
        format!("x = {}exec(1)", "-".repeat(deep)),
        format!("x = exec(1){}", ".b".repeat(deep)),
        format!("x = exec(1){}", "+1".repeat(deep)),
        format!("x = {}exec(1)", "lambda: ".repeat(deep)),
        (0..deep).map(|level| " ".repeat(level) + "if a:\n").collect::<String>() + &" ".repeat(deep) + "exec(1)",
    ];
    let on_small_stack = std::thread::Builder::new().stack_size(512 << 10).spawn(move || {
        for source in sources {
            assert_eq!(rules(&examine(&source)), ["B102"], "{}", source.chars().take(40).collect::<String>());
        }
    });
    on_small_stack.unwrap().join().unwrap();
}

#[test]
fn broken_source_is_a_finding_with_its_line() {
    let python2 = examine("import os\nprint 'a'\n");
    assert_eq!(rules(&python2), ["A001"]);
    assert_eq!(python2.findings[0].line, 2);
    for bytes in [&b"x = '\xff'"[..], b"a\0b", b"x = (", b"\xef\xbb\xbf\xef\xbb\xbfx", b"def", b"\t\tx\n y"] {
        assert_eq!(rules(&examine_bytes(bytes)), ["A001"], "{bytes:?}");
    }
}

#[test]
fn a_file_with_too_many_findings_says_so() {
    let limits = Limits { findings: 10, ..Limits::default() };
    let source = "exec(a)\n".repeat(100);
    let examined = Analyser::default().with_limits(limits).examine(&Member { path: "m.py", bytes: source.as_bytes() });
    assert_eq!(examined.findings.len(), 11);
    assert_eq!(examined.findings[0].rule, "A004");
    assert!(examined.findings[0].message.starts_with("90 more"), "{}", examined.findings[0].message);
}

#[test]
fn a_file_that_is_too_large_says_so() {
    let limits = Limits { bytes: 100, ..Limits::default() };
    let analyser = Analyser::default().with_limits(limits);
    let large = "x = 1\n".repeat(100);
    assert_eq!(rules(&analyser.examine(&Member { path: "m.py", bytes: large.as_bytes() })), ["A003"]);
    let limits = Limits { tokens: 100, ..Limits::default() };
    let analyser = Analyser::default().with_limits(limits);
    assert_eq!(rules(&analyser.examine(&Member { path: "m.py", bytes: large.as_bytes() })), ["A003"]);
}

#[test]
fn rules_that_look_further_give_up_in_time() {
    let limits = Limits { work: 10_000, ..Limits::default() };
    let analyser = Analyser::default().with_limits(limits);
    let wide = format!("x = {}", vec!["('a' + 'b')"; 400].join(" + "));
    let mut marked = "from django.utils.safestring import mark_safe\n".to_owned();
    (1..2_000).for_each(|at| marked.push_str(&format!("a{at} = '{{}}{{}}'.format(a{0}, a{0})\n", at - 1)));
    marked.push_str("mark_safe(a1999)\n");
    for source in [wide, marked] {
        let examined = analyser.examine(&Member { path: "m.py", bytes: source.as_bytes() });
        assert!(rules(&examined).contains(&"A005"), "{:?}", rules(&examined));
        assert_eq!(examined.depth, Depth::Whole);
    }
}

#[test]
fn source_that_makes_a_careless_reader_slow_is_read_once() {
    let many = 100_000;
    let long = "a".repeat(many);
    let sources = [
        // Blocks that open and close in one line.
        "\"\"\"\"\"\" ".repeat(many),
        // A finding each, in one line that is indented without end.
        format!("if a:\n{}{}", " ".repeat(many), "exec(b);".repeat(2_000)),
        // What is imported, asked for again and again while there is ever more of it.
        (0..2_000).map(|at| format!("import a{at}\nx.exec_command()\n")).collect(),
        // Names that calls and imports repeat.
        format!("from {long} import {}\n", "b, ".repeat(2_000).trim_end_matches(", ")),
        format!("import {long} as b\n{}", "b.c()\n".repeat(2_000)),
        format!("from . import pickle{long}\n"),
        // Comments that name rules without end.
        format!("# nosec {}\n{}", "B101 ".repeat(many), "exec(b)\n".repeat(100)),
        // Texts that are put together in pieces.
        format!("x = {}", vec![format!("'select {}'", "a".repeat(1_000)); 1_000].join(" + ")),
    ];
    for source in sources {
        let examined = examine(&source);
        assert_eq!(examined.depth, Depth::Whole, "{}", source.chars().take(40).collect::<String>());
        assert!(examined.findings.iter().all(|one| one.message.len() <= 403 && one.excerpt.len() <= 1_000));
    }
}
