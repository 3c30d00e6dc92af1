import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RecordingError } from '../../lib/sim/parse-recording.ts';
import { findRecordings, readRecording, readRecordings } from '../../lib/sim/recording.ts';

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens';
const LINE = '2023-11-16 18:17:03.9799600,4808,10';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recording-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test('a timestamp without a zone is UTC and keeps its 100 ns digits', () => {
  const path = write('azure-llm-inference-2023-code.csv', `${HEADER}\n${LINE}`);
  expect(readRecording(path)).toEqual([
    { atMs: Date.UTC(2023, 10, 16, 18, 17, 3) + 979.96, service: 'code', inputTokens: 4808, outputTokens: 10 },
  ]);
});

test('compressed, with Windows line ends and a last line end, it reads the same', () => {
  const plain = write('azure-llm-inference-2023-conv.csv', `${HEADER}\n${LINE}`);
  const packed = write('azure-llm-inference-2023-conv.csv.gz', gzipSync(`${HEADER}\r\n${LINE}\r\n`));
  expect(readRecording(packed)).toEqual(readRecording(plain));
});

test.each([
  { name: 'another header', text: `time,in,out\n${LINE}`, says: 'line 1: expected "TIMESTAMP' },
  { name: 'no request', text: `${HEADER}\n`, says: 'no request below the header' },
  {
    name: 'a missing column',
    text: `${HEADER}\n${LINE}\n2023-11-16 18:17:04,3`,
    says: 'line 3: expected 3 columns, found 2',
  },
  {
    name: 'a day that does not exist',
    text: `${HEADER}\n2023-13-16 18:17:04,3,4`,
    says: 'line 2: TIMESTAMP "2023-13-16',
  },
  { name: 'negative tokens', text: `${HEADER}\n2023-11-16 18:17:04,-3,4`, says: 'line 2: ContextTokens "-3"' },
  { name: 'no tokens', text: `${HEADER}\n2023-11-16 18:17:04,3,`, says: 'line 2: GeneratedTokens ""' },
])('$name is an error that says where and what', ({ text, says }) => {
  const path = write('azure-llm-inference-2023-code.csv', text);
  expect(() => readRecording(path)).toThrow(RecordingError);
  expect(() => readRecording(path)).toThrow(path);
  expect(() => readRecording(path)).toThrow(says);
});

test('a file that is not there, or is not gzip, is an error that names it', () => {
  expect(() => readRecording(join(folder, 'none.csv'), 'code')).toThrow(/none\.csv: cannot be read/);
  const path = write('azure-llm-inference-2023-code.csv.gz', 'not gzip');
  expect(() => readRecording(path)).toThrow(/cannot be read/);
});

test('a name that does not say the service is an error, unless the caller says it', () => {
  const path = write('trace.csv', `${HEADER}\n${LINE}`);
  expect(() => readRecording(path)).toThrow(/does not say which service/);
  expect(readRecording(path, 'conv')[0]?.service).toBe('conv');
});

test('recordings are found next to the project only when both are there, and merge in order of time', () => {
  const data = join(folder, 'shared', 'data');
  mkdirSync(data, { recursive: true });
  const root = join(folder, 'project');
  writeFileSync(
    join(data, 'azure-llm-inference-2023-code.csv'),
    `${HEADER}\n2023-11-16 18:00:02,1,1\n2023-11-16 18:00:00,2,2`,
  );
  expect(findRecordings(root)).toBeNull();
  writeFileSync(join(data, 'azure-llm-inference-2023-conv.csv.gz'), gzipSync(`${HEADER}\n2023-11-16 18:00:01,3,3`));
  const paths = findRecordings(root);
  expect(paths).not.toBeNull();
  if (paths) expect(readRecordings(paths).map(({ inputTokens }) => inputTokens)).toEqual([2, 3, 1]);
});
