import { readFileSync } from 'node:fs';
import { CommandError } from '../command-error.ts';
import { importCommand } from '../commands/import.ts';
import { asJson, second } from '../figure.ts';
import { readCommand } from '../read-command.ts';
import { table } from '../table.ts';
import { type HistoryRequest, historyRequests } from './history-requests.ts';
import { readCsv } from './read-csv.ts';
import { readPrometheus } from './read-prometheus.ts';
import type { RecordedFile, RecordedSeries } from './recorded-series.ts';

/** How an import reaches the service. */
export interface ImportApi {
  /** Sends a request and hands on whatever is answered. */
  post: (path: string, body: string) => Promise<Response>;
  pause: (seconds: number) => Promise<void>;
}

/** With what Retry-After says, or these pauses: some two minutes. */
const RETRY_SECONDS = [1, 2, 4, 8, 15, 30, 30, 30];
const BUSY = [429, 502, 503, 504];

interface Stored {
  stored: number;
  minutes: number;
  hours: number;
  days: number;
  rejected: { index: number; code: string; message: string }[];
}

/** Points that the service refused, by the code of the reason. */
type Refused = Map<string, { count: number; first: string }>;

/** `cli import FILE`: brings history of custom metrics into the service; doing it again changes nothing. */
export async function importFile(args: string[], api: ImportApi): Promise<void> {
  const { file, format, metric, unit, kind, dryRun, json } = readArgs(args);
  const text = readFile(file);
  const isPrometheus = format === undefined ? /^\s*\{/.test(text) : format === 'prometheus';
  const recorded = isPrometheus ? readPrometheus(text, { metric, unit, kind }) : readCsv(text, { metric, unit });
  const series = recorded.series.filter(({ points }) => points.length > 0);
  for (const one of series) tellName(one, kind, isPrometheus);
  if (dryRun) {
    const planned = plannedSeries(series, kind);
    if (json) return console.log(asJson({ series: planned, skipped: Object.fromEntries(recorded.skipped) }));
    table(
      ['metric', 'kind', 'unit', 'points', 'requests', 'first (UTC)', 'last (UTC)'],
      planned.map((it) => [
        ...[it.metric, it.kind, it.unit ?? '', String(it.points), String(it.requests)],
        ...[second(it.first), second(it.last)],
      ]),
    );
    showSkipped(recorded);
    console.log('nothing was sent');
    return;
  }
  const sent: { metric: string; kind: string; unit: string | null; sums: number[] }[] = [];
  const refused: Refused = new Map();
  let total = 0;
  for (const one of series) {
    const sums = await sendSeries(one, kind, api, refused);
    sent.push({ metric: one.metric, kind, unit: one.unit ?? null, sums });
    total += sums[0] ?? 0;
  }
  if (json) {
    const told = sent.map(({ sums: [stored, minutes, hours, days], ...of }) => ({
      ...of,
      stored,
      minutes,
      hours,
      days,
    }));
    const refusals = Object.fromEntries(refused);
    console.log(asJson({ series: told, skipped: Object.fromEntries(recorded.skipped), refused: refusals }));
    if (total === 0) throw new CommandError('nothing was stored');
    return;
  }
  if (sent.length > 0) {
    table(
      ['metric', 'kind', 'unit', 'points stored', 'minutes', 'hours', 'days'],
      sent.map((it) => [it.metric, it.kind, it.unit ?? '', ...it.sums.map(String)]),
    );
  }
  showSkipped(recorded);
  for (const [code, { count, first }] of refused) console.log(`refused: ${count} ${code}, such as ${first}`);
  if (total === 0) throw new CommandError('nothing was stored');
  console.log(`read it: GET /v1/series?kpi=metric_value&scope=metric:${series[0]?.metric}&from=...&to=...&step=1h`);
  console.log('a system shows it from its first complete minute on');
}

function readArgs(args: string[]) {
  const { operands, options } = readCommand(importCommand, args);
  const { format, metric, unit, kind, 'dry-run': dryRun, json } = options;
  if (format !== undefined && format !== 'csv' && format !== 'prometheus') {
    throw new CommandError(`--format must be csv or prometheus; got ${format}`);
  }
  if (kind !== 'gauge' && kind !== 'counter') throw new CommandError(`--kind must be gauge or counter; got ${kind}`);
  return { file: operands.file, format, metric, unit, kind, dryRun, json } as const;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CommandError(`${file} cannot be read`);
  }
}

function tellName({ metric, called }: RecordedSeries, kind: HistoryRequest['kind'], isPrometheus: boolean): void {
  if (metric !== called || (isPrometheus && called.includes('/')))
    console.error(`${called} becomes the metric ${metric}`);
  if (isPrometheus && kind === 'gauge' && /_(total|count|sum|bucket)(\/|$)/.test(called)) {
    console.error(`${metric} looks like a counter: --kind counter brings in how much it grew, instead of its totals`);
  }
}

/** @returns points stored, and the minutes, hours and days they are in */
async function sendSeries(
  series: RecordedSeries,
  kind: HistoryRequest['kind'],
  api: ImportApi,
  refused: Refused,
): Promise<[stored: number, minutes: number, hours: number, days: number]> {
  const { requests, summedUp } = historyRequests(series, kind);
  if (summedUp > 0) {
    const how = kind === 'counter' ? 'summed up' : 'averaged';
    console.error(`${series.metric}: ${summedUp} days have more than 10,000 points and are ${how} by the minute`);
  }
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  for (const [i, request] of requests.entries()) {
    const { stored, minutes, hours, days, rejected } = await send(request, api);
    for (const [column, amount] of [stored, minutes, hours, days].entries())
      sums[column] = (sums[column] ?? 0) + amount;
    for (const { index, code, message } of rejected) {
      const { count, first } = refused.get(code) ?? {
        count: 0,
        first: `${request.points[index]?.place} of ${request.metric}: ${message}`,
      };
      refused.set(code, { count: count + 1, first });
    }
    console.error(
      `${request.metric}: ${dayOf(request.points[0])} to ${dayOf(request.points.at(-1))}, ${stored} points stored (${i + 1} of ${requests.length})`,
    );
  }
  return sums;
}

/** @throws CommandError when the request as a whole is refused, or the service stays busy */
async function send({ metric, unit, kind, points }: HistoryRequest, { post, pause }: ImportApi): Promise<Stored> {
  const body = JSON.stringify({ metric, unit, kind, points: points.map(({ atMs, value }) => ({ at: atMs, value })) });
  let response = await post('/v1/history', body);
  for (const [attempt, pauseSeconds] of RETRY_SECONDS.entries()) {
    if (!BUSY.includes(response.status)) break;
    const seconds = Number(response.headers.get('retry-after')) || pauseSeconds;
    console.error(`${response.status}: trying again in ${seconds} s (${attempt + 1} of ${RETRY_SECONDS.length})`);
    await pause(seconds);
    response = await post('/v1/history', body);
  }
  // What stands in front of the service may answer by itself, and in HTML.
  const answer = (await response.json().catch(() => ({}))) as Stored & {
    detail?: string;
    errors?: { path: string; code: string; message: string }[];
  };
  if (response.ok) return answer;
  const [error] = answer.errors ?? [];
  if (response.status !== 422 || !error?.path.startsWith('points[')) {
    throw new CommandError(`${response.status}: ${answer.detail ?? JSON.stringify(answer)}`);
  }
  // Not one of them was stored. Only the first hundred are listed, and mostly all are refused for one reason.
  const rejected = points.map((_, index) => ({ ...(answer.errors?.[index] ?? error), index }));
  return { stored: 0, minutes: 0, hours: 0, days: 0, rejected };
}

/** What would be sent of each series. */
function plannedSeries(series: readonly RecordedSeries[], kind: HistoryRequest['kind']) {
  return series.map((one) => {
    const points = one.points.toSorted((a, b) => a.atMs - b.atMs);
    const moment = (atMs = 0) => new Date(atMs).toISOString();
    const { requests } = historyRequests(one, kind);
    return {
      ...{ metric: one.metric, kind, unit: one.unit ?? null, points: points.length, requests: requests.length },
      ...{ first: moment(points[0]?.atMs), last: moment(points.at(-1)?.atMs) },
    };
  });
}

function showSkipped({ skipped }: RecordedFile): void {
  for (const [reason, { count, first }] of skipped) console.log(`left out: ${count} × ${reason}, first at ${first}`);
}

function dayOf(point: { atMs: number } | undefined): string {
  return new Date(point?.atMs ?? 0).toISOString().slice(0, 10);
}
