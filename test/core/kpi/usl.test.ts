import { describe, expect, test } from 'vitest';
import {
  fitUsl,
  peakConcurrency,
  type Usl,
  type UslPoint,
  uslEfficiency,
  uslThroughput,
} from '../../../lib/core/kpi/usl.ts';

const lawOf = (points: readonly UslPoint[]) => fitUsl(points)?.law;
const pointsOf = (measured: readonly (readonly [number, number])[]) =>
  measured.map(([concurrency, throughput]) => ({ concurrency, throughput, weight: 1 }));

describe('the Universal Scalability Law is found again', () => {
  test.each([
    { lambda: 2, sigma: 0, kappa: 0 },
    { lambda: 2, sigma: 0.05, kappa: 0 },
    { lambda: 995.6486, sigma: 0.02671591, kappa: 7.690945e-4 },
    { lambda: 0.01, sigma: 0, kappa: 0.002 },
    { lambda: 30, sigma: 0.4, kappa: 0.0001 },
    { lambda: 5, sigma: 1, kappa: 0 },
  ])('in what it says exactly: $lambda, $sigma, $kappa', (law: Usl) => {
    const measured = [1, 2, 3.4, 5, 8, 13, 21.7, 34, 55].map((n) => [n, uslThroughput(law, n)] as const);
    const found = lawOf(pointsOf(measured));
    expect(found?.lambda).toBeCloseTo(law.lambda, 8);
    expect(found?.sigma).toBeCloseTo(law.sigma, 8);
    expect(found?.kappa).toBeCloseTo(law.kappa, 8);
  });

  // Sun SPARCcenter 2000 in SPEC SDM91, October 1994: users, scripts an hour. Gunther, Guerrilla Capacity Planning; the
  // R package usl (data set specsdm91) publishes alpha 0.0277285, beta 0.0001044 and gamma 89.9952330, and so does
  // scipy 1.17.1: curve_fit(lambda n,l,s,k: l*n/(1+s*(n-1)+k*n*(n-1)), n, x, p0=[65,.02,1e-4])
  test('in the SPEC SDM91 benchmark, with the coefficients that the R package usl publishes', () => {
    const sdm91 = [
      ...([
        [1, 64.9],
        [18, 995.9],
        [36, 1_652.4],
        [72, 1_853.2],
      ] as const),
      ...([
        [108, 1_828.9],
        [144, 1_775],
        [216, 1_702.2],
      ] as const),
    ];
    const found = lawOf(pointsOf(sdm91));
    expect(found?.lambda).toBeCloseTo(89.99523, 4);
    expect(found?.sigma).toBeCloseTo(0.0277285, 7);
    expect(found?.kappa).toBeCloseTo(0.0001044, 7);
    // Peak, as in the package's documentation: sqrt((1 - 0.0277285) / 0.0001044) = 96.5.
    expect(found && peakConcurrency(found)).toBeCloseTo(96.52, 1);
  });

  // Throughput of a server at 1 to 32 clients: the worked example of Schwartz, Practical Scalability Analysis with the
  // Universal Scalability Law, and of the usl libraries for Go, Java and Rust, which publish lambda 995.6486, sigma
  // 0.02671591 and kappa 7.690945e-4. scipy 1.17.1, curve_fit as above: 995.648506, 0.0267158972, 7.69094814e-4.
  test('in the worked example of Schwartz, with the coefficients that he publishes', () => {
    const throughputs = [
      ...[955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61, 8278.71],
      ...[8646.7, 9047.84, 9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39, 10798.52, 11151.43, 11518.63],
      ...[11806, 12089.37, 12075.41, 12177.29, 12211.41, 12158.93, 12155.27, 12118.04, 12140.4, 12074.39],
    ];
    const found = lawOf(pointsOf(throughputs.map((throughput, i) => [i + 1, throughput] as const)));
    expect(found?.lambda).toBeCloseTo(995.6486, 2);
    expect(found?.sigma).toBeCloseTo(0.02671591, 6);
    expect(found?.kappa).toBeCloseTo(7.69094814e-4, 8);
  });

  test('with no coefficient below 0 where throughput grows faster than concurrency', () => {
    const found = lawOf(pointsOf([1, 2, 4, 8, 16].map((n) => [n, n ** 1.1] as const)));
    expect(found).toMatchObject({ sigma: 0, kappa: 0 });
    // With both 0 the law is X = lambda N: the sum of N^2.1 ÷ the sum of N² over 1, 2, 4, 8 and 16.
    expect(found?.lambda).toBeCloseTo((1 + 2 ** 2.1 + 4 ** 2.1 + 8 ** 2.1 + 16 ** 2.1) / 341, 10);
  });

  test('with little regard for a point of little weight', () => {
    const law = { lambda: 3, sigma: 0.1, kappa: 0.001 };
    const points = [1, 2, 4, 8, 16, 32].map((concurrency) => ({
      concurrency,
      throughput: uslThroughput(law, concurrency),
      weight: 1,
    }));
    const found = lawOf([...points, { concurrency: 24, throughput: 1, weight: 1e-9 }]);
    expect(found?.sigma).toBeCloseTo(0.1, 6);
  });
});

test('half of linear growth is left where sigma (N - 1) + kappa N (N - 1) is 1', () => {
  expect(uslEfficiency({ lambda: 7, sigma: 0.1, kappa: 0 }, 11)).toBeCloseTo(0.5, 12);
  expect(uslEfficiency({ lambda: 7, sigma: 0.01, kappa: 0.0081818181818 }, 11)).toBeCloseTo(0.5, 10);
});

test('there is a peak only with coherency, and never below one task', () => {
  expect(peakConcurrency({ lambda: 1, sigma: 0.19, kappa: 0.01 })).toBeCloseTo(9, 12);
  expect(peakConcurrency({ lambda: 1, sigma: 0.19, kappa: 0 })).toBeNull();
  expect(peakConcurrency({ lambda: 1, sigma: 0.5, kappa: 2 })).toBe(1);
});
