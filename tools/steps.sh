# SPDX-License-Identifier: Apache-2.0
#
# Sourced: runs the steps of ./run, ./test and .ci/run quietly, with the time each took; all output of a failed one.
step() {
  local what=$1 log status start=$SECONDS
  shift
  printf '== %s\n' "$what" >&2
  if [[ -t 2 || -n ${HM_VERBOSE:-} ]]; then
    "$@" || { status=$?; printf '== FAILED: %s\n' "$what" >&2; exit "$status"; }
  else
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
      tail -n "${HM_TAIL:-4}" "$log"
      rm -f "$log"
    else
      status=$?
      tail -n 400 "$log"
      rm -f "$log"
      printf '== FAILED: %s\n' "$what" >&2
      exit "$status"
    fi
  fi
  printf '   %d s\n' $((SECONDS - start)) >&2
}
