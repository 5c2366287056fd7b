# Debian packages: those that are needed, installed by name, and our own.

.PHONY: deps test-deps bench-deps stage deb

DEB_PACKAGES := dpkg-dev
BUILD_PACKAGES := make g++ libowfat-dev libsodium-dev zlib1g-dev
CLANG_PACKAGES := $(patsubst %,%$(CLANG_SUFFIX),clang clang-tidy clang-format) \
                  libclang-rt$(CLANG_SUFFIX)-dev
TEST_PACKAGES := $(CLANG_PACKAGES) libgtest-dev python3 python3-pytest python3-pytest-xdist \
                 python3-yaml file iproute2 util-linux python3-libtorrent aria2 transmission-daemon rtorrent apache2-utils strace \
                 systemd nftables nginx-light haproxy procps curl man-db mandoc lintian \
                 debootstrap binutils prometheus opentracker $(DEB_PACKAGES)

deps:
	@tests/tools/install_packages.sh $(BUILD_PACKAGES)
	@tests/tools/check_system.sh $(CXX) $(LANGUAGE)
test-deps:
	@tests/tools/install_packages.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)

# The unit lies where the package of the C program in this release has it: to dpkg, /lib and /usr/lib are
# two folders, and it would take the new file away with the old one.
STAGE := build/deb/root
DEB_UNITDIR := $(if $(filter 12,$(DEBIAN)),,/usr)/lib/systemd/system
DEB_VERSION ?= $(VERSION)
stage: opentracker
	@rm -rf $(STAGE)
	@$(MAKE) --no-print-directory install DESTDIR=$(abspath $(STAGE)) PREFIX=/usr SYSCONFDIR=/etc \
	  UNITDIR=$(DEB_UNITDIR)
deb: deps
	@tests/tools/install_packages.sh $(DEB_PACKAGES)
	+$(SUBMAKE) stage
	docs/deploy/debian/build.sh $(DEB_VERSION) $(STAGE) build/deb
