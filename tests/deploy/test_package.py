"""The contents of the Debian package, and the verdict of Debian's own checker."""
import gzip
import platform
import posixpath
import re
import subprocess

from tree import TOP, run

DEBIAN = platform.freedesktop_os_release().get("VERSION_ID")
# Where Debian's own package of this release has its units.
UNITS = "/lib/systemd/system" if DEBIAN == "12" else "/usr/lib/systemd/system"
DOC, DATA = "/usr/share/doc/opentracker", "/usr/share/opentracker"
PROGRAM, PLUGIN = "/usr/bin/opentracker", "/usr/share/munin/plugins/opentracker_"
FILES = {
    PROGRAM,
    PLUGIN,
    f"{UNITS}/opentracker.service",
    f"{UNITS}/opentracker.socket",
    "/usr/share/man/man8/opentracker.8.gz",
    "/usr/share/man/man5/opentracker.conf.5.gz",
    f"{DATA}/grafana-dashboard.json",
    f"{DATA}/grafana-provider.yml",
    f"{DATA}/opentracker.conf.sample",
    f"{DATA}/prometheus-alerts.yml",
    f"{DOC}/changelog.gz",
    f"{DOC}/compatibility.md",
    f"{DOC}/containers.md",
    f"{DOC}/copyright",
    f"{DOC}/lists.md",
    f"{DOC}/operations.md",
    f"{DOC}/proxies.md",
    f"{DOC}/security.md",
    f"{DOC}/examples/container/Containerfile",
    f"{DOC}/examples/container/compose.yaml",
    f"{DOC}/examples/container/kubernetes.yaml",
    f"{DOC}/examples/container/opentracker.conf",
    f"{DOC}/examples/nftables.conf",
    f"{DOC}/examples/nginx.conf",
    f"{DOC}/examples/sysctl.conf",
}
LINKS = {
    "/etc/prometheus/rules/opentracker.yml": f"{DATA}/prometheus-alerts.yml",
    f"{DOC}/examples/grafana-dashboard.json": f"{DATA}/grafana-dashboard.json",
    f"{DOC}/examples/grafana-provider.yml": f"{DATA}/grafana-provider.yml",
    f"{DOC}/examples/munin-opentracker": PLUGIN,
    f"{DOC}/examples/opentracker.conf": f"{DATA}/opentracker.conf.sample",
    f"{DOC}/examples/prometheus-alerts.yml": f"{DATA}/prometheus-alerts.yml",
}
# In Debian 12 and 13.
DEBIANS_VERSIONS = ("0.0~git20210823.110868e-3", "0.0~git20240622.c854b3d-2")


def field(package, name):
    return run("dpkg-deb", "--field", package, name).stdout.strip()


def contents(package):
    """(mode, owner, path) of each file, without directories; a link's path is "path -> target"."""
    for line in run("dpkg-deb", "--contents", package).stdout.splitlines():
        mode, owner, _, _, _, path = line.split(maxsplit=5)
        if not mode.startswith("d"):
            yield mode, owner, path.removeprefix(".")


def test_it_contains_exactly_these_files(package):
    assert {path for mode, _, path in contents(package) if mode[0] == "-"} == FILES


def test_its_links_lead_to_files_of_its_own(package):
    links = dict(path.split(" -> ") for mode, _, path in contents(package) if mode[0] == "l")
    whole = {at: posixpath.normpath(posixpath.join(posixpath.dirname(at), to)) for at, to in links.items()}
    assert whole == LINKS
    assert set(whole.values()) <= FILES


def test_root_owns_every_file_and_only_programs_are_executable(package):
    for mode, owner, path in contents(package):
        assert owner == "root/root", path
        if mode[0] == "-":
            assert mode == ("-rwxr-xr-x" if path in (PROGRAM, PLUGIN) else "-rw-r--r--"), path


def test_it_works_where_documentation_is_left_out(package, tmp_path):
    """Images of Debian exclude /usr/share/doc."""
    run("dpkg-deb", "--control", package, tmp_path, check=True)
    for script in ("postinst", "prerm", "postrm"):
        assert "/usr/share/doc" not in (tmp_path / script).read_text(), script
    provider = (TOP / "docs/deploy/grafana-provider.yml").read_text()
    assert provider.rstrip().endswith(f"path: {DATA}")


def test_munin_offers_each_graph_because_the_plugin_is_a_wildcard():
    """munin-node-configure takes a plugin's suggestions only if its name ends with an underscore."""
    assert PLUGIN.endswith("_")
    text = (TOP / "docs/deploy/munin-opentracker").read_text()
    assert "#%# family=auto" in text and "#%# capabilities=autoconf suggest" in text


def test_it_names_a_home_page_that_the_description_explains(package):
    assert field(package, "Homepage").startswith("https://")
    assert "home page describes" in " ".join(field(package, "Description").split())


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


def test_dpkg_has_nothing_to_ask_about_the_configuration(package, tmp_path):
    """No conffile and no file in /etc; what an upgrade does is in tests/tools/fresh_package.sh."""
    run("dpkg-deb", "--control", package, tmp_path, check=True)
    assert not (tmp_path / "conffiles").exists()
    assert not [path for mode, _, path in contents(package) if path.startswith("/etc/") and mode[0] == "-"]


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
