"""The image holds one program that needs nothing else, its configuration, and a folder for the state."""
import stat
import subprocess


def output_of(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=30)
    return result.stdout + result.stderr


def test_it_holds_exactly_these_files(built):
    files = {str(path.relative_to(built)): path.stat() for path in built.rglob("*")}
    assert set(files) == {"opentracker", "etc", "etc/opentracker", "etc/opentracker/opentracker.conf", "state"}
    assert {name for name, found in files.items() if (found.st_uid, found.st_gid) != (0, 0)} == {"state"}
    assert files["state"].st_uid == files["state"].st_gid == 65534
    assert stat.S_IMODE(files["opentracker"].st_mode) == 0o755
    assert files["etc/opentracker/opentracker.conf"].st_mode & stat.S_IROTH


def test_the_program_needs_no_library_and_no_loader(built):
    program = built / "opentracker"
    assert output_of("ldd", program).strip() in ("statically linked", "not a dynamic executable")
    headers = output_of("readelf", "--wide", "--program-headers", "--dynamic", program)
    assert "INTERP" not in headers and "(NEEDED)" not in headers
    assert "static-pie linked" in output_of("file", "--brief", program)


def test_the_program_is_hardened_and_stripped(built):
    program = built / "opentracker"
    headers = output_of("readelf", "--wide", "--program-headers", "--dynamic", program)
    assert "GNU_RELRO" in headers and "PIE" in headers
    assert ".symtab" not in output_of("readelf", "--wide", "--section-headers", program)
    assert program.stat().st_size < 8 << 20


def test_the_program_names_version_and_features(built):
    said = output_of("chroot", "--userspec=65534:65534", built, "/opentracker", "-v")
    assert said.startswith("opentracker 0.") and "WANT_FULLSCRAPE" in said


def test_its_configuration_has_no_mistakes_and_warnings(built, about):
    said = output_of("chroot", "--userspec=65534:65534", built, *about.command("ENTRYPOINT"), *about.command("CMD"), "-t")
    assert "warning" not in said and "tracker.max_memory 400M" in said
