#!/bin/sh
# The job as a command of a stack would do it: curl, and a loop around it.
# usage: curl-loop.sh <address> <token> <body as JSON> <seconds between looks>
set -e
post=$(curl -fsS -X POST -H "X-DOMO-Developer-Token: $2" -H "Content-Type: application/json" -d "$3" "$1")
id=$(printf %s "$post" | sed 's/.*"exportId":"\([^"]*\)".*/\1/')
while :; do
  list=$(curl -fsS -H "X-DOMO-Developer-Token: $2" "$1")
  entry=$(printf %s "$list" | sed 's/},{"exportId/}\
{"exportId/g' | grep "$id")
  case "$entry" in
    *'"exportStatus":"success"'*) exit 0 ;;
    *'"exportStatus":"error"'*) echo "export $id failed" >&2; exit 1 ;;
  esac
  sleep "$4"
done
