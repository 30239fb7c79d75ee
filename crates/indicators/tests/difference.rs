//! What changed between two releases is told; what only looks different is not.

use indicators::{
    Analyser, Capability, Contents, Difference, Kind, Member, Moment, Report,
    inventory::{Publishers, Statement},
};

type Files<'a> = &'a [(&'a str, &'a str)];

fn report(kind: Kind, files: Files<'_>) -> Report {
    let (analyser, mut contents, mut report) = (Analyser::default(), Contents::new("", "", kind), Report::default());
    for (path, text) in files {
        let member = Member { path, bytes: text.as_bytes() };
        contents.see(&member);
        report.add(analyser.examine(&member));
    }
    report.inventory = contents.inventory();
    report.sorted()
}

fn between(before: Files<'_>, after: Files<'_>) -> Difference {
    Difference::between(&report(Kind::Wheel, before), &report(Kind::Wheel, after))
}

#[test]
fn a_minor_release_that_starts_to_open_sockets_at_import_is_told() {
    let before = "import socket\n\ndef name():\n    return socket.gethostname()\n";
    let after = format!("{before}\nname_of_host = socket.create_connection(('a', 1))\n");
    let difference = between(
        &[("a/b.py", before), ("a-1.0.dist-info/RECORD", "")],
        &[("a/b.py", &after), ("a-1.1.dist-info/RECORD", "")],
    );
    let [gained] = difference.gained.as_slice() else { panic!("{difference:?}") };
    let evidence = &gained.evidence;
    assert_eq!((evidence.capability, evidence.moment, evidence.line), (Capability::Network, Moment::Import, 6));
    assert!(gained.known, "it spoke to the network when asked to");
    assert_eq!(evidence.excerpt, "name_of_host = socket.create_connection(('a', 1))");
    assert!(difference.is_notable() && difference.changed == 1 && difference.added.is_empty(), "{difference:?}");
}

#[test]
fn renaming_a_file_is_no_difference_and_says_what_was_renamed() {
    let text = "import subprocess\nsubprocess.run('a', shell=True)\n";
    let difference = between(&[("a/old.py", text)], &[("a/new.py", text)]);
    assert!(!difference.is_notable(), "{difference:?}");
    assert_eq!(difference.moved, [("a/old.py".to_string(), "a/new.py".to_string())]);
    assert!(difference.added.is_empty() && difference.removed.is_empty());
}

#[test]
fn reordering_is_no_difference() {
    let before = "import os\nassert os\nos.system('a')\nx = os.environ['A']\n";
    let after = "import os\nx = os.environ['A']\n\n\nos.system('a')\nassert os\n";
    let difference = between(&[("a/b.py", before), ("a/c.py", "")], &[("a/c.py", ""), ("a/b.py", after)]);
    assert!(!difference.is_notable() && difference.lost.is_empty(), "{difference:?}");
}

#[test]
fn a_rule_that_finds_something_in_another_file_is_told_once_for_that_file() {
    let difference = between(
        &[("a/b.py", "assert 1\n"), ("a/c.py", "")],
        &[("a/b.py", "assert 1\nassert 2\n"), ("a/c.py", "assert 1\nassert 2\n")],
    );
    let told: Vec<_> = difference.findings.iter().map(|one| (&*one.rule, one.path.as_str(), one.line)).collect();
    assert_eq!(told, [("B101", "a/c.py", 1)]);
}

#[test]
fn other_people_addresses_and_commands_are_told() {
    let metadata = |lines: &str| format!("Metadata-Version: 2.1\n{lines}\nAuthor: in the description\n");
    let before = metadata("Author-email: Ann <ann@one.example>\nHome-page: https://one.example/\n");
    let after = metadata(
        "Author-email: Ann <ann@Two.example>\nProject-URL: Home, https://one.example\nProject-URL: Code, https://two.example/docs\nProject-URL: Source, https://www.GitHub.com/ann/a.git#readme\n",
    );
    let difference = between(
        &[("a-1.dist-info/METADATA", &before)],
        &[
            ("a-2.dist-info/METADATA", &after),
            ("a-2.dist-info/entry_points.txt", "[x]\na = b\n[console_scripts]\nrun = a:b\n"),
        ],
    );
    let said = |rows: &[(indicators::inventory::Statement, String)]| -> Vec<String> {
        rows.iter().map(|(about, value)| format!("{about}: {value}")).collect()
    };
    assert_eq!(
        said(&difference.said),
        [
            "author: ann@Two.example",
            "e-mail domain: two.example",
            "repository: github.com/ann/a",
            "host: two.example",
            "command: run"
        ]
    );
    assert_eq!(said(&difference.unsaid), ["author: ann@one.example", "e-mail domain: one.example"]);
    assert_eq!(difference.added, ["dist-info/entry_points.txt"]);
}

#[test]
fn an_sdist_is_compared_without_the_folder_of_its_version() {
    let old = report(Kind::Sdist, &[("a-1/a.py", "x = 1\n"), ("a-1/gone.py", "y = 2\n")]);
    let new = report(Kind::Sdist, &[("a-2/a.py", "x = 1\n")]);
    let difference = Difference::between(&old, &new);
    assert_eq!((difference.changed, difference.removed), (0, vec!["gone.py".to_string()]));
    assert!(Difference::between(&new, &report(Kind::Wheel, &[("a.py", "x = 1\n")])).kinds);
}

#[test]
fn who_published_it_is_compared_where_both_indexes_say() {
    let with = |publishers: &Publishers| {
        let mut report = Report::default();
        report.inventory.publishers = publishers.clone();
        report
    };
    let known = |names: &[&str]| Publishers::Known(names.iter().map(ToString::to_string).collect());
    let between = |before: &Publishers, after: &Publishers| Difference::between(&with(before), &with(after));
    let (ada, nobody, failed) = (known(&["ada"]), known(&[]), Publishers::Unknown("it rained".to_string()));
    let lost = between(&ada, &nobody);
    assert!(lost.lost_publisher() == Some("ada") && lost.is_notable() && lost.said.is_empty(), "{lost:?}");
    let won = between(&nobody, &ada);
    assert!(won.said == [(Statement::Publisher, "ada".to_string())] && won.lost_publisher().is_none(), "{won:?}");
    assert!(between(&ada, &known(&["ben"])).lost_publisher().is_none(), "it has another");
    for (before, after) in [(&ada, &failed), (&failed, &ada), (&failed, &nobody), (&Publishers::Unasked, &failed)] {
        let difference = between(before, after);
        assert_eq!(difference.publishers_unknown.as_deref(), Some("it rained"));
        assert!(!difference.is_notable() && difference.unsaid.is_empty(), "{difference:?}");
    }
    assert!(between(&Publishers::Unasked, &ada).publishers_unknown.is_some(), "only one was asked");
    for same in [&ada, &nobody, &Publishers::Unasked] {
        assert_eq!(between(same, same), Difference::default());
    }
    assert_eq!(between(&Publishers::Unasked, &nobody), Difference::default(), "an index that names nobody, and none");
}
