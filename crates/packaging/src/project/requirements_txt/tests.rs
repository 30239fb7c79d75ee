use std::collections::BTreeMap;

use insta::assert_snapshot;

use crate::project::{
    Kind, NoFiles, Project, Selection, read,
    tests::{project, shown},
};

const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn lines(text: &str) -> Project {
    project(Kind::Requirements, "requirements.txt", text).unwrap()
}

fn problems(text: &str) -> String {
    project(Kind::Requirements, "requirements.txt", text).unwrap_err().to_string()
}

fn with_files(name: &str, text: &str, files: &[(&str, &str)]) -> Result<Project, crate::project::ProjectError> {
    let files: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).to_string(), (*text).to_string())).collect();
    read(Kind::Requirements, name, text, &files, &|_| None, &Selection::default())
}

#[test]
fn an_ordinary_file_is_read_line_by_line() {
    let project = lines(
        "# the site\nflask[async]>=2,<4 ; python_version >= '3.8'  # web\n\nrequests  # talk\nDjango_Thing===1.0+odd\n",
    );
    assert_snapshot!(shown(&project.requirements), @"
    requirements.txt:2: flask[async]>=2,<4 ; python_full_version >= '3.8'
    requirements.txt:4: requests
    requirements.txt:5: django-thing===1.0+odd
    ");
    assert_eq!(project.notes, [] as [String; 0]);
}

#[test]
fn hashes_belong_to_their_requirement() {
    let project = lines(&format!("flask==1.0 \\\n  --hash=sha256:{HASH} \\\n  --hash sha384:{}\n", "0".repeat(96)));
    assert_eq!(
        shown(&project.requirements),
        format!("requirements.txt:1: flask==1.0 sha256:{HASH} sha384:{}", "0".repeat(96))
    );
}

#[test]
fn a_bare_url_becomes_a_named_one() {
    let project = lines(&format!(
        "https://files.example/x_Y-1.0-py3-none-any.whl#sha256={HASH}\n\
         https://files.example/a-b-1.0.tar.gz ; sys_platform == 'linux'\n\
         https://files.example/main.zip#egg=thing[fast]&sha256={HASH}\n\
         z[e] @ https://files.example/z-2%2Bcpu-py3-none-any.whl#sha256={HASH}\n"
    ));
    assert_eq!(
        shown(&project.requirements),
        format!(
            "requirements.txt:1: x-y @ https://files.example/x_Y-1.0-py3-none-any.whl sha256:{HASH}\n\
             requirements.txt:2: a-b @ https://files.example/a-b-1.0.tar.gz ; sys_platform == 'linux'\n\
             requirements.txt:3: thing[fast] @ https://files.example/main.zip sha256:{HASH}\n\
             requirements.txt:4: z[e] @ https://files.example/z-2%2Bcpu-py3-none-any.whl sha256:{HASH}"
        )
    );
}

#[test]
fn a_weak_hash_of_a_url_is_kept_and_told() {
    let project = lines("https://files.example/x-1.0.tar.gz#md5=0123456789abcdef0123456789abcdef\n");
    assert_eq!(project.requirements[0].hashes.len(), 1);
    assert_eq!(
        project.notes,
        ["requirements.txt:1: the md5 of the URL guards against accidents only; give its sha256"]
    );
}

#[test]
fn options_about_indexes_are_collected() {
    let project = lines(
        "-i https://a.example/simple\n--extra-index-url=https://b.example/simple\n-f ./wheels\n--no-index\n\
         --pre --prefer-binary\n--require-hashes\n--trusted-host b.example:8080\n--only-binary :all:\n--no-binary a,B\n",
    );
    let options = project.options;
    assert_eq!(options.index_url.unwrap().0, "https://a.example/simple");
    assert_eq!(options.extra_index_urls[0].0, "https://b.example/simple");
    assert_eq!(options.find_links[0].1.to_string(), "requirements.txt:3");
    assert!(options.no_index && options.pre && options.prefer_binary && options.require_hashes);
    assert_eq!(options.trusted_hosts, ["b.example:8080"]);
    assert!(options.only_binary.all);
    assert_eq!(options.no_binary.packages.len(), 2);
}

#[test]
fn what_only_pip_or_a_build_would_read_is_noted() {
    let project = lines(
        "--use-feature=fast-deps\nflask --config-settings=a=b --global-option=\"-x\" --pre\n--hash=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
    );
    assert_snapshot!(project.notes.join("\n"), @"
    requirements.txt:1: `--use-feature=fast-deps` is about pip and is ignored
    requirements.txt:2: `--config-settings` is about building and is ignored: nothing is built
    requirements.txt:2: `--global-option` is about building and is ignored: nothing is built
    requirements.txt:2: `--pre` stands after a requirement and is ignored, as by pip
    requirements.txt:3: `--hash` without a requirement is ignored, as by pip
    ");
    assert!(!project.options.pre);
}

#[test]
fn what_cannot_be_locked_is_an_error_with_its_line() {
    assert_snapshot!(problems(
        "-e .\n-e git+https://u:secret@h.example/r.git#egg=r\ngit+https://h.example/r.git\nr @ git+ssh://git@h.example/r.git\n\
         ./local\n../up[extra]\n/abs/x-1.0-py3-none-any.whl\nfile:///x.whl\nx @ file:///x.whl\nx @ ./x.whl\nC:\\x\n\
         sub/dir\nx-1.0.tar.gz\n.\nftp://h.example/x-1.0.tar.gz\nx @ s3://bucket/x.whl\n"
    ), @r"
    requirements.txt:1: `.` is an editable requirement
      help: Thoth locks releases; install the project itself after the lock, and list its dependencies here
    requirements.txt:2: `git+https://****@h.example/r.git#egg=r` is an editable requirement
    requirements.txt:3: `git+https://h.example/r.git` is a checkout of a version control system
      help: nothing is built here; require a release, or a wheel by its URL (`name @ https://…/name-1.0-py3-none-any.whl`)
    requirements.txt:4: `git+ssh://****@h.example/r.git` is a checkout of a version control system
    requirements.txt:5: `./local` is a local path
      help: a lock must work on other machines; require a release, or serve the file and require it by its URL, or give a folder of files by `--find-links`
    requirements.txt:6: `../up[extra]` is a local path
    requirements.txt:7: `/abs/x-1.0-py3-none-any.whl` is a local path
    requirements.txt:8: `file:///x.whl` is a local path
    requirements.txt:9: `file:///x.whl` is a local path
    requirements.txt:10: `./x.whl` is a local path
    requirements.txt:11: `C:\x` is a local path
    requirements.txt:12: `sub/dir` is a local path
    requirements.txt:13: `x-1.0.tar.gz` is a local path
    requirements.txt:14: `.` is a local path
    requirements.txt:15: `ftp://h.example/x-1.0.tar.gz` is not an http or https URL
      help: only archives behind http and https URLs can be locked
    requirements.txt:16: `s3://bucket/x.whl` is not an http or https URL
    ");
}

#[test]
fn what_is_no_requirement_is_shown_with_its_place() {
    assert_snapshot!(problems(
        "flask >> 1\nflask --upgrade\nflask -r other.txt\nflask --hash=sha256:abc\n\
         flask --hash=md5:0123456789abcdef0123456789abcdef\nflask --hash=crc:00\n--pre flask\n-r 'a\n\
         https://files.example/archive\nx @ https://files.example/y-1.0-py3-none-any.whl\n\
         https://files.example/x-1.tar.gz#sha256=zz\nhttps://files.example/x-1.tar.gz#subdirectory=a\n\
         a @ https://me:secret@files.example/a-1-py3-none-any.whl ; python_versio < '3'\n"
    ), @r#"
    requirements.txt:1: this is not a requirement: no such comparison operator ">>", must be one of ~= == != <= >= < > ===
    flask >> 1
          ^^^^
    requirements.txt:2: `--upgrade` is not an option of requirements files
      help: give options that are not about indexes, files or hashes on the command line of the installer
    requirements.txt:3: `--requirement` stands after a requirement, where pip ignores it; put it on its own line
    requirements.txt:4: `abc` is not a sha256 value: 64 hexadecimal digits are expected
      help: write it as `--hash=sha256:…`
    requirements.txt:5: `md5` is too weak for `--hash`
      help: pip accepts sha256, sha384 and sha512 only
    requirements.txt:6: `crc` is not a hash algorithm Thoth knows (sha256, sha384 or sha512 is expected)
    requirements.txt:7: `flask` stands after an option, where pip ignores it
      help: put it on its own line
    requirements.txt:8: the options `-r 'a` cannot be split into words: a quote does not end
    requirements.txt:9: the file name of `https://files.example/archive` does not tell the package's name and version
      help: write `name @ URL`
    requirements.txt:10: `x` is required, but the file is one of `y`
      help: correct the name or the URL
    requirements.txt:11: `zz` is not a sha256 value: 64 hexadecimal digits are expected
    requirements.txt:12: `https://files.example/x-1.tar.gz#subdirectory=a` points to a folder inside an archive
      help: such a project would have to be built; require a release or a wheel
    requirements.txt:13: this is not a requirement: Expected a quoted string or a valid marker name, found `python_versio`
    a @ https://****@files.example/a-1-py3-none-any.whl ; python_versio < '3'
                                                          ^^^^^^^^^^^^^
    "#);
}

#[test]
fn a_marker_of_a_thousand_parentheses_is_refused_before_it_is_parsed() {
    let text = format!("flask ; {}os_name == 'a'{}", "(".repeat(10_000), ")".repeat(10_000));
    assert_eq!(problems(&text), "requirements.txt:1: bytes in one requirement: more than 16384");
    let text = format!("flask ; {}os_name == 'a'{}", "(".repeat(1000), ")".repeat(1000));
    assert_eq!(problems(&text), "requirements.txt:1: nested parentheses in one requirement: more than 40");
}

#[test]
fn included_files_are_found_beside_the_file_that_includes_them() {
    let project = with_files(
        "deps/all.txt",
        "-r base/web.txt\n-c ./limits.txt\npytest\n",
        &[
            ("deps/base/web.txt", "flask\n--requirement ../common.txt"),
            ("deps/base/../common.txt", "six"),
            ("deps/limits.txt", "six<2\n-r more.txt\nflask[async]<4"),
            ("deps/more.txt", "attrs"),
        ],
    )
    .unwrap();
    assert_snapshot!(shown(&project.requirements), @"
    deps/base/web.txt:1: flask
    deps/base/../common.txt:1: six
    deps/more.txt:1: attrs
    deps/all.txt:3: pytest
    ");
    assert_snapshot!(shown(&project.constraints), @"
    deps/limits.txt:1: six<2
    deps/limits.txt:3: flask<4
    ");
    assert_eq!(project.notes, ["deps/limits.txt:3: extras have no meaning in a constraint and are ignored"]);
    assert_eq!(project.files.len(), 5);
}

#[test]
fn a_file_from_the_network_includes_its_neighbours_and_nothing_local() {
    let project = with_files(
        "https://h.example/deps/all.txt?raw=1",
        "-r base.txt",
        &[("https://h.example/deps/base.txt", "flask")],
    )
    .unwrap();
    assert_eq!(shown(&project.requirements), "https://h.example/deps/base.txt:1: flask");
    let error = with_files("https://h.example/a.txt", "-r file:///etc/secrets", &[]).unwrap_err();
    assert_snapshot!(error, @"
    https://h.example/a.txt:1: a file from the network refers to the local file `file:///etc/secrets`
      help: copy the file here and read it from here
    ");
}

#[test]
fn standard_input_includes_from_the_working_folder() {
    let project = with_files("-", "-r ./base.txt", &[("base.txt", "flask")]).unwrap();
    assert_eq!(shown(&project.requirements), "base.txt:1: flask");
}

#[test]
fn a_file_included_twice_is_read_once() {
    let project = with_files("r.txt", "-r a.txt\n-r b.txt", &[("a.txt", "-r b.txt\nflask"), ("b.txt", "six")]).unwrap();
    assert_eq!(shown(&project.requirements), "b.txt:1: six\na.txt:2: flask");
}

#[test]
fn files_that_include_each_other_or_are_missing_are_errors() {
    let files = [("a/b.txt", "-r ./c.txt"), ("a/c.txt", "-r b.txt\n-r none.txt")];
    assert_snapshot!(with_files("a/a.txt", "-r b.txt", &files).unwrap_err(), @"
    a/c.txt:1: the files include each other: a/b.txt -> a/c.txt -> a/b.txt
    a/c.txt:2: cannot read `a/none.txt`: there is no such file
    ");
    assert_snapshot!(with_files("a.txt", "-r pyproject.toml", &[("pyproject.toml", "")]).unwrap_err(), @"a.txt:1: cannot read `pyproject.toml`: only requirements files can be included; it is named from a.txt:1");
}

#[test]
fn a_long_chain_of_files_ends() {
    let files: BTreeMap<String, String> =
        (0..100).map(|index| (format!("{index}.txt"), format!("-r {}.txt", index + 1))).collect();
    let error = read(Kind::Requirements, "r.txt", "-r 0.txt", &files, &|_| None, &Selection::default()).unwrap_err();
    assert_eq!(error.to_string(), "30.txt:1: files that include one another: more than 32");
}

#[test]
fn variables_stand_for_credentials_and_an_unset_one_is_told() {
    let variable = |name: &str| (name == "TOKEN").then(|| "t0ken".to_string());
    let text = "-i https://${TOKEN}@a.example/simple\n--extra-index-url https://${NONE}@b.example/simple\n";
    let project = read(Kind::Requirements, "r.txt", text, &NoFiles, &variable, &Selection::default()).unwrap();
    assert_eq!(project.options.index_url.unwrap().0, "https://t0ken@a.example/simple");
    assert_eq!(project.options.extra_index_urls[0].0, "https://${NONE}@b.example/simple");
    assert_eq!(project.notes, ["r.txt:2: `${NONE}` is not set and stays as it is"]);
}

#[test]
fn overrides_are_read_as_such() {
    let project = project(Kind::Overrides, "o.txt", "flask==1\n").unwrap();
    assert_eq!(shown(&project.overrides), "o.txt:1: flask==1");
    assert!(project.requirements.is_empty());
}
