import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authenticator } from '../lib/app/authenticate.ts';
import { sha256 } from '../lib/aws/sha256.ts';
import type { ApiKey } from '../lib/core/model/api-key.ts';
import { startFleetpulse } from '../lib/local/start-fleetpulse.ts';
import type { KeyStore } from '../lib/ports/key-store.ts';
import { createRandom, type Random } from '../lib/sim/random.ts';
import { leakage } from './key-timing/leakage.ts';
import type { RecordFigure } from './results/figure.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const KEY_CHARACTERS = 43;
/** All but three: with the last alone, sixty keys would be tried over and over, and the processor knows what it has just done. */
const SHARED_CHARACTERS = 40;
/** As dudect has it: above it there is a leak, below it none was found. */
const THRESHOLD = 4.5;
/** Wrong keys of a class, all different. */
const KEYS = 256;

/** What is tried: how long it takes to refuse a key. */
type Refuse = (key: string) => unknown;

/**
 * Whether the time that a wrong key takes to be refused tells how much of it is right. Two classes of wrong keys, one that shares all
 * but the last three characters with a key that is good and one that shares none, are tried in an order drawn anew, and their times are
 * compared by Welch's t after Reparaz, Balasch and Verbauwhede (dudect, 2017). Beside it stand a comparison that leaks, which the same
 * test has to find, and two classes that are alike, between which it has to find nothing, or it says nothing.
 * @param pairs measurements of each class in the process; over HTTP a fiftieth of them
 * @returns whether no leak was found where keys are checked nor where none can be, and the leak that is there was
 */
export async function benchKeyTiming(
  { pairs, seed }: { pairs: number; seed: number },
  print: (line: string) => void,
  record: RecordFigure,
): Promise<boolean> {
  const random = createRandom(seed, 'key timing');
  const good = keyOf(random);
  const { near, far, alike } = wrongKeys(good, random);
  const inProcess = (refuse: Refuse, other = far) => leakage(near, other, pairs, random, timed(refuse));

  const leaky = await inProcess(equalsEarly(good));
  print(`${pairs} measurements a class, seed ${seed}; above |t| = ${THRESHOLD} there is a leak:`);
  print(
    `a comparison that stops at the first difference   |t| = ${shown(leaky.t)}, ${shown(leaky.differenceNs)} ns apart`,
  );
  const hashed = await inProcess(lookedUp(good));
  print(
    `hashed and looked up, as the product does it       |t| = ${shown(hashed.t)}, ${shown(hashed.differenceNs)} ns apart`,
  );
  const same = await inProcess(lookedUp(good), alike);
  print(
    `two classes of keys that are alike                 |t| = ${shown(same.t)}, ${shown(same.differenceNs)} ns apart`,
  );
  const overHttp = await overConnection({ good, near, far, pairs: Math.max(100, Math.round(pairs / 50)), random });
  print(
    `the same over HTTP, through the local cloud        |t| = ${shown(overHttp.t)}, ${shown(overHttp.differenceNs)} ns apart`,
  );
  const plain = { unit: '', betterIs: 'lower', aim: THRESHOLD } as const;
  record({ name: '|t| of keys as they are checked, in the process', value: hashed.t, ...plain });
  record({ name: '|t| of keys as they are checked, over HTTP', value: overHttp.t, ...plain });
  record({ name: '|t| of two classes that are alike, in the process', value: same.t, ...plain });
  record({ name: '|t| of a comparison that leaks', value: leaky.t, unit: '', betterIs: 'higher', aim: THRESHOLD });
  return hashed.t < THRESHOLD && same.t < THRESHOLD && overHttp.t < THRESHOLD && leaky.t >= THRESHOLD;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function keyOf(random: Random): string {
  return `fp_${Array.from({ length: KEY_CHARACTERS }, () => ALPHABET[random.int(ALPHABET.length)]).join('')}`;
}

/** Of each class in turn, so that none has a part of memory to itself. */
function wrongKeys(good: string, random: Random): Record<'near' | 'far' | 'alike', string[]> {
  const known = new Set<string>();
  const another = (characters: number): string => {
    const key = sharing(good, characters, random);
    if (known.has(key)) return another(characters);
    known.add(key);
    return key;
  };
  const keys = { near: [] as string[], far: [] as string[], alike: [] as string[] };
  for (let i = 0; i < KEYS; i++) {
    keys.near.push(another(SHARED_CHARACTERS));
    keys.far.push(another(0));
    keys.alike.push(another(SHARED_CHARACTERS));
  }
  return keys;
}

/** A wrong key that has the first characters in common with another and differs in the next. */
function sharing(good: string, characters: number, random: Random): string {
  const other = keyOf(random);
  const at = 'fp_'.length + characters;
  const next = [...ALPHABET].find((it) => it !== good[at] && it === other[at]) ?? (good[at] === 'A' ? 'B' : 'A');
  return oneString(good.slice(0, at) + next + other.slice(at + 1));
}

/** A sum of strings is kept as its parts, which take longer to read. */
function oneString(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** What nobody should do: each character that is right takes longer. */
function equalsEarly(good: string): Refuse {
  return (key) => {
    for (let i = 0; i < good.length; i++) if (key.charCodeAt(i) !== good.charCodeAt(i)) return false;
    return true;
  };
}

/** The hash, and the authenticator on a store in memory that holds the good key. */
function lookedUp(good: string): Refuse {
  const known = new Map([[sha256(good), { name: 'good' } as ApiKey]]);
  const store = { find: async (hash: string) => known.get(hash) ?? null } as unknown as KeyStore;
  const authenticator = new Authenticator(store, () => {});
  return (key) => authenticator.identify(sha256(key), 0);
}

function timed(refuse: Refuse): (key: string) => number | Promise<number> {
  return (key) => {
    const before = process.hrtime.bigint();
    const refused = refuse(key);
    if (!(refused instanceof Promise)) return Number(process.hrtime.bigint() - before);
    return refused.then(() => Number(process.hrtime.bigint() - before));
  };
}

/** The same question to the local cloud, over one connection that stays open. */
async function overConnection({
  good,
  near,
  far,
  pairs,
  random,
}: {
  good: string;
  near: readonly string[];
  far: readonly string[];
  pairs: number;
  random: Random;
}) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  const { cloud } = await startFleetpulse({
    ...{ dataDirectory, port: 0, env: 'dev', presetKey: good, print: () => {} },
    clock: { kind: 'manual', atMs: Date.parse('2026-03-02T10:00:00Z') },
  });
  const { hostname, port } = new URL(cloud.url);
  const socket = connect(Number(port), hostname).setNoDelay(true);
  try {
    const ask = async (key: string) => {
      const before = process.hrtime.bigint();
      socket.write(`GET /v1/fleet HTTP/1.1\r\nhost: ${hostname}:${port}\r\nx-api-key: ${key}\r\n\r\n`);
      const answer = await wholeAnswer(socket);
      if (!answer.startsWith('HTTP/1.1 401')) throw new Error(`a wrong key was answered ${answer.slice(0, 60)}`);
      return Number(process.hrtime.bigint() - before);
    };
    return await leakage(near, far, pairs, random, ask);
  } finally {
    socket.destroy();
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

function wholeAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const take = (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? Number.NaN);
      if (end < 0 || answer.length < end + 4 + length) return;
      socket.off('data', take).off('error', reject);
      resolve(answer);
    };
    socket.on('data', take).once('error', reject);
  });
}
