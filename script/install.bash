# Sourced by script/server and script/test, from the project's root: installs what this machine lacks.
# Whoever installs the portal reads these messages, so they are in Vietnamese, one line for each problem.

PYTHON=${PYTHON:-python3}
SETUP_LOG=var/setup.log

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

require_python() {
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "Cần Python 3.11 trở lên ($PYTHON không có hoặc cũ hơn). Trên Debian 12: sudo apt-get install -y python3"
}

# Prints the Debian packages that the portal needs and this machine lacks.
missing_packages() {
  "$PYTHON" -c 'import ensurepip' 2>/dev/null || echo python3-venv
  "$PYTHON" - <<'PY'
import ctypes

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
for library, package in LIBRARIES.items():
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package)
PY
  [[ -e /usr/share/zoneinfo/Asia/Ho_Chi_Minh ]] || echo tzdata
}

install_packages() {
  (($#)) || return 0
  local as_root=()
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null ||
      fail "Thiếu gói hệ thống. Hãy chạy lệnh sau rồi chạy lại: sudo apt-get update && sudo apt-get install -y $*"
    as_root=(sudo -n)
  fi
  command -v apt-get >/dev/null || fail "Máy này không có apt-get; hãy tự cài các gói tương ứng với: $*"
  echo "Đang cài gói hệ thống: $*"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"; } >"$SETUP_LOG" 2>&1 ||
    fail "Không cài được gói hệ thống ($*); hãy kiểm tra kết nối mạng. Chi tiết: $SETUP_LOG"
}

make_virtual_environment() {
  .venv/bin/python -m pip --version >/dev/null 2>&1 && return
  "$PYTHON" -m venv --clear .venv >"$SETUP_LOG" 2>&1 ||
    fail "Không tạo được môi trường Python .venv. Chi tiết: $SETUP_LOG"
}

# Installs a pinned requirements file, unless this very file was installed before.
install_requirements() {
  local requirements=$1 installed
  installed=.venv/installed-${requirements##*/}.sha256
  sha256sum --check --status "$installed" 2>/dev/null && return
  make_virtual_environment
  echo "Đang cài các gói Python trong $requirements (lần đầu có thể mất vài phút)"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r "$requirements" >"$SETUP_LOG" 2>&1 ||
    fail "Không cài được các gói Python; hãy kiểm tra kết nối mạng rồi chạy lại. Chi tiết: $SETUP_LOG"
  sha256sum "$requirements" >"$installed"
}

# Makes everything that the portal needs to run; extra Debian packages are named by the caller.
install_portal() {
  local missing
  mkdir -p var
  require_python
  missing=$(missing_packages)
  # shellcheck disable=SC2086 # one word for each package
  install_packages $missing "$@"
  install_requirements requirements.txt
}
