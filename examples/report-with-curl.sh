#!/usr/bin/env bash
# An agent that reports with curl alone: says who it is, beats, and reports one finished task.
# FLEETPULSE_URL and FLEETPULSE_KEY say where to and with which API key.
set -euo pipefail
: "${FLEETPULSE_KEY:?set it to the API key that npm start printed}"
url=${FLEETPULSE_URL:-http://127.0.0.1:8787}
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

curl -sS "$url/v1/events" -H "x-api-key: $FLEETPULSE_KEY" -H 'content-type: application/json' -d @- <<JSON
{"events": [
  {"type": "agent", "agent": "writer-1", "pool": "writers", "team": "content", "capacity": 2},
  {"type": "heartbeat", "agent": "writer-1", "at": "$now", "state": "ready", "intervalMs": 60000},
  {"type": "task", "agent": "writer-1", "task": "article-17", "taskType": "article", "status": "completed",
   "queueMs": 120, "durationMs": 4200, "endedAt": "$now", "slaMs": 10000, "costUsd": 0.012,
   "tokens": {"input": 1800, "output": 600}}
]}
JSON
echo
