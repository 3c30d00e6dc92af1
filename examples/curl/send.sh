#!/usr/bin/env bash
# An agent that reports with curl alone: says who it is, beats, and reports one finished task. Then it asks what it is told.
#
#   npm start                                   # prints a key
#   FLEETPULSE_KEY=fp_... examples/curl/send.sh
#
# FLEETPULSE_URL says where to, AGENT and POOL who reports.
set -euo pipefail
: "${FLEETPULSE_KEY:?set it to the API key that npm start printed}"
url=${FLEETPULSE_URL:-http://127.0.0.1:8787}
agent=${AGENT:-writer-1}
pool=${POOL:-writers}
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# Without a batchId the content is the identity: curl may repeat it after 408, 429 and 5xx, and it still counts once.
# gzip has to travel under a content type that API Gateway passes on as bytes.
answer=$(
  gzip -c <<JSON | curl -sS --fail-with-body --retry 5 --retry-connrefused --max-time 60 "$url/v1/events" \
    -H "x-api-key: $FLEETPULSE_KEY" -H 'content-type: application/vnd.fleetpulse+gzip' -H 'content-encoding: gzip' \
    --data-binary @-
{"events": [
  {"type": "agent", "agent": "$agent", "pool": "$pool", "team": "content", "capacity": 2},
  {"type": "heartbeat", "agent": "$agent", "at": "$now", "state": "ready", "progress": 1, "intervalMs": 60000},
  {"type": "task", "agent": "$agent", "task": "article-17", "taskType": "article", "status": "completed",
   "queueMs": 120, "durationMs": 4200, "endedAt": "$now", "slaMs": 10000, "costUsd": 0.012,
   "tokens": {"input": 1800, "output": 600}}
]}
JSON
)
echo "$answer"

# An agent that runs on keeps the version, and reads directives again only when it has changed.
version=$(sed -n 's/.*"directivesVersion": *\([0-9]*\).*/\1/p' <<<"$answer")
if [[ ${version:-0} -gt 0 ]]; then
  curl -sS --fail-with-body "$url/v1/directives?status=active&target=$pool" -H "x-api-key: $FLEETPULSE_KEY"
  echo
fi
