//! What the command line accepts and what its help says.

use clap::CommandFactory;

use super::*;

#[test]
fn the_flags_do_not_contradict_each_other() {
    Cli::command().debug_assert();
}

fn help(path: &[&str]) -> String {
    let mut command = Cli::command().term_width(110);
    command.build();
    let mut found = &mut command;
    for name in path {
        found = found.find_subcommand_mut(name).unwrap();
    }
    let text = found.render_help().to_string();
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn the_help_of_thoth() {
    insta::assert_snapshot!(help(&[]), @r#"
    Picks the greatest set of Python releases that work together, says why, and locks it

    Usage: thoth [OPTIONS] <COMMAND>

    Commands:
      advise        Resolve what a project requires to the greatest stack, explain it and lock it [alias: lock]
      tree          Show the stack as a tree: what requires what, with which bounds
      why           Tell why a package is in the stack, and why at this version
      why-not       Tell what would have to give for another release of a package
      monkey        Draw stacks worth testing: write each as a lock, or run a command with each
      scan          Look inside releases, archives and folders: weaknesses, what attackers add, and archives that
                    are not what they seem
      health        Tell who looks after the projects behind releases, how well, and since when nobody does
      replay        Decide a saved problem once more, without a network: the same report, and the same lock where
                    -o asks for it
      prescription  Check, try and begin prescriptions: rules of experience written as YAML
      note          Write down what you learned about a package, for this project's next resolutions
      feedback      Tell what happened to a stack, so that it counts next time; or exchange such observations with
                    others
      db            Look after the knowledge base: what Thoth has stored of indexes, advisories and runs
      config        Find out what this machine is and write it into .thoth.yaml, or show the settings in effect
      check         Compare the environments of .thoth.yaml with this machine
      environments  Name the runtime environments of the project
      add           Require packages: edit requirements.in, pyproject.toml or Pipfile, keeping comments, order and
                    markers
      remove        Require packages no more
      list          List what the project requires, and what is locked of it
      show          Show the project, its environments and its lock in short
      pipeline      Tell which units take part in a run: what is filtered, weighed and told
      help          Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Talk and storage:
      -q, --quiet...                Say less: no progress and no summary; twice: no warnings
      -v, --verbose...              Say more: what is done; twice: how; three times: everything
          --color <WHEN>            When to use colour (NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE are honoured)
                                    [possible values: auto, always, never]
          --no-progress             Show no progress
          --offline                 Use no network: answer from what is stored, or say what is missing
          --cache-dir <FOLDER>      Where the knowledge base is kept [default: thoth in the platform's data
                                    folder]
      -n, --no-cache                Start with an empty knowledge base and keep nothing [alias: --no-cache-dir]
          --http-timeout <SECONDS>  Give up a try after so many seconds of silence; up to four are made [default:
                                    30]
          --cert <FILE>             Trust the certificates in this file (PEM) instead of the system's
          --config-file <FILE>      Read this thoth.toml instead of the project's and the user's
          --no-config               Read no configuration file at all: Thoth's, pip's or uv's
      -C, --directory <FOLDER>      Work in this folder

    Exit codes:
      0  done
      1  no acceptable stack (nothing is written), or a vulnerability remains with `-t security` (the best lock
         is written; --exit-zero makes this 0)
      2  usage, input, network or data error, or a limit was reached before there was any stack
      130  interrupted; the best stack so far is locked, if there is one

    With --timeout, --memory-limit or Ctrl-C the search ends with the best stack so far: it is locked, and the
    report says how much better one could be. With the first two, the exit code is that of a full run.

    Every flag can be set as a variable (--exclude-newer is THOTH_EXCLUDE_NEWER; lists are separated by spaces)
    and as a key of thoth.toml or of [tool.thoth] in pyproject.toml (exclude-newer = "7d"). A flag beats a
    variable, a variable the project's file, that the user's, that pip's and uv's own configuration; what is in
    effect, and who said it, tells `thoth config show`.
    "#);
}

#[test]
fn the_help_of_advise() {
    insta::assert_snapshot!(help(&["advise"]), @r#"
    Resolve what a project requires to the greatest stack, explain it and lock it

    Usage: thoth advise [OPTIONS] [FILE]...

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    What to resolve:
      -r, --requirements <FILE>  Resolve this requirements file, pyproject.toml, Pipfile or script with inline
                                 metadata; - is standard input; repeatable
      -c, --constraints <FILE>   Bound the releases of what is in the stack anyway by this requirements file;
                                 repeatable
          --override <FILE>      Let this requirements file replace every other requirement on the packages it
                                 names; repeatable
          --extra <EXTRA>        Include this extra of the project; repeatable
          --all-extras           Include every extra of the project
          --group <GROUP>        Include this dependency group (PEP 735) or Pipfile category; repeatable
          --all-groups           Include every dependency group
      [FILE]...                  Files to resolve together, as -r [default: what this folder holds]

    Where from:
      -i, --index-url <URL>              The index that is asked last [default: PyPI]
          --extra-index-url <URL>        Another index, asked before it; repeatable
          --index <NAME=URL>             Another index with a name for --index-pin, asked before all others;
                                         repeatable
          --index-pin <PACKAGE=NAME>     Take this package from the index of that name only; repeatable
          --index-strategy <STRATEGY>    What happens when several indexes know a package [default: first-index]
                                         [possible values: first-index, unsafe-best-match]
      -f, --find-links <PLACE>           Also take files from this folder or page of links; repeatable
          --no-index                     Ask no index, only --find-links
          --keyring-provider <PROVIDER>  Ask the keyring command for passwords [default: disabled] [possible
                                         values: disabled, subprocess]
          --trusted-host <HOST>          Do not check the certificate of this host (HOST or HOST:PORT); repeatable
          --advisories <SOURCE>          Load advisories from here (folder, archive, record or URL; osv is OSV's
                                         dump for PyPI), or CISA's catalogue of exploited vulnerabilities;
                                         repeatable [default: osv]
          --prescriptions <SOURCE>       Load prescriptions from here (folder, archive, YAML file or URL), beside
                                         the project's own in .thoth/prescriptions; none is for neither;
                                         repeatable
          --health <SOURCE>              Weigh the health of projects by what this says: a Scorecard or deps.dev
                                         document, a folder, archive or URL of them, scorecard+URL or deps.dev+URL
                                         of a service, index for what the index itself says; none is for none;
                                         repeatable [default: none]
          --no-experience                Leave out of account what `thoth feedback` was told of releases in this
                                         kind of environment
          --refresh                      Ask again for everything that is stored

    For which environment:
      -e, --runtime-environment <NAME>  Resolve for this environment of .thoth.yaml or [tool.thoth] [default: the
                                        first one, if there is any]
      -p, --python <PYTHON>             The interpreter whose environment it is: a path, a name or a version
                                        [default: the one uv would find]
          --python-version <VERSION>    Resolve for this Python version (3.11 or 3.11.7) instead of the
                                        interpreter's
          --python-platform <PLATFORM>  Resolve for this platform (linux, windows, x86_64-manylinux_2_28,
                                        aarch64-apple-darwin, ...) instead of this one
          --implementation <NAME>       Resolve for this implementation of Python (cpython, pypy)
          --all-environments            Resolve for every environment of .thoth.yaml or [tool.thoth], each with a
                                        lock of its own, and tell what differs

    How to decide:
      -t, --recommendation-type <TYPE>  What greatest means [default: stable] [possible values: latest, stable,
                                        security, performance, testing]
          --timeout <SECONDS>           Take the best stack so far after so many seconds, requests included
          --memory-limit <SIZE>         Take the best stack so far when the process takes so much memory (500MB,
                                        2GiB)
          --ignore <ID>                 Do not count this vulnerability, by any of its ids; repeatable
      -l, --label <NAME=VALUE>          Label the run for prescriptions that ask for it; several are separated by
                                        semicolons; repeatable
          --image-root <FOLDER>         Read here what prescriptions ask of the contents of the base image: an
                                        image that is unpacked or mounted, or / inside of a container
          --pipeline <FILE>             Decide with the units that this file names, and those that nothing can be
                                        chosen without; `thoth pipeline show --format yaml` prints one to begin
                                        with [default: the usual units]
          --exclude-newer <WHEN>        Disregard files uploaded after this instant: 2025-06-30T12:00:00Z,
                                        2025-06-30 (the whole day counts, in UTC), or an age such as 7d, "2 weeks"
                                        or P7D; false lifts a limit set elsewhere
          --prerelease <MODE>           Which pre-releases count [default: if-necessary-or-explicit] [possible
                                        values: allow, disallow, if-necessary, explicit, if-necessary-or-explicit]
          --pre                         Same as --prerelease allow
          --resolution <END>            Which end of the allowed versions is preferred [default: highest]
                                        [possible values: highest, lowest, lowest-direct]
          --only-binary <PACKAGE>       Use no source distribution of this package, or of any with :all:;
                                        repeatable
          --no-binary <PACKAGE>         Use no wheel of this package, or of any with :all:; repeatable
      -U, --upgrade                     Choose anew instead of keeping what the existing lock holds
      -P, --upgrade-package <PACKAGE>   Choose this package anew; repeatable
          --scan <HOW-FAR>              Look into the files of releases while deciding, as `thoth scan` does: -t
                                        security --scan chosen leaves out what looks hostile, and upgrades tell
                                        what they can do that the lock's releases could not [default: none]
                                        [possible values: none, chosen, candidates]

    What to write:
      -o, --output <FILE>          Write the lock to this file, in the format of its name (pylock.toml,
                                   requirements.txt, Pipfile.lock); - is standard output
          --lock-format <FORMAT>   Write the lock in this format, whatever the file's name [possible values:
                                   pylock, requirements, pipfile]
          --format <FORMAT>        The form of the report on standard output [possible values: text, json,
                                   thoth-json]
          --alternatives <NUMBER>  Tell up to NUMBER other stacks too: how exposed is a fresher one, how far
                                   behind a less exposed one [default: 0]

    How to search:
          --predictor <NAME>                Take the best stack that this predictor finds: td, mcts, annealing,
                                            hill-climbing, sampling, random-walk, termial-walk, latest or
                                            package-combinations [default: exact, which proves that none is
                                            better]
          --seed <NUMBER>                   What a predictor's chance comes from: the same seed walks the same way
                                            [default: 0]
          --limit <NUMBER>                  A predictor walks so many stacks at most [default: 100000]
          --count <NUMBER>                  Tell so many of the best stacks: each proved to be the next best, or
                                            what a predictor found. --format thoth-json has each with its lock
                                            [default: 1]
          --beam-width <NUMBER>             A predictor holds so many partial stacks, or nodes of its tree, at
                                            most [default: 10000]
          --limit-latest-versions <NUMBER>  Read at least the newest so many releases of every package for a
                                            predictor, up to 64 [default: 8]
          --combination <PACKAGE>           A package whose combinations --predictor package-combinations
                                            enumerates [default: all]; repeatable
          --keep-policy                     Keep what a predictor learned, and begin with what was learned of the
                                            same requirements before (td)
          --plot <FILE>                     Draw the run of a predictor to this file, by its extension SVG or PNG:
                                            --predictor annealing --plot walk.svg
          --save-problem <FILE>             Save all that the decision is made of to this file, for `thoth
                                            replay`, bug reports and benchmarks
          --exit-zero                       Exit 0 although a vulnerability remains with -t security

    Talk and storage:
      -q, --quiet...                Say less: no progress and no summary; twice: no warnings
      -v, --verbose...              Say more: what is done; twice: how; three times: everything
          --color <WHEN>            When to use colour (NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE are honoured)
                                    [possible values: auto, always, never]
          --no-progress             Show no progress
          --offline                 Use no network: answer from what is stored, or say what is missing
          --cache-dir <FOLDER>      Where the knowledge base is kept [default: thoth in the platform's data
                                    folder]
      -n, --no-cache                Start with an empty knowledge base and keep nothing [alias: --no-cache-dir]
          --http-timeout <SECONDS>  Give up a try after so many seconds of silence; up to four are made [default:
                                    30]
          --cert <FILE>             Trust the certificates in this file (PEM) instead of the system's
          --config-file <FILE>      Read this thoth.toml instead of the project's and the user's
          --no-config               Read no configuration file at all: Thoth's, pip's or uv's
      -C, --directory <FOLDER>      Work in this folder

    Examples:
      thoth advise                                  Lock what the project in this folder declares
      thoth advise -r requirements.in -o requirements.txt
                                                    Lock a requirements file, in the format of the output's name
      thoth advise -t security --exclude-newer 7d   Fail on what remains vulnerable; nothing younger than a week
      thoth advise --python-version 3.12 --python-platform aarch64-manylinux_2_28
                                                    For another environment than this one
      thoth advise --index corp=https://pkgs.example/simple --index-pin our-library=corp
                                                    One package from the company's index, the rest from PyPI
      thoth advise --all-environments               For each environment of .thoth.yaml, and what differs
      thoth advise -t security --scan chosen        Leave out what looks hostile inside, too
      thoth advise --alternatives 3                 Also tell what fresher stacks cost in exposure
      echo 'flask>=3' | thoth advise -r - -o -      In and out through pipes

    Exit codes:
      0  done
      1  no acceptable stack (nothing is written), or a vulnerability remains with `-t security` (the best lock
         is written; --exit-zero makes this 0)
      2  usage, input, network or data error, or a limit was reached before there was any stack
      130  interrupted; the best stack so far is locked, if there is one

    With --timeout, --memory-limit or Ctrl-C the search ends with the best stack so far: it is locked, and the
    report says how much better one could be. With the first two, the exit code is that of a full run.

    Every flag can be set as a variable (--exclude-newer is THOTH_EXCLUDE_NEWER; lists are separated by spaces)
    and as a key of thoth.toml or of [tool.thoth] in pyproject.toml (exclude-newer = "7d"). A flag beats a
    variable, a variable the project's file, that the user's, that pip's and uv's own configuration; what is in
    effect, and who said it, tells `thoth config show`.
    "#);
}

#[test]
fn flags_are_spelt_as_with_uv_and_pip() {
    for line in [
        "lock -r a.txt --requirement b.txt -c c.txt --constraint d.txt --override e.txt --overrides f.txt",
        "advise --default-index https://a.example/ --extra-index-url https://b.example/ -f wheels --no-index",
        "advise -p 3.12 --python-version 3.12 --python-platform linux --implementation pypy",
        "advise --pre -U -P a -P b --output-file - --output-format json --ignore-vuln CVE-1 --allow-insecure-host a",
        "advise -n -qq -C . --color never pyproject.toml",
        "db status --format json",
        "-v db update --advisories folder",
        "config show -r a.txt",
    ] {
        Cli::try_parse_from(std::iter::once("thoth").chain(line.split(' '))).unwrap_or_else(|error| panic!("{error}"));
    }
    for line in ["advise --resolution newest", "advise --all-extras --extra a", "advise --nonsense", ""] {
        let error = Cli::try_parse_from(std::iter::once("thoth").chain(line.split_whitespace())).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{line}");
    }
}
