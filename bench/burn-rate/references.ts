/** What the rules were measured to do when they were designed: median minutes to page, and false pages in 30 days. */
export interface Reference {
  objective: number;
  /** False pages at 2 tasks a minute. */
  workbook: { all: string; half: string; falsePages: string };
  /** At 2, 20 and 200 tasks a minute; false pages in the worst setting that is not named. */
  ours: { all: readonly number[]; half: readonly (number | string)[]; falsePages: string };
  /** The setting with more than one false page. */
  worstSetting?: { perMinute: number; sd: number; falsePages: number };
}

const HALF_OF_80 = '168, never';

export const references: readonly Reference[] = [
  {
    objective: 0.999,
    workbook: { all: '1', half: '2', falsePages: '4.2–5.6' },
    ours: { all: [6, 1, 1], half: [10, 1, 1], falsePages: '0.0' },
  },
  {
    objective: 0.99,
    workbook: { all: '9', half: '18', falsePages: '' },
    ours: { all: [5, 2, 2], half: [10, 3, 3], falsePages: '0.0' },
  },
  {
    objective: 0.95,
    workbook: { all: '43', half: '210', falsePages: '' },
    ours: { all: [5, 3, 3], half: [9, 6, 6], falsePages: '0.3' },
  },
  {
    objective: 0.9,
    workbook: { all: '210', half: 'never', falsePages: '' },
    ours: { all: [6, 5, 5], half: [10, 9, 10], falsePages: '4.7, ≤ 0.5' },
    worstSetting: { perMinute: 2, sd: 0.8, falsePages: 4.7 },
  },
  {
    objective: 0.8,
    workbook: { all: 'never', half: 'never', falsePages: '' },
    ours: { all: [7, 8, 8], half: [HALF_OF_80, HALF_OF_80, HALF_OF_80], falsePages: '0.3' },
  },
];
