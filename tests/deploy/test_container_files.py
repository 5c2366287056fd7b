"""The files for containers agree with one another: ports, user, folders, health checks, memory.

That the image builds and runs is tested in tests/container.
"""
import re
import subprocess
import sys

import pytest
import yaml

from tree import DEPLOY, TOP, run

sys.path.insert(0, str(TOP / "tests/container"))

from containerfile import copied, parse  # noqa: E402

FOLDER = DEPLOY / "container"
PAGE = (TOP / "docs/containers.md").read_text()
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
# A command may take 3 s, and a little to start.
HEALTH_SECONDS = 4


def size(text):
    """Bytes of 400M, 512m or 512Mi."""
    number, unit = re.fullmatch(r"(\d+)([kKmMgG])i?", text).groups()
    return int(number) * UNITS[unit.upper()]


@pytest.fixture(scope="module")
def image():
    return parse((FOLDER / "Containerfile").read_text())


@pytest.fixture(scope="module")
def compose():
    (service,) = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"].values()
    return service


@pytest.fixture(scope="module")
def manifest():
    """The objects of the Kubernetes manifest by kind and name."""
    found = yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text())
    return {(one["kind"], one["metadata"]["name"]): one for one in found}


@pytest.fixture(scope="module")
def pod(manifest):
    return manifest["Deployment", "opentracker"]["spec"]["template"]


@pytest.fixture(scope="module")
def container(pod):
    (one,) = pod["spec"]["containers"]
    return one


def configurations(manifest):
    return {
        "image": (FOLDER / "opentracker.conf").read_text(),
        "kubernetes": manifest["ConfigMap", "opentracker-config"]["data"]["opentracker.conf"],
    }


def test_the_image_has_one_program_and_runs_as_nobody(image):
    build, last = image.stages
    assert (build.base, last.base) == ("docker.io/library/debian:bookworm", "scratch")
    assert image.about["USER"] == "65534:65534"
    assert image.about["STOPSIGNAL"] == "SIGTERM"
    assert image.command("ENTRYPOINT") == ["/opentracker"]
    assert {copied(text)[2] for _, text in last.steps} == {
        *("/opentracker", "/etc/opentracker/opentracker.conf", "/state/"),
    }


def test_the_build_installs_what_the_makefile_needs(image):
    packages = run("make", "-s", "-f", "Makefile", "--eval=show:;@echo $(BUILD_PACKAGES)", "show", cwd=TOP).stdout
    (install,) = [text for _, text in image.stages[0].steps if "apt-get install" in text]
    assert set(packages.split()) <= set(install.split())


def test_everybody_names_the_same_ports(image, compose, manifest, container):
    ports = {(6969, "TCP"), (6969, "UDP")}
    assert image.ports() == ports
    assert {(port["containerPort"], port["protocol"]) for port in container["ports"]} == ports
    service = manifest["Service", "opentracker"]["spec"]["ports"]
    assert {(port["port"], port["protocol"]) for port in service} == ports
    names = {port["name"]: port["protocol"] for port in container["ports"]}
    assert all(names[port["targetPort"]] == port["protocol"] for port in service)
    published = re.search(r"# ports: (\[.*\])", (FOLDER / "compose.yaml").read_text())[1]
    assert yaml.safe_load(published) == ["6969:6969/tcp", "6969:6969/udp"]


def test_everybody_asks_for_health_in_the_same_way(image, container):
    command = image.command("HEALTHCHECK")
    assert command == [*image.command("ENTRYPOINT"), "--health", *image.command("CMD")]
    assert image.health_option("timeout") >= HEALTH_SECONDS
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["exec"]["command"] == command
        assert HEALTH_SECONDS <= container[probe]["timeoutSeconds"] <= container[probe]["periodSeconds"]


def test_nobody_gives_the_container_rights(compose, pod, container):
    assert compose["read_only"] is True and compose["cap_drop"] == ["ALL"]
    assert compose["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in compose and "privileged" not in compose
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] is True and security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    context = pod["spec"]["securityContext"]
    assert context["runAsNonRoot"] is True
    assert {context[name] for name in ("runAsUser", "runAsGroup", "fsGroup")} == {65534}
    assert pod["spec"]["automountServiceAccountToken"] is False


def test_clients_addresses_arrive(compose, manifest):
    assert compose["network_mode"] == "host" and "ports" not in compose
    service = manifest["Service", "opentracker"]["spec"]
    assert (service["type"], service["externalTrafficPolicy"]) == ("LoadBalancer", "Local")
    assert service["ipFamilyPolicy"] == "PreferDualStack"


def test_the_service_and_the_deployment_find_the_one_pod(manifest, pod):
    labels = pod["metadata"]["labels"]
    deployment = manifest["Deployment", "opentracker"]["spec"]
    assert manifest["Service", "opentracker"]["spec"]["selector"] == labels
    assert deployment["selector"]["matchLabels"] == labels
    assert deployment["replicas"] == 1 and deployment["strategy"] == {"type": "Recreate"}


def test_every_mount_is_a_folder_that_the_configuration_uses(compose, manifest, pod, container):
    volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
    mounts = {mount["name"]: mount for mount in container["volumeMounts"]}
    assert set(mounts) == set(volumes)
    assert not any("subPath" in mount for mount in mounts.values())
    places = {mount["mountPath"] for mount in mounts.values()}
    assert places == {entry.split(":")[1] for entry in compose["volumes"]}
    assert {mount["mountPath"] for mount in mounts.values() if not mount.get("readOnly")} == {"/state"}
    for volume in volumes.values():
        if "configMap" in volume:
            assert ("ConfigMap", volume["configMap"]["name"]) in manifest
    for text in configurations(manifest).values():
        for path in re.findall(r"^#?\S+ (/\S+)$", text, re.M):
            assert path.rpartition("/")[0] in places


def test_the_table_leaves_memory_for_the_rest(compose, manifest, container):
    limit = size(container["resources"]["limits"]["memory"])
    assert limit == size(container["resources"]["requests"]["memory"]) == size(compose["mem_limit"])
    for text in configurations(manifest).values():
        table = size(re.search(r"^tracker\.max_memory (\S+)", text, re.M)[1])
        assert limit // 2 < table <= limit - (100 << 20)


@pytest.mark.parametrize("name", ["image", "kubernetes", "image with everything"])
def test_each_configuration_is_free_of_mistakes(manifest, stage, tmp_path, name):
    text = configurations(manifest)[name.split()[0]]
    if "everything" in name:
        text = re.sub(r"^#(?=[a-z]+\.)", "", text, flags=re.M)
        assert "access.whitelist" in text and "tracker.state_file" in text
    (tmp_path / "whitelist.txt").write_text("# nothing\n")
    (tmp_path / "t.conf").write_text(re.sub(r" (/lists|/state)", f" {tmp_path}", text))
    tmp_path.chmod(0o755)
    command = [stage / "usr/bin/opentracker", "-t", "-f", tmp_path / "t.conf", "-d", "/"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=10)
    complaints = [line for line in result.stderr.splitlines() if "chroot" not in line and "as user" not in line]
    assert not complaints, result.stderr


def test_the_page_builds_and_runs_it_as_the_files_say(image, compose):
    assert "-f docs/deploy/container/Containerfile ." in PAGE
    commands = "\n".join(re.findall(r"^```sh \S+\n(.*?)^```$", PAGE, re.M | re.S)).replace("\\\n", " ")
    (start,) = re.findall(r"^podman run -d.*$", commands, re.M)
    for option in ("--network host", "--read-only", "--cap-drop all", "--security-opt no-new-privileges"):
        assert option in start
    assert size(re.search(r"--memory (\S+)", start)[1]) == size(compose["mem_limit"])
    assert {entry.split(":")[1] for entry in re.findall(r"-v (\S+)", start)} == {
        entry.split(":")[1] for entry in compose["volumes"]
    }
    assert " ".join(image.command("HEALTHCHECK")) in commands
