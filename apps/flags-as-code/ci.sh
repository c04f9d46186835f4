#!/usr/bin/env bash
# What CI does with a change of the flags: build and test, check, compare with what is published, look through the code, publish.
# SORTITION is the command, PUBLISHED the folder that a CDN (here: `sortition emulate --folder`) serves.
set -euo pipefail
cd "$(dirname "$0")"
sortition=${SORTITION:-node_modules/.bin/sortition}
published=${PUBLISHED:-published}

# The datafile and the lock file are part of the change: a change that moves users was given a reason when it was built.
$sortition build flags --output datafile.json --check
$sortition check datafile.json

# For the pull request: what changed, for whom and why. What breaks callers ends the run.
if [ -e "$published/shop-live.json" ]; then
  $sortition diff "$published/shop-live.json" datafile.json --format markdown --fail-on breaking | tee comment.md
fi
$sortition usage src --datafile datafile.json --level error

mkdir -p "$published"
cp datafile.json "$published/shop-live.json"
