use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> CoreMetadata {
    CoreMetadata::parse(text.as_bytes()).unwrap()
}

fn requirements(metadata: &CoreMetadata) -> Vec<String> {
    metadata.requires_dist.iter().map(ToString::to_string).collect()
}

/// What one requirement of metadata is read as; the complaint when it is not.
fn read(requirement: &str) -> String {
    let metadata = parse(&format!("Metadata-Version: 2.1\nName: demo\nRequires-Dist: {requirement}\n"));
    assert_eq!(metadata.broken(), metadata.requires_dist.is_empty());
    match metadata.requires_dist.first() {
        Some(read) => read.to_string(),
        None => metadata.complaints.join(" "),
    }
}

#[test]
fn metadata_gives_what_resolution_needs() {
    let metadata = parse(
        "Metadata-Version: 2.4\r\nNAME: Demo.Pkg\r\nVersion: 1.0\r\nSummary: x: y\r\nRequires-Dist: flask>=2\r\n\
         Requires-Dist: idna[all]<4,\r\n >=2 ; \r\n\tpython_version < \"3.9\"\r\nProvides-Extra: Test_Suite\r\n\
         Provides-Extra: test-suite\r\nRequires-Dist: pytest ; extra == 'Test_Suite'\r\nRequires-Python: >=3.8\r\n\
         Dynamic: License-File\r\n\r\nRequires-Dist: not-a-header\r\n",
    );
    assert_eq!(metadata.name.as_ref().map(AsRef::as_ref), Some("demo-pkg"));
    assert_eq!(metadata.version.as_ref().map(ToString::to_string).as_deref(), Some("1.0"));
    assert_eq!(
        requirements(&metadata),
        ["flask>=2", "idna[all]>=2,<4 ; python_full_version < '3.9'", "pytest ; extra == 'test-suite'"]
    );
    assert_eq!(metadata.provides_extra.len(), 1);
    assert_eq!(metadata.requires_python.as_ref().map(ToString::to_string).as_deref(), Some(">=3.8"));
    assert!(metadata.is_dynamic("license-file") && !metadata.broken() && metadata.complaints.is_empty());
}

#[test]
fn a_description_among_the_headers_hides_nothing() {
    let metadata = parse(
        "Metadata-Version: 1.1\nName: demo\nVersion: 0.1\nDescription: text\n        \n        Requires-Dist: folded\n\
         a stray line\n  more of it\nRequires-Dist: flask\nRequires-Python: UNKNOWN\n\nbody\n",
    );
    assert_eq!(requirements(&metadata), ["flask"]);
    assert_eq!(metadata.requires_python, None);
    assert_eq!(metadata.complaints, Vec::<String>::new());
}

#[test]
fn legacy_slips_are_repaired_and_noted() {
    let cases = [
        "foo (>=1.0)",
        "foo (>=1.0,)",
        "foo>=1.0.*",
        "foo<=1.0.*,>0.9.*",
        "foo>=1.0,",
        "foo[Bar] >=1.0 <2 ; python_version >= '3'",
        "foo ~= 1",
        "foo~=1.2.*",
        "foo>=2.7,!=3.0.*,!=3.1.*,<4,",
        "foo>='1.0'",
        "foo (>=\"1.0\")",
        "foo>dev",
        "foo>=dev",
        "foo==2.7*",
        "foo!=~5.0",
        "foo; extra == \"a;b\"",
        "foo (>= 1.0 , < 2.0)",
    ];
    let read: Vec<String> = cases.iter().map(|case| format!("{case}  ->  {}", read(case))).collect();
    insta::assert_snapshot!(read.join("\n"), @r#"
    foo (>=1.0)  ->  foo>=1.0
    foo (>=1.0,)  ->  foo>=1.0
    foo>=1.0.*  ->  foo>=1.0
    foo<=1.0.*,>0.9.*  ->  foo>0.9,<=1.0
    foo>=1.0,  ->  foo>=1.0
    foo[Bar] >=1.0 <2 ; python_version >= '3'  ->  foo[bar]>=1.0,<2 ; python_full_version >= '3'
    foo ~= 1  ->  foo~=1.0
    foo~=1.2.*  ->  foo~=1.2
    foo>=2.7,!=3.0.*,!=3.1.*,<4,  ->  foo>=2.7,!=3.0.*,!=3.1.*,<4
    foo>='1.0'  ->  foo>=1.0
    foo (>="1.0")  ->  foo>=1.0
    foo>dev  ->  foo>0.dev0
    foo>=dev  ->  foo>=0.dev0
    foo==2.7*  ->  foo==2.7.*
    foo!=~5.0  ->  foo!=5.0.*
    foo; extra == "a;b"  ->  foo ; python_version < '0'
    foo (>= 1.0 , < 2.0)  ->  foo>=1.0,<2.0
    "#);
    let metadata = parse("Name: demo\nRequires-Dist: foo>=1.0.*\nRequires-Python: >=2.7,!=3.0,<3.*,\n");
    insta::assert_snapshot!(metadata.complaints.join("\n"), @r"
    `Requires-Dist: foo>=1.0.*` was read as `foo>=1.0`.
    `Requires-Python: >=2.7,!=3.0,<3.*,` was read as `>=2.7,!=3.0,<3`.
    ");
}

#[test]
fn what_cannot_be_read_makes_the_metadata_broken() {
    let deep = format!("foo ; {}python_version > '3'{}", "(".repeat(3000), ")".repeat(3000));
    let wide = format!("foo ; {}", vec!["python_version != '3'"; 500].join(" and "));
    // Two to the hundredth nodes, were it turned into a decision diagram.
    let pairs: Vec<String> = (0..100).map(|pair| format!("extra == 'a{pair}' and extra == 'b{pair}'")).collect();
    let explosive = format!("foo ; {}", pairs.join(" or "));
    let long = format!("foo{}>=1", " ".repeat(17_000));
    for hopeless in [
        "",
        "foo>=",
        "foo 1.0",
        "foo @@ x",
        ">=1",
        "foo>=1.0+",
        "foo ; python",
        "foo[bar>=1",
        &deep,
        &wide,
        &explosive,
        &long,
    ] {
        let metadata = parse(&format!("Name: demo\nRequires-Dist: {hopeless}\nRequires-Dist: flask\n"));
        assert!(metadata.broken(), "{hopeless:.40}");
        assert_eq!(requirements(&metadata), ["flask"]);
        assert_eq!(metadata.complaints.len(), 1);
        assert!(metadata.complaints[0].len() < 700, "{}", metadata.complaints[0]);
    }
}

#[test]
fn the_largest_markers_that_are_read_stay_small() {
    let pairs: Vec<String> = (0..5).map(|pair| format!("extra == 'a{pair}' and extra == 'b{pair}'")).collect();
    let list: Vec<String> = (0..50).map(|extra| format!("extra == 'x{extra}'")).collect();
    for marker in [pairs.join(" or "), list.join(" or ")] {
        let metadata = parse(&format!("Name: demo\nRequires-Dist: foo ; {marker}\n"));
        assert!(!metadata.broken());
        // Whoever keeps it prints it: that is what takes long.
        assert!(metadata.requires_dist[0].to_string().len() < 2_000);
    }
}

#[test]
fn a_hopeless_requires_python_is_unknown_with_a_complaint() {
    let metadata = parse("Name: demo\nRequires-Python: three or later\n");
    assert_eq!(metadata.requires_python, None);
    assert!(metadata.complaints[0].contains("three or later"));
    assert!(!metadata.broken());
}

#[test]
fn what_is_no_metadata_is_an_error_and_not_an_empty_list() {
    for text in ["", "<!doctype html><html>", "Not found", "Requires-Dist: flask"] {
        assert_eq!(CoreMetadata::parse(text.as_bytes()), Err(MetadataError::NotMetadata), "{text}");
    }
    assert!(matches!(CoreMetadata::parse(&vec![b'x'; headers::MAX_BYTES + 1]), Err(MetadataError::TooLarge(_))));
    let many = format!("Name: demo\n{}", "Requires-Dist: flask\n".repeat(MAX_REQUIREMENTS + 1));
    assert_eq!(CoreMetadata::parse(many.as_bytes()), Err(MetadataError::TooMany));
}

#[test]
fn bytes_that_are_not_utf_8_cost_nothing_else() {
    let metadata = CoreMetadata::parse(b"\xef\xbb\xbfName: demo\nAuthor: Andr\xe9\nRequires-Dist: flask\n").unwrap();
    assert_eq!(requirements(&metadata), ["flask"]);
}

#[test]
fn metadata_survives_storage() {
    let mut metadata = parse(
        "Metadata-Version: 2.2\nName: demo\nVersion: 1.0.post1\nDynamic: Version\nProvides-Extra: x\nRequires-Python: >=3\n\
         Requires-Dist: a===1.0\nRequires-Dist: b @ https://files.example/b-1.zip ; sys_platform == 'win32' or extra == 'x'\n\
         Requires-Dist: c[x,y]~=1.0,!=1.1.* ; python_version < '0'\nRequires-Dist: d>=\n",
    );
    // What a release says of itself is kept beside the rest.
    metadata.about = About::default();
    let text = serde_json::to_string(&metadata).unwrap();
    assert_eq!(serde_json::from_str::<CoreMetadata>(&text).unwrap(), metadata);
    let damaged = text.replace("a===1.0", "a>>1");
    assert!(serde_json::from_str::<CoreMetadata>(&damaged).unwrap_err().to_string().contains("`a>>1` as requirement"));
}

const OLD: &str = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Python: >=3.6\n";

#[test]
fn an_sdist_that_promises_its_metadata_is_static() {
    let text = OLD.replace("2.1", "2.2");
    assert_eq!(from_sdist(Some(text.as_bytes()), None, None), SdistMetadata::Static(parse(&text)));
    let dynamic = format!("{text}Dynamic: Requires-Python\nRequires-Dist: flask\n");
    let SdistMetadata::Static(metadata) = from_sdist(Some(dynamic.as_bytes()), None, None) else {
        panic!("requirements are static")
    };
    assert_eq!((metadata.requires_python, metadata.requires_dist.len()), (None, 1));
}

#[test]
fn an_sdist_with_dynamic_requirements_only_records_them() {
    let text = format!("{}Dynamic: Requires-Dist\nRequires-Dist: flask\n", OLD.replace("2.1", "2.3"));
    assert_eq!(from_sdist(Some(text.as_bytes()), None, None), SdistMetadata::Recorded(parse(&text)));
    let broken = format!("{}Requires-Dist: flask>=\n", OLD.replace("2.1", "2.3"));
    let SdistMetadata::Recorded(metadata) = from_sdist(Some(broken.as_bytes()), None, None) else {
        panic!("not static")
    };
    assert!(metadata.broken());
}

#[test]
fn a_static_project_table_speaks_for_an_old_sdist() {
    let project = "[project]\nname = 'demo'\ndynamic = ['version']\ndependencies = ['flask>=2']\n\
        [project.optional-dependencies]\ntest_suite = ['pytest; python_version > \"3\"']\n";
    let SdistMetadata::Static(metadata) = from_sdist(Some(OLD.as_bytes()), None, Some(project.as_bytes())) else {
        panic!("the table is static")
    };
    assert_eq!(
        requirements(&metadata),
        ["flask>=2", "pytest ; python_full_version >= '3.1' and extra == 'test-suite'"]
    );
    assert_eq!(metadata.version, parse(OLD).version);
    assert_eq!(metadata.requires_python, parse(OLD).requires_python);
    for no in [
        "[tool.poetry]\nname = 'demo'",
        "[project]\nname = 'demo'\ndynamic = ['dependencies']",
        "[project]\nname = 'demo'\ndynamic = ['optional-dependencies']",
        "[project]\ndependencies = []",
        "[project]\nname = 'demo'\ndependencies = 'flask'",
        "[project]\nname = 'demo'\ndependencies = [1]",
        "[project]\nname = 'demo'\ndependencies = ['flask>=']",
        "[project]\nname = 'demo'\noptional-dependencies = []",
        "[project",
    ] {
        let decided = from_sdist(Some(OLD.as_bytes()), None, Some(no.as_bytes()));
        assert!(matches!(&decided, SdistMetadata::Unknown(why) if why.contains("pyproject.toml")), "{no}: {decided:?}");
    }
}

#[test]
fn requirements_recorded_by_setuptools_are_found_in_their_sections() {
    let requires = "flask>=2\n\n[:python_version < \"3.8\"]\nimportlib-metadata\n\n[Test]\npytest\n\n\
        [test:sys_platform == 'win32']\ncolorama ; python_version > '3'\n";
    let SdistMetadata::Recorded(metadata) = from_sdist(Some(OLD.as_bytes()), Some(requires.as_bytes()), None) else {
        panic!("they are recorded")
    };
    assert_eq!(
        requirements(&metadata),
        [
            "flask>=2",
            "importlib-metadata ; python_full_version < '3.8'",
            "pytest ; extra == 'test'",
            "colorama ; python_full_version >= '3.1' and sys_platform == 'win32' and extra == 'test'"
        ]
    );
    assert_eq!(metadata.provides_extra.len(), 1);
    assert!(metadata.requires_python.is_some());
    let SdistMetadata::Recorded(odd) = from_sdist(None, Some(b"[:nonsense]\nflask\n[x]\nidna"), None) else { panic!() };
    assert_eq!((odd.broken(), requirements(&odd)), (true, vec!["idna ; extra == 'x'".to_string()]));
}

#[test]
fn an_old_sdist_without_records_is_unknown() {
    let why = |decided| match decided {
        SdistMetadata::Unknown(why) => why,
        other => panic!("{other:?}"),
    };
    assert!(why(from_sdist(None, None, None)).contains("no PKG-INFO"));
    assert!(why(from_sdist(Some(OLD.as_bytes()), None, None)).contains("version 2.1"));
    assert!(why(from_sdist(Some(b"<html>"), None, None)).contains("not core metadata"));
    let nothing = from_sdist(Some(OLD.as_bytes()), Some(b""), None);
    assert!(matches!(nothing, SdistMetadata::Recorded(metadata) if metadata.requires_dist.is_empty()));
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = CoreMetadata::parse(&bytes);
        let _ = from_sdist(Some(&bytes), Some(&bytes), Some(&bytes));
    }

    #[test]
    fn any_requirement_is_survived_and_its_repair_is_stable(text in r#"[a-c]{1,3}(\[x\])?[ (<>=!~0-9.*,'"@;a-z)é\[\]]{0,40}"#) {
        if let Ok(read) = lenient::requirement(&text) {
            let again = lenient::requirement(&read.value.to_string()).unwrap();
            prop_assert_eq!(again.repair, None);
            prop_assert_eq!(again.value, read.value);
        }
        let _ = requires_python(&text);
    }

    #[test]
    fn any_marker_is_survived(marker in r#"((and|or|not|in|python_version|extra|os_name|<|>=|==|~=|\(|\)|'3\.8'|"x"|'3\.\*') ?){0,12}"#) {
        let _ = lenient::requirement(&format!("foo ; {marker}"));
        let _ = from_sdist(None, Some(format!("[x:{marker}]\nflask\n").as_bytes()), None);
    }
}
