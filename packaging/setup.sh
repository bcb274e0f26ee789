# Read by ./run and ./test: makes .venv from the lock once and then gets out of the way. POSIX sh.
#
#   set_up run|test     sets $here's .venv up where it is missing, broken, moved or older than its lock;
#                       before it: here=the checkout, window=yes where the start opens one (else the screen is not checked)
#
# Marks inside .venv: `setting-up` while pip works (found again = interrupted, begin afresh); `ready-run`, `ready-test`
# written last, with the folder and the checksum of the lock; `ready-screen` once Qt's screen plug-in could be loaded.
# Everything here is said on stderr: stdout belongs to the app.

# What leaks from the person's own Python would come before the locked packages.
unset PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE PYTHONPLATLIBDIR VIRTUAL_ENV PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT
PYTHONNOUSERSITE=1
PYTHONSAFEPATH=1 # a json.py in the folder where ./run is typed is not ours
PYTHONPATH=$here
export PYTHONNOUSERSITE PYTHONSAFEPATH PYTHONPATH

venv=$here/.venv
guard=$here/.venv.lock

# Debian's names; a|b is the older and the newer name (Ubuntu 24.04).
qt_packages='libgl1 libegl1 libxkbcommon0 libfontconfig1 libfreetype6 libglib2.0-0|libglib2.0-0t64 libdbus-1-3
libgssapi-krb5-2'
screen_packages='libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
libxcb-xinerama0 libxcb-xkb1 libxkbcommon-x11-0 libx11-xcb1 libwayland-client0 libwayland-cursor0 libwayland-egl1'

say() { printf 'dreamjournal: %s\n' "$*" >&2; }

stop() {
    say "$*"
    exit 1
}

set_up() {
    case $1 in
    run) lock=$here/packaging/requirements.lock ;;
    test) lock=$here/packaging/requirements-test.lock ;;
    esac
    want="$here $(cksum <"$lock")"
    if ready "$1"; then
        screen_ready || check_screen
        return
    fi
    hold_guard
    trap 'rm -f "$guard"' EXIT
    trap 'exit 130' HUP INT TERM
    ready "$1" || make_venv "$1" # the start we waited for may have done it
    screen_ready || check_screen
    rm -f "$guard"
    trap - EXIT HUP INT TERM
}

ready() {
    [ -f "$venv/ready-$1" ] && [ -x "$venv/bin/python" ] && [ ! -f "$venv/setting-up" ] &&
        IFS= read -r have <"$venv/ready-$1" && [ "$have" = "$want" ]
}

has_screen() {
    [ "${window:-}" = yes ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ -z "${QT_QPA_PLATFORM:-}" ] &&
        [ "$(uname -s)" = Linux ]
}

screen_ready() { [ -f "$venv/ready-screen" ] || ! has_screen; }

# A symlink is made in one step with its owner's number in it.
hold_guard() {
    waited=0
    until ln -s "$$" "$guard" 2>/dev/null; do
        owner=$(readlink "$guard" 2>/dev/null) || {
            [ -w "$here" ] || stop "the app cannot be set up: $here cannot be written to; copy the folder to a place of your own."
            continue
        }
        if ! kill -0 "$owner" 2>/dev/null && [ "$(readlink "$guard" 2>/dev/null)" = "$owner" ]; then
            rm -f "$guard"
            continue
        fi
        [ "$waited" -ne 0 ] || say 'another start is setting the app up; waiting for it.'
        waited=$((waited + 1))
        [ "$waited" -le 1800 ] || stop "waited half an hour for another start; if none is running, delete $guard and try again."
        sleep 1
    done
}

make_venv() {
    find_python
    if [ -f "$venv/setting-up" ] || ! "$venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        { [ -f "$venv/ready-run" ] && ! grep -qF "$here " "$venv/ready-run"; }; then
        rm -rf "$venv"
    fi
    mkdir -p "$venv" || stop "the app cannot be set up: $here cannot be written to; copy the folder to a place of your own."
    : >"$venv/setting-up"
    say "setting up in $venv (once; several hundred MB, a few minutes) ..."
    rm -f "$venv/ready-run" "$venv/ready-test" "$venv/ready-screen"
    if [ ! -x "$venv/bin/python" ]; then
        "$python" -m venv "$venv" >"$venv/set-up.log" 2>&1 || failed 'Python could not make its own folder'
    fi
    # Wheels only: a package built here would fetch build tools that no hash pins.
    PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_NO_INPUT=1 "$venv/bin/python" -m pip install -q --disable-pip-version-check --retries 2 \
        --no-deps --only-binary :all: --require-hashes -r "$lock" >"$venv/set-up.log" 2>&1 || failed 'the parts could not be fetched'
    rm -f "$venv/setting-up" # the download need not be repeated when a system library is missing
    check_qt
    [ "$1" = run ] || optional dbus-daemon dbus
    if [ "$1" = test ]; then # holds everything that run needs
        printf '%s\n' "$here $(cksum <"$here/packaging/requirements.lock")" >"$venv/ready-run"
    fi
    printf '%s\n' "$want" >"$venv/ready-$1"
}

find_python() {
    python=
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$name
            break
        fi
    done
    [ -n "$python" ] || stop "python3 3.11 or newer is needed and was not found; install it and start again."
    "$python" -c 'import ensurepip, venv' 2>/dev/null || install "Python's venv" "$python-venv"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || stop "$python has no venv module; install it and start again."
}

failed() {
    if grep -qE 'NewConnectionError|SSLError|ProxyError|NameResolutionError|Temporary failure in name|ConnectTimeout|Network is unreachable|ConnectionError|Read timed out' "$venv/set-up.log"; then
        stop "$1: the package index (PyPI) cannot be reached; connect to the internet and start again."
    elif grep -q 'DO NOT MATCH THE HASHES' "$venv/set-up.log"; then
        stop "$1: a download was not what the lock file pins, so it was not installed; start again, and if it stays so, tell us."
    elif grep -q 'No space left' "$venv/set-up.log"; then
        stop "$1: the disk is full; make about 1 GB of room and start again."
    fi
    tail -n 5 "$venv/set-up.log" >&2
    stop "$1; the whole story is in $venv/set-up.log."
}

check_qt() {
    loads_qt && return
    install "Qt's system libraries" "$qt_packages" "$screen_packages"
    loads_qt || stop "Qt cannot start: $problem"
}

loads_qt() {
    problem=$(QT_QPA_PLATFORM=offscreen "$venv/bin/python" -c '
import sys
try:
    from PySide6 import QtCore, QtGui, QtNetwork, QtSvg, QtWidgets
    QtWidgets.QApplication(["set-up"])
except ImportError as error:
    sys.exit(str(error))' 2>&1)
}

check_screen() {
    loads_screen || install "Qt's screen libraries" "$qt_packages" "$screen_packages"
    loads_screen || stop "Qt cannot open a window here: $problem"
    touch "$venv/ready-screen" 2>/dev/null || : # a checkout of another user: looked at again next time
}

loads_screen() {
    problem=$("$venv/bin/python" -c '
import ctypes, os, pathlib, sys
import PySide6.QtWidgets
plugin = "libqxcb.so" if os.environ.get("DISPLAY") else "libqwayland.so"
found = list(pathlib.Path(PySide6.__file__).parent.glob("Qt/plugins/platforms/" + plugin))
try:
    [ctypes.CDLL(str(path)) for path in found]
except OSError as error:
    sys.exit(str(error))' 2>&1)
}

# install WHAT PACKAGE...: as root on a Debian-like system; else says the one line to type and stops.
install() {
    what=$1
    shift
    command -v apt-get >/dev/null || stop "missing: $what; install it with your system's package manager (on Debian: $*) and start again."
    if [ "$(id -u)" -ne 0 ]; then
        pick_names "$@"
        stop "missing: $what; type this line and start again:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends$names"
    fi
    say "installing $what ..."
    apt_lists
    pick_names "$@"
    # shellcheck disable=SC2086
    apt_install $names || stop "$what could not be installed: $(grep '^E:' "$venv.apt.log" | head -n 1); see $venv.apt.log."
    rm -f "$venv.apt.log"
}

# optional COMMAND PACKAGE: a tool some tests use and skip without.
optional() {
    command -v "$1" >/dev/null && return
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        apt_lists
        apt_install "$2" || say "$2 could not be installed; the tests that need it are skipped."
        rm -f "$venv.apt.log"
    fi
}

apt_install() {
    apt_once "$@" && return
    apt_update # lists that are there may be old and name packages that are gone
    apt_once "$@"
}

apt_once() { DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@" >"$venv.apt.log" 2>&1; }

apt_lists() { ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || apt_update; }

apt_update() {
    DEBIAN_FRONTEND=noninteractive apt-get -q update >"$venv.apt.log" 2>&1 || say 'the package lists could not be renewed.'
}

pick_names() {
    names=
    for name in $*; do
        case $name in
        *'|'*) if apt-cache show "${name#*|}" 2>/dev/null | grep -q .; then name=${name#*|}; else name=${name%|*}; fi ;;
        esac
        names="$names $name"
    done
}
