//! PythonVersionSieve

use super::bench::Bench;

#[test]
fn a_file_for_another_python_is_left_out() {
    let mut bench = Bench::of(&[]);
    bench.file("demo-1.0-py3-none-any.whl", r#""requires-python":">=3.9""#);
    bench.file("demo-2.0-py3-none-any.whl", r#""requires-python":">=3.13""#);
    bench.file("demo-3.0-py3-none-any.whl", r#""requires-python":"nonsense""#);
    assert_eq!(bench.chosen(), ["3.0", "1.0"], "what cannot be read restricts nothing");
    assert_eq!(bench.why_not("2.0").unwrap(), "requires another Python version (>=3.13)");
}
