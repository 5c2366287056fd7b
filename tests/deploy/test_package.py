"""The contents of the Debian package, and the verdict of Debian's own checker."""
import gzip
import platform
import re
import subprocess

from tree import TOP, run

DEBIAN = platform.freedesktop_os_release().get("VERSION_ID")
# Where Debian's own package of this release has its units.
UNITS = "/lib/systemd/system" if DEBIAN == "12" else "/usr/lib/systemd/system"
FILES = {
    "/usr/bin/opentracker",
    "/etc/opentracker/opentracker.conf",
    f"{UNITS}/opentracker.service",
    f"{UNITS}/opentracker.socket",
    "/usr/share/man/man8/opentracker.8.gz",
    "/usr/share/man/man5/opentracker.conf.5.gz",
    "/usr/share/doc/opentracker/changelog.gz",
    "/usr/share/doc/opentracker/compatibility.md",
    "/usr/share/doc/opentracker/copyright",
    "/usr/share/doc/opentracker/operations.md",
    "/usr/share/doc/opentracker/examples/grafana-dashboard.json",
    "/usr/share/doc/opentracker/examples/munin-opentracker",
    "/usr/share/doc/opentracker/examples/nftables.conf",
    "/usr/share/doc/opentracker/examples/nginx.conf",
    "/usr/share/doc/opentracker/examples/opentracker.conf",
    "/usr/share/doc/opentracker/examples/prometheus-alerts.yml",
    "/usr/share/doc/opentracker/examples/sysctl.conf",
}
# In Debian 12 and 13.
DEBIANS_VERSIONS = ("0.0~git20210823.110868e-3", "0.0~git20240622.c854b3d-2")


def field(package, name):
    return run("dpkg-deb", "--field", package, name).stdout.strip()


def contents(package):
    """(mode, owner, path) of each file, without directories."""
    for line in run("dpkg-deb", "--contents", package).stdout.splitlines():
        mode, owner, _, _, _, path = line.split(maxsplit=5)
        if not mode.startswith("d"):
            yield mode, owner, path.removeprefix(".")


def test_it_contains_exactly_these_files(package):
    assert {path for _, _, path in contents(package)} == FILES


def test_root_owns_every_file_and_only_the_program_is_executable(package):
    for mode, owner, path in contents(package):
        assert owner == "root/root", path
        assert mode == ("-rwxr-xr-x" if path == "/usr/bin/opentracker" else "-rw-r--r--"), path


def test_its_version_is_higher_than_debians(package):
    version = field(package, "Version")
    for debians in DEBIANS_VERSIONS:
        assert run("dpkg", "--compare-versions", version, "gt", debians).returncode == 0
    assert ":" not in version


def test_it_depends_on_the_package_of_every_linked_library(package, stage):
    libraries = re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", stage / "usr/bin/opentracker").stdout)
    assert libraries
    depends = {word.split()[0] for word in field(package, "Depends").split(", ")}
    for library in libraries:
        owners = run("dpkg-query", "--search", f"*/{library}").stdout
        names = {line.split(":")[0] for line in owners.splitlines()}
        assert names & depends, (library, names, depends)
    assert "adduser" in depends


def test_an_upgrade_keeps_only_the_configuration(package):
    conffiles = run("dpkg-deb", "--info", package, "conffiles").stdout.split()
    assert conffiles == ["/etc/opentracker/opentracker.conf"]


def test_its_checksums_are_correct(package, tmp_path):
    run("dpkg-deb", "--raw-extract", package, tmp_path, check=True)
    result = run("md5sum", "--quiet", "--check", "DEBIAN/md5sums", cwd=tmp_path)
    assert result.returncode == 0, result.stdout


def test_the_same_commit_gives_the_same_bytes(package, tmp_path):
    build = TOP / "docs/deploy/debian/build.sh"
    stage = tmp_path / "root"
    make = ["make", "-s", "stage", f"STAGE={stage}"]
    subprocess.run(make, cwd=TOP, check=True, stdout=subprocess.DEVNULL)
    run(build, field(package, "Version"), stage, tmp_path, check=True, cwd=TOP)
    again = tmp_path / package.name
    assert again.read_bytes() == package.read_bytes()


def test_the_manual_pages_name_the_paths_of_the_prefix(tmp_path):
    make = ["make", "-s", "install", f"DESTDIR={tmp_path}", "PREFIX=/opt/tracker"]
    subprocess.run(make, cwd=TOP, check=True, stdout=subprocess.DEVNULL)
    page = (tmp_path / "opt/tracker/share/man/man8/opentracker.8").read_text()
    unit = (tmp_path / "opt/tracker/lib/systemd/system/opentracker.service").read_text()
    assert "/opt/tracker/share/doc/opentracker" in page and "/usr/share" not in page
    assert "ExecStart=/opt/tracker/bin/opentracker " in unit
    assert (tmp_path / "opt/tracker/bin/opentracker").stat().st_mode & 0o111


def test_make_install_does_not_overwrite_a_configuration(tmp_path):
    conf = tmp_path / "etc/opentracker/opentracker.conf"
    make = ["make", "-s", "install", f"DESTDIR={tmp_path}"]
    for text in (None, "# mine\n"):
        if text is not None:
            conf.write_text(text)
        subprocess.run(make, cwd=TOP, check=True, stdout=subprocess.DEVNULL)
    assert conf.read_text() == "# mine\n"


def test_lintian_finds_no_errors_or_warnings(package):
    result = run("lintian", "--allow-root", "--fail-on", "error,warning", package)
    assert result.returncode == 0, result.stdout


def test_the_changelog_names_the_version(package, stage):
    with gzip.open(stage / "usr/share/doc/opentracker/changelog.gz", "rt") as changelog:
        assert changelog.readline().startswith(f"opentracker ({field(package, 'Version')}) ")
