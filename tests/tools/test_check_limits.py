"""The limits checker finds functions, and only functions, in clang-formatted C++."""

import check_limits

CPP = """\
// A comment with { a brace.
namespace ot {
constexpr Row kTable[] = {
    {"a", 1},
    {"b", 2},
};
template <class T>
class Box {
 public:
  Box() : a_{1}, b_(2) {
    run();
  }
  const char* text() const { return "}{"; }
  T value{};
};
extern "C" int entry(
    int argument) {
  if (argument) {
    auto f = [] { return 1'000; };
  }
  return 0;
}
struct alignas(64) Slot {
  int x;
};
auto later() -> int {
  return Slot{1}.x;
}
}  // namespace ot
"""


def test_functions_are_found_with_their_first_and_last_line():
    assert list(check_limits.cpp_functions(CPP)) == [(10, 12), (13, 13), (16, 22), (26, 28)]


def test_a_function_of_61_lines_is_reported(tmp_path):
    path = tmp_path / "long.cc"
    path.write_text("int f() {\n" + "  g();\n" * 58 + "}\n")
    assert check_limits.check_file(path) == []
    path.write_text("int f() {\n" + "  g();\n" * 59 + "}\n")
    assert check_limits.check_file(path) == [(1, "function of 61 lines, at most 60")]


def test_a_file_of_401_lines_is_reported(tmp_path):
    path = tmp_path / "long.py"
    path.write_text("x = 1\n" * 400)
    assert check_limits.check_file(path) == []
    path.write_text("x = 1\n" * 401)
    assert check_limits.check_file(path) == [(401, "file of 401 lines, at most 400")]


def test_a_long_python_function_is_reported(tmp_path):
    path = tmp_path / "long.py"
    path.write_text("def f():\n" + "    g()\n" * 60)
    assert check_limits.check_file(path) == [(1, "function of 61 lines, at most 60")]
