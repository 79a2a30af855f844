#!/bin/sh
# Imports the example data sets with the mappings beside this script, measures
# their journeys, and compares every figure with the one that was computed
# from the files by other means.
#
#   examples/check.sh DATA_DIR
#
# DATA_DIR holds a folder for each example of the same name, and process_logs
# with the files of bpic2013_incidents, helpdesk_italian and receipt_phase_wabo.
# Each example's README says what the files are called and where they are
# published. BEICHEN may name the program; otherwise it is built first.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 DATA_DIR" >&2; exit 2; }
data=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ -z "${BEICHEN:-}" ]; then
	BEICHEN=$scratch/beichen
	go build -o "$BEICHEN" ./cmd/beichen
fi
go run ./examples/check -beichen "$BEICHEN" -data "$data" -scratch "$scratch"
