//! The document for machines, against its schema and as it stands.

mod samples;
mod schema;

use std::collections::BTreeSet;

use report::{Extras, SCHEMA, json};
use resolution::outcome::Outcome;
use samples::{
    alternatives, conflict, excluded, first_lock, hostile, looked, prescribed, python, remaining, uninformed, update,
    walked,
};
use schema::problems;
use serde_json::{Value, json as value};

fn stories() -> [(Outcome, Extras); 12] {
    [
        alternatives(),
        first_lock(),
        update(),
        remaining(),
        uninformed(),
        conflict(),
        excluded(),
        python(),
        hostile(),
        looked(),
        prescribed(),
        walked(),
    ]
}

fn the_schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

fn document((outcome, extras): &(Outcome, Extras)) -> Value {
    serde_json::from_str(&json(outcome, extras)).expect("the document is JSON")
}

#[test]
fn every_document_follows_the_schema() {
    for story in stories() {
        assert_eq!(problems(&the_schema(), &document(&story)), Vec::<String>::new());
    }
}

#[test]
fn a_member_that_the_schema_does_not_know_is_noticed_wherever_it_is() {
    for place in [
        "",
        "/schema",
        "/releases/0",
        "/releases/1/origins/0",
        "/avoided/0/vulnerabilities/0/severity",
        "/effort",
        "/lock",
    ] {
        let mut document = document(&first_lock());
        let object = document.pointer_mut(place).and_then(Value::as_object_mut);
        object.unwrap_or_else(|| panic!("nothing at {place}")).insert("novelty".to_string(), value!(1));
        let found = problems(&the_schema(), &document);
        assert!(found.iter().any(|problem| problem.contains("novelty")), "{place}: {found:?}");
    }
}

#[test]
fn a_member_that_is_gone_or_of_another_kind_is_noticed() {
    let whole = document(&first_lock());
    let names: Vec<String> = whole.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    for name in names {
        let mut without = whole.clone();
        without.as_object_mut().and_then(|members| members.shift_remove(&name));
        assert!(!problems(&the_schema(), &without).is_empty(), "{name} may go missing");
        let mut other = whole.clone();
        other[&name] = value!(4.5);
        assert!(!problems(&the_schema(), &other).is_empty(), "{name} may be anything");
    }
}

#[test]
fn the_schema_knows_every_member_that_a_document_may_have() {
    // What no sample shows cannot be compared with the schema: the samples together show everything.
    let schema = the_schema();
    let mut seen = BTreeSet::new();
    for story in stories() {
        members(&document(&story), &mut seen);
    }
    let mut declared = BTreeSet::new();
    properties(&schema, &mut declared);
    assert_eq!(declared.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new());
}

fn members(value: &Value, seen: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, member) in object {
                seen.insert(name.clone());
                members(member, seen);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, seen)),
        _ => {}
    }
}

fn properties(schema: &Value, declared: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            for (name, member) in object {
                if let ("properties", Value::Object(known)) = (name.as_str(), member) {
                    declared.extend(known.keys().cloned());
                }
                properties(member, declared);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, declared)),
        _ => {}
    }
}

#[test]
fn a_document_shown_on_a_terminal_does_nothing() {
    let (outcome, extras) = hostile();
    let text = json(&outcome, &extras);
    assert!(!text.chars().any(|letter| letter.is_control() && letter != '\n'));
    assert!(!text.contains('\u{202e}') && !text.contains("secret"));
    let read = document(&(outcome, extras));
    let summary = read["avoided"][0]["vulnerabilities"][0]["summary"].as_str();
    assert!(summary.is_some_and(|summary| summary.contains("\u{9b}31m\nFixed: yes \u{202e}")), "the value is whole");
}

#[test]
fn a_stack_is_frozen_as_it_stands() {
    let (mut outcome, extras) = remaining();
    if let resolution::outcome::Verdict::Stack(decision) = &mut outcome.verdict {
        let (first, _) = samples::first_lock();
        if let resolution::outcome::Verdict::Stack(other) = first.verdict {
            decision.avoided = other.avoided;
        }
        decision.releases.truncate(2);
        decision.remaining.truncate(2);
    }
    insta::assert_snapshot!(json(&outcome, &extras), @r#"
    {
      "schema": {
        "name": "thoth-advise",
        "version": 1
      },
      "exit_code": 1,
      "recommendation": "security",
      "environment": "CPython 3.11.7, x86_64-manylinux_2_36",
      "inputs": [
        "requirements.in"
      ],
      "verdict": "stack",
      "releases": [
        {
          "name": "blinker",
          "version": "1.9.0",
          "extras": [],
          "index": "https://index.example/simple/",
          "url": null,
          "direct": false,
          "required_by": [
            "flask"
          ],
          "origins": [],
          "newest": "1.9.0",
          "behind": 0,
          "status": "active",
          "yanked": null,
          "recorded_metadata": false,
          "needs_build": false,
          "uploaded": "2026-09-20T12:00:00Z"
        },
        {
          "name": "flask",
          "version": "3.0.3",
          "extras": [],
          "index": "https://index.example/simple/",
          "url": null,
          "direct": true,
          "required_by": [],
          "origins": [
            {
              "file": "requirements.in",
              "line": 3,
              "part": null
            }
          ],
          "newest": "3.0.3",
          "behind": 0,
          "status": "active",
          "yanked": null,
          "recorded_metadata": false,
          "needs_build": false,
          "uploaded": "2026-09-20T12:00:00Z"
        }
      ],
      "changes": [],
      "differences": [],
      "avoided": [
        {
          "name": "werkzeug",
          "version": "3.0.1",
          "chosen": "3.0.6",
          "vulnerabilities": [
            {
              "id": "CVE-2024-34069",
              "aliases": [
                "GHSA-2g68-c3qc-8985",
                "PYSEC-2024-221"
              ],
              "records": [
                "GHSA-2g68-c3qc-8985",
                "PYSEC-2024-221"
              ],
              "kind": "flaw",
              "severity": {
                "rating": "high",
                "score": 7.5,
                "cvss": "3.1",
                "vector": "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H",
                "source": "GHSA-2g68-c3qc-8985"
              },
              "exploited": {
                "known": "no",
                "why": null
              },
              "summary": "A page of an attacker can make the debugger of a developer run code when its pin is typed in or guessed",
              "link": "https://advisories.example/CVE-2024-34069",
              "published": "2026-09-20T12:00:00Z",
              "modified": "2026-09-20T12:00:00Z",
              "affected": {
                "ranges": [
                  ">=2.0,<3.0.3"
                ],
                "versions": [
                  "1.9.1"
                ]
              },
              "fixed_versions": [
                "3.0.3"
              ]
            },
            {
              "id": "GHSA-q34m-jh98-gwm2",
              "aliases": [
                "CVE-2024-49767"
              ],
              "records": [],
              "kind": "flaw",
              "severity": {
                "rating": "medium",
                "score": null,
                "cvss": null,
                "vector": null,
                "source": "GHSA-q34m-jh98-gwm2"
              },
              "exploited": {
                "known": "unknown",
                "why": "no catalogue of exploited vulnerabilities was loaded"
              },
              "summary": "Multipart forms take memory without a bound",
              "link": "https://advisories.example/GHSA-q34m-jh98-gwm2",
              "published": "2026-09-20T12:00:00Z",
              "modified": "2026-09-20T12:00:00Z",
              "affected": {
                "ranges": [
                  ">=2.0,<3.0.3"
                ],
                "versions": [
                  "1.9.1"
                ]
              },
              "fixed_versions": [
                "3.0.6"
              ]
            }
          ],
          "step_back": null
        }
      ],
      "remaining": [
        {
          "name": "jinja2",
          "version": "3.1.4",
          "vulnerability": {
            "id": "CVE-2026-1",
            "aliases": [],
            "records": [],
            "kind": "flaw",
            "severity": {
              "rating": "critical",
              "score": 9.8,
              "cvss": "3.1",
              "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
              "source": "CVE-2026-1"
            },
            "exploited": {
              "known": "yes",
              "why": null
            },
            "summary": "Remote code execution in the template engine",
            "link": "https://advisories.example/CVE-2026-1",
            "published": "2026-09-20T12:00:00Z",
            "modified": "2026-09-20T12:00:00Z",
            "affected": {
              "ranges": [
                ">=2.0,<3.0.3"
              ],
              "versions": [
                "1.9.1"
              ]
            },
            "fixed_versions": [
              "3.1.5",
              "4.0.1"
            ]
          },
          "path": [
            "jinja2"
          ],
          "origin": {
            "file": "pyproject.toml",
            "line": 7,
            "part": "project.dependencies"
          },
          "cause": {
            "forced_by": [
              {
                "fact": "want",
                "requirement": "jinja2<3.1.5",
                "origin": {
                  "file": "pyproject.toml",
                  "line": 7,
                  "part": "project.dependencies"
                },
                "sentence": "your project requires `jinja2<3.1.5` (pyproject.toml:7, project.dependencies)"
              },
              {
                "fact": "excluded",
                "package": "jinja2",
                "why": "is affected by a vulnerability to be avoided",
                "details": [
                  "CVE-2026-1"
                ],
                "origin": null,
                "versions": [
                  "3.1.4",
                  "3.1.3"
                ],
                "sentence": "jinja2 3.1.3 to 3.1.4 are affected by CVE-2026-1"
              }
            ],
            "trade_off": null,
            "fixed": true,
            "help": {
              "remedies": [
                {
                  "relaxations": [
                    {
                      "relaxation": "bound",
                      "written": {
                        "part": "requirement",
                        "requirement": "jinja2<3.1.5",
                        "origin": {
                          "file": "requirements.in",
                          "line": 7,
                          "part": null
                        }
                      },
                      "admit": "3.1.6"
                    }
                  ],
                  "before": {
                    "last_resorts": 0,
                    "exploited": 1,
                    "exposure": 223
                  },
                  "after": {
                    "last_resorts": 0,
                    "exploited": 0,
                    "exposure": 125
                  },
                  "gone": [
                    "CVE-2026-1"
                  ],
                  "sentence": "let `jinja2<3.1.5` (requirements.in:7) admit 3.1.6"
                },
                {
                  "relaxations": [
                    {
                      "relaxation": "dropped",
                      "written": {
                        "part": "requirement",
                        "requirement": "jinja2<3.1.5",
                        "origin": {
                          "file": "requirements.in",
                          "line": 7,
                          "part": null
                        }
                      }
                    }
                  ],
                  "before": {
                    "last_resorts": 0,
                    "exploited": 1,
                    "exposure": 223
                  },
                  "after": {
                    "last_resorts": 0,
                    "exploited": 0,
                    "exposure": 125
                  },
                  "gone": [
                    "CVE-2026-1"
                  ],
                  "sentence": "drop `jinja2<3.1.5` (requirements.in:7)"
                }
              ],
              "tried": 3,
              "cut": false
            }
          }
        },
        {
          "name": "werkzeug",
          "version": "3.0.1",
          "vulnerability": {
            "id": "CVE-2024-34069",
            "aliases": [
              "GHSA-2g68-c3qc-8985",
              "PYSEC-2024-221"
            ],
            "records": [
              "GHSA-2g68-c3qc-8985",
              "PYSEC-2024-221"
            ],
            "kind": "flaw",
            "severity": {
              "rating": "high",
              "score": 7.5,
              "cvss": "3.1",
              "vector": "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H",
              "source": "GHSA-2g68-c3qc-8985"
            },
            "exploited": {
              "known": "no",
              "why": null
            },
            "summary": "A page of an attacker can make the debugger of a developer run code when its pin is typed in or guessed",
            "link": "https://advisories.example/CVE-2024-34069",
            "published": "2026-09-20T12:00:00Z",
            "modified": "2026-09-20T12:00:00Z",
            "affected": {
              "ranges": [
                ">=2.0,<3.0.3"
              ],
              "versions": [
                "1.9.1"
              ]
            },
            "fixed_versions": [
              "3.0.3"
            ]
          },
          "path": [
            "flask",
            "werkzeug"
          ],
          "origin": {
            "file": "requirements.in",
            "line": 3,
            "part": null
          },
          "cause": null
        }
      ],
      "ignored": [
        {
          "name": "flask",
          "version": "3.0.3",
          "vulnerability": {
            "id": "CVE-2025-47278",
            "aliases": [],
            "records": [],
            "kind": "flaw",
            "severity": {
              "rating": null,
              "score": null,
              "cvss": null,
              "vector": null,
              "source": null
            },
            "exploited": {
              "known": "no",
              "why": null
            },
            "summary": "",
            "link": "https://advisories.example/CVE-2025-47278",
            "published": "2026-09-20T12:00:00Z",
            "modified": "2026-09-20T12:00:00Z",
            "affected": {
              "ranges": [
                ">=2.0,<3.0.3"
              ],
              "versions": [
                "1.9.1"
              ]
            },
            "fixed_versions": []
          },
          "path": [
            "flask"
          ],
          "origin": null,
          "cause": null
        }
      ],
      "unused_ignores": [
        "PYSEC-2020-1"
      ],
      "alternatives": null,
      "next_best": [],
      "certificate": {
        "optimal": false,
        "levels": [
          {
            "level": "exploited",
            "value": 1,
            "bound": 1,
            "proof": "optimal"
          },
          {
            "level": "exposure",
            "value": 223,
            "bound": 98,
            "proof": "bound"
          },
          {
            "level": "freshness",
            "value": 12,
            "bound": 0,
            "proof": "bound"
          }
        ],
        "stopped": {
          "limit": "timeout",
          "why": "the time limit of 10 s was reached"
        },
        "scope": {
          "packages": 9,
          "releases": 1214,
          "read": 14
        },
        "problem": "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210",
        "statement": [
          "thoth problem 1",
          "require flask"
        ]
      },
      "evidence": {
        "advisories": {
          "id": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
          "sources": [
            "https://advisories.example/PyPI/all.zip"
          ],
          "records": 18204,
          "newest": "2026-09-20T12:00:00Z",
          "checked": "2026-09-20T12:00:00Z",
          "age_seconds": 10800,
          "rejected": [],
          "rejected_count": 0
        },
        "missing": null,
        "exclude_newer": null,
        "prescriptions": null,
        "observations": null,
        "scans": null,
        "health": null
      },
      "explanation": [],
      "help": null,
      "notes": [],
      "unknown": [
        {
          "about": "flask 0.1",
          "why": "it was left out because its metadata cannot be known without a build"
        },
        {
          "about": "flask 0.2",
          "why": "it was left out because its metadata cannot be known without a build"
        },
        {
          "about": "flask 0.3",
          "why": "it was left out because its metadata cannot be known without a build"
        },
        {
          "about": "flask 0.4",
          "why": "it was left out because its metadata cannot be known without a build"
        },
        {
          "about": "flask 0.5",
          "why": "it was left out because its metadata cannot be known without a build"
        },
        {
          "about": "flask 0.6",
          "why": "it was left out because its metadata cannot be known without a build"
        },
        {
          "about": "flask 0.7",
          "why": "it was left out because its metadata cannot be known without a build"
        },
        {
          "about": "flask 3.1.0",
          "why": "its metadata could not be read (https://index.example/flask-3.1.0.whl: 503)"
        }
      ],
      "stack_info": [],
      "justification": [],
      "advised_manifest_changes": [],
      "effort": {
        "packages": 9,
        "releases_read": 14,
        "requests": 23,
        "steps": 61,
        "milliseconds": 1284
      },
      "lock": {
        "path": "requirements.txt",
        "format": "requirements",
        "sha256": "abababababababababababababababababababababababababababababababab"
      }
    }
    "#);
}

#[test]
fn an_impossible_wish_is_frozen_as_it_stands() {
    let (outcome, extras) = excluded();
    insta::assert_snapshot!(json(&outcome, &extras), @r#"
    {
      "schema": {
        "name": "thoth-advise",
        "version": 1
      },
      "exit_code": 1,
      "recommendation": "latest",
      "environment": "CPython 3.11.7, x86_64-manylinux_2_36",
      "inputs": [
        "requirements/1.txt",
        "requirements/2.txt",
        "requirements/3.txt",
        "requirements/4.txt",
        "requirements/5.txt",
        "requirements/6.txt",
        "requirements/7.txt",
        "requirements/8.txt"
      ],
      "verdict": "impossible",
      "releases": [],
      "changes": null,
      "differences": [],
      "avoided": [],
      "remaining": [],
      "ignored": [],
      "unused_ignores": [],
      "alternatives": null,
      "next_best": [],
      "certificate": null,
      "evidence": {
        "advisories": {
          "id": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
          "sources": [
            "https://advisories.example/PyPI/all.zip"
          ],
          "records": 18204,
          "newest": "2026-09-20T12:00:00Z",
          "checked": "2026-09-20T12:00:00Z",
          "age_seconds": 10800,
          "rejected": [],
          "rejected_count": 0
        },
        "missing": null,
        "exclude_newer": null,
        "prescriptions": null,
        "observations": null,
        "scans": null,
        "health": null
      },
      "explanation": [
        {
          "fact": "want",
          "requirement": "tensor==2.*",
          "origin": {
            "file": "requirements.in",
            "line": 1,
            "part": null
          },
          "sentence": "your project requires `tensor==2.*` (requirements.in:1)"
        },
        {
          "fact": "excluded",
          "package": "tensor",
          "why": "was yanked",
          "details": [
            "it does not import on Windows"
          ],
          "origin": null,
          "versions": [
            "2.11",
            "2.10",
            "2.9",
            "2.8",
            "2.7",
            "2.6",
            "2.5",
            "2.4",
            "2.3",
            "2.2",
            "2.1",
            "2.0",
            "1.0"
          ],
          "sentence": "every release of tensor (1.0 to 2.11) was yanked (it does not import on Windows) and is not pinned with `==`"
        },
        {
          "fact": "excluded",
          "package": "tensor",
          "why": "requires another Python version",
          "details": [
            ">=3.12",
            ">=3.13"
          ],
          "origin": null,
          "versions": [
            "3.2",
            "3.0"
          ],
          "sentence": "tensor 3.0 and 3.2 require Python >=3.12 or >=3.13, and the environment has Python 3.11.7"
        },
        {
          "fact": "excluded",
          "package": "tensor",
          "why": "is a pre-release",
          "details": [],
          "origin": null,
          "versions": [
            "4.0b1"
          ],
          "sentence": "tensor 4.0b1 is a pre-release, and `--prerelease` does not admit any"
        },
        {
          "fact": "excluded",
          "package": "tensor",
          "why": "was uploaded after the --exclude-newer date",
          "details": [],
          "origin": {
            "file": "thoth.toml",
            "line": 3,
            "part": "exclude-newer"
          },
          "versions": [
            "5.1",
            "5.0"
          ],
          "sentence": "tensor 5.0 to 5.1 were not uploaded before the `--exclude-newer` date (2026-09-20T12:00:00Z, thoth.toml:3, exclude-newer)"
        },
        {
          "fact": "requires",
          "package": "tensor",
          "on": "left-pad",
          "edges": [],
          "sentence": "tensor requires `left-pad`"
        },
        {
          "fact": "missing",
          "package": "left-pad",
          "answers": [
            {
              "index": "https://index.example/simple/",
              "answer": "404 Not Found"
            },
            {
              "index": "https://mirror.example/simple/",
              "answer": "403 Forbidden"
            }
          ],
          "sentence": "no index has a package `left-pad` (https://index.example/simple/: 404 Not Found; https://mirror.example/simple/: 403 Forbidden)"
        }
      ],
      "help": {
        "remedies": [
          {
            "relaxations": [
              {
                "relaxation": "bound",
                "written": {
                  "part": "requirement",
                  "requirement": "tensor[gpu]==2.*",
                  "origin": {
                    "file": "requirements.in",
                    "line": 1,
                    "part": null
                  }
                },
                "admit": "3.1"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "let `tensor[gpu]==2.*` (requirements.in:1) admit 3.1"
          },
          {
            "relaxations": [
              {
                "relaxation": "exclude_newer",
                "until": "2026-09-20T12:00:00Z"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "set `--exclude-newer 2026-09-20T12:00:00Z`"
          },
          {
            "relaxations": [
              {
                "relaxation": "exclude_newer",
                "until": null
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "do without `--exclude-newer`"
          },
          {
            "relaxations": [
              {
                "relaxation": "formats",
                "package": "tensor"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "admit every format of `tensor` (see `--no-binary`, `--only-binary`)"
          },
          {
            "relaxations": [
              {
                "relaxation": "formats",
                "package": null
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "do without `--no-binary` and `--only-binary`"
          },
          {
            "relaxations": [
              {
                "relaxation": "extra",
                "written": {
                  "part": "requirement",
                  "requirement": "tensor[gpu]==2.*",
                  "origin": {
                    "file": "requirements.in",
                    "line": 1,
                    "part": null
                  }
                },
                "extra": "gpu"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "do without the extra `gpu` of `tensor[gpu]==2.*` (requirements.in:1)"
          },
          {
            "relaxations": [
              {
                "relaxation": "prereleases"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "admit pre-releases with `--prerelease allow`"
          },
          {
            "relaxations": [
              {
                "relaxation": "python",
                "version": "3.12",
                "requires_python": ">=3.9, <3.12",
                "origin": {
                  "file": "pyproject.toml",
                  "line": 4,
                  "part": null
                }
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "choose for Python 3.12 (`--python-version 3.12`), and let `requires-python` >=3.9, <3.12 (pyproject.toml:4) admit it"
          },
          {
            "relaxations": [
              {
                "relaxation": "index",
                "package": "tensor",
                "index": "upstream",
                "url": "https://index.example/simple/"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "take `tensor` from the index `upstream`, trusting whoever uploads it there (`--index-pin tensor=upstream`)"
          },
          {
            "relaxations": [
              {
                "relaxation": "index",
                "package": "tensor",
                "index": null,
                "url": "https://index.example/simple/"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "take `tensor` from https://index.example/simple/, trusting whoever uploads it there (name it in an `[[index]]` with `explicit = true`, then `--index-pin tensor=NAME`)"
          },
          {
            "relaxations": [
              {
                "relaxation": "yanked",
                "package": "tensor",
                "version": "2.11"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "pin `tensor==2.11`, although it was yanked"
          },
          {
            "relaxations": [
              {
                "relaxation": "hashes",
                "package": "tensor"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "check the hashes that are demanded for `tensor`, and demand those of the release you trust"
          },
          {
            "relaxations": [
              {
                "relaxation": "prescription",
                "name": "local.tensor-1a2b",
                "origin": {
                  "file": "tensor-1a2b.yaml",
                  "line": 4,
                  "part": null
                }
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "do without your own prescription `local.tensor-1a2b` (tensor-1a2b.yaml:4)"
          },
          {
            "relaxations": [
              {
                "relaxation": "bound",
                "written": {
                  "part": "constraint",
                  "requirement": "tensor[gpu]==2.*",
                  "origin": {
                    "file": "requirements.in",
                    "line": 1,
                    "part": null
                  }
                },
                "admit": "3.0"
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "let the constraint `tensor[gpu]==2.*` (requirements.in:1) admit 3.0"
          },
          {
            "relaxations": [
              {
                "relaxation": "bound",
                "written": {
                  "part": "override",
                  "requirement": "tensor[gpu]==2.*",
                  "origin": {
                    "file": "requirements.in",
                    "line": 1,
                    "part": null
                  }
                },
                "admit": null
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "drop the bound of the override `tensor[gpu]==2.*` (requirements.in:1)"
          },
          {
            "relaxations": [
              {
                "relaxation": "dropped",
                "written": {
                  "part": "requirement",
                  "requirement": "tensor[gpu]==2.*",
                  "origin": {
                    "file": "requirements.in",
                    "line": 1,
                    "part": null
                  }
                }
              }
            ],
            "before": null,
            "after": {
              "last_resorts": 0,
              "exploited": 0,
              "exposure": 0
            },
            "gone": [],
            "sentence": "drop `tensor[gpu]==2.*` (requirements.in:1)"
          }
        ],
        "tried": 20,
        "cut": false
      },
      "notes": [],
      "unknown": [],
      "stack_info": [],
      "justification": [],
      "advised_manifest_changes": [],
      "effort": {
        "packages": 9,
        "releases_read": 14,
        "requests": 23,
        "steps": 61,
        "milliseconds": 1284
      },
      "lock": null
    }
    "#);
}
