import { describe, expect, test } from 'vitest';
import type { KpiValue } from '../../../lib/dashboard/answers.ts';
import { compareWindows } from '../../../lib/dashboard/versus/compare-windows.ts';

const ms = (value: number): KpiValue => ({ value, n: 500, unit: 'ms' });
const share = (value: number, n: number): KpiValue => ({ value, n, unit: 'ratio' });
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('a window beside another', () => {
  test('is better where responses became faster, worse where they became slower', () => {
    expect(compareWindows('average_response_time', ms(800), ms(1_000)).standing).toBe('better');
    const slower = compareWindows('average_response_time', ms(1_500), ms(1_000));
    expect([slower.standing, plain(slower.change)]).toEqual(['worse', '+50.0 %']);
  });

  test('is the same where the difference is small', () => {
    expect(compareWindows('average_response_time', ms(1_010), ms(1_000))).toMatchObject({
      standing: 'same',
      reason: 'less than 2 %',
    });
  });

  test('counts shares of few tasks as the same, as chance may make them differ, and those of many as a difference', () => {
    expect(compareWindows('error_ratio', share(0.02, 100), share(0.01, 100))).toMatchObject({
      standing: 'same',
      reason: 'the difference may be chance',
    });
    expect(compareWindows('error_ratio', share(0.02, 10_000), share(0.01, 10_000)).standing).toBe('worse');
  });

  test('is neither better nor worse in what is better neither way', () => {
    expect(compareWindows('resource_utilization', share(0.6, 100), share(0.4, 100)).standing).toBe('more');
  });

  test('compares percentiles by themselves', () => {
    const now = { ...ms(1_000), p95: 3_000 };
    expect(compareWindows('average_response_time', now, { ...ms(1_000), p95: 2_000 }, 'p95').standing).toBe('worse');
    expect(compareWindows('average_response_time', now, ms(1_000), 'p95').standing).toBe('unknown');
  });

  test('says why nothing is known', () => {
    const none = { value: null, n: 0, unit: 'ms', reason: 'no task ended in the window' };
    expect(compareWindows('average_response_time', ms(1), none)).toMatchObject({
      standing: 'unknown',
      reason: none.reason,
    });
    expect(compareWindows('average_response_time', none, ms(1)).reason).toBe(`now: ${none.reason}`);
    expect(compareWindows('cost_per_task', { ...ms(1), unit: 'usd' }, { ...ms(0), unit: 'usd' }).reason).toBe(
      'it was 0',
    );
  });
});
