#!/bin/sh
# Makes registry.gz of the registries of the IEEE, as Debian's package ieee-data has them.
#
#   renew.sh [folder]    folder: where oui.csv, mam.csv, oui36.csv and iab.csv are; default: those of the installed package
#
# What the IEEE has now, and not what Debian last took over: https://standards-oui.ieee.org/ (oui/oui.csv, oui28/mam.csv,
# oui36/oui36.csv, iab/iab.csv), all four in one folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
from=${1:-/usr/share/ieee-data}
for list in oui mam oui36 iab; do
    [ -s "$from/$list.csv" ] || { echo "renew.sh: $from/$list.csv is missing: install ieee-data, or name a folder" >&2; exit 1; }
done
export LC_ALL=C
tab=$(printf '\t')
# A line for each vendor: its name, a tab, and all that it was assigned. The same lists give the same file.
awk -f "$here/read.awk" "$from/oui.csv" "$from/mam.csv" "$from/oui36.csv" "$from/iab.csv" |
    sort -u -t "$tab" -k2,2 -k1,1 |
    awk -F '\t' '$2 != name { if (NR > 1) print ""; printf "%s\t%s", $2, $1; name = $2; next } { printf " %s", $1 } END { print "" }' |
    gzip -9 -n > "$here/registry.gz.new"
mv "$here/registry.gz.new" "$here/registry.gz"
echo "$(gzip -dc "$here/registry.gz" | wc -l) vendors, $(wc -c < "$here/registry.gz") octets"
