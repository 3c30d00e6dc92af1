import { describe, expect, test } from 'vitest';
import { live } from '../../bench/learning/episode.ts';
import { faultClasses } from '../../bench/learning/fault-classes.ts';
import { fixedRules, oracle, usualSuccess } from '../../bench/learning/policies.ts';
import { drawIncidents, drawTruth, liveThrough, permuted, swapped, worldKinds } from '../../bench/learning/world.ts';

const incidents = drawIncidents(7);

describe('the worlds in which learning is judged', () => {
  test('have twenty classes with two to four plays each, and more of some than of others', () => {
    expect(new Set(faultClasses.map(({ fault }) => fault)).size).toBe(20);
    for (const { plays } of faultClasses) {
      expect(plays.length).toBeGreaterThanOrEqual(2);
      expect(plays.length).toBeLessThanOrEqual(4);
      expect(new Set(plays.map(({ kind }) => kind)).size).toBe(plays.length);
    }
    const counts = [...Map.groupBy(incidents, ({ of }) => of.fault).values()].map((of) => of.length);
    expect(Math.max(...counts)).toBeGreaterThan(5 * Math.min(...counts));
  });

  test('around the priors are as the priors say, on the average', () => {
    const off = Array.from({ length: 40 }, (_, seed) => drawTruth('around the priors', seed)).flatMap((truth) =>
      faultClasses.flatMap((of) =>
        of.plays.map(
          ({ kind, prior }) => usualSuccess(truth, { ...incidents[0], of, poolType: 0 } as never, kind) - prior,
        ),
      ),
    );
    // 2,480 plays of standard deviation 0.2: four standard errors are 0.016, and pool types pull a little towards a half.
    expect(Math.abs(off.reduce((sum, by) => sum + by, 0) / off.length)).toBeLessThan(0.03);
  });

  test.each(worldKinds)('%s: who knows the truth is bad for fewer minutes than the fixed order', (world) => {
    const truth = drawTruth(world, 7);
    const total = (of: ReturnType<typeof live>) => of.reduce((sum, { badMinutes }) => sum + badMinutes, 0);
    expect(total(live(oracle(), incidents, () => truth))).toBeLessThan(
      total(live(fixedRules(), incidents, () => truth)),
    );
  });

  test('change so that what was best is not, and nothing else is new', () => {
    const truth = drawTruth('one remedy', 7);
    for (const changed of [swapped(truth, 7), permuted(truth)]) {
      for (const [fault, plays] of truth) {
        const logits = (of: typeof plays | undefined) => of?.map((play) => play.logits) ?? [];
        expect(new Set(logits(changed.get(fault)))).toEqual(new Set(logits(plays)));
        expect(logits(changed.get(fault))).not.toEqual(logits(plays));
      }
    }
  });

  test('end an incident with the first action that helps, and at last whatever is done', () => {
    const truth = drawTruth('one remedy', 7);
    for (const incident of incidents) {
      const { badMinutes, tried } = liveThrough(
        truth,
        incident,
        incident.of.plays.map(({ kind }) => kind),
      );
      expect(badMinutes).toBeLessThanOrEqual(Math.min(incident.endsByItself, incident.endedByPeople));
      expect(tried.slice(0, -1).every(({ outcome }) => outcome !== 'helped')).toBe(true);
    }
  });
});
