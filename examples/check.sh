#!/bin/sh
# Imports the example data sets with the mappings beside this script, measures
# their journeys, and compares every figure with the one that was computed
# from the files by other means.
#
#   examples/check.sh DATA_DIR
#
# DATA_DIR holds online_retail/online_retail.csv.gz,
# crm_sales_opportunities/*.csv and process_logs/bpic2013_incidents.xes.gz; each
# example's README says where they are published. BEICHEN may name the program;
# otherwise it is built first.
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
